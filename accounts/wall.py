from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounts.accounts import Accounts
from accounts.identity import Forbidden, Identity, MustChange, Role, Unauthenticated
from accounts.login import authority, forbidden_page, is_own_page, password_address, unavailable
from accounts.sessions import sent_session
from data.store.limits import StoreError

# What answers for itself, or says 401 in its own way. Any other method would reach whatever is served behind.
OPEN_METHODS = {
    "/login": ("GET", "HEAD", "POST"),
    "/login/provider": ("GET",),
    "/login/provider/back": ("GET",),
    "/logout": ("POST",),
    "/password": ("GET", "HEAD", "POST"),
    "/healthz": ("GET", "HEAD"),
    "/readyz": ("GET", "HEAD"),
}
HEALTH = ("/healthz", "/readyz")
API = "/api/v1"

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}

POLICY_VIOLATION = 1008


class SignInWall:
    """Middleware in front of everything that admits only signed-in users who may read.

    The admitted identity is in `scope["state"]["identity"]`. A browser without a session is sent to /login, which
    brings it back; any other stranger gets 401, a known user who may not read gets 403, and a web socket of
    either is closed before it opens. Nobody can reach the `closed` folders, and the folders of `doors` only who has the role.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, closed: tuple[str, ...] = (), doors: Mapping[str, Role] = MappingProxyType({})) -> None:
        self._app = app
        self._accounts = accounts
        self._closed = closed
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._is_own_host(scope):
            await refusal_of_host(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, with_own_headers(send, is_secure(scope)))
        elif scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_open(scope):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            identity = self._admit(connection)
        except Unauthenticated:
            await refusal_of_stranger(connection)(scope, receive, send)
        except Forbidden as forbidden:
            await refusal_of_known(connection, forbidden)(scope, receive, send)
        except StoreError as problem:
            await unavailable(problem)(scope, receive, send)
        else:
            if scope["path"].startswith(self._closed):
                await PlainTextResponse("There is nothing here.\n", 404)(scope, receive, send)
            elif least := self._missing_role(identity, scope["path"]):
                await PlainTextResponse(f"This needs the role {least}.\n", 403)(scope, receive, send)
            else:
                await self._app(scope, receive, send)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        try:
            self._admit(connection)
            admitted = is_own_page(connection.headers)
        except (Unauthenticated, Forbidden, StoreError):
            admitted = False
        if admitted:
            await self._app(scope, receive, send)
        else:
            # Closing before accepting is what servers answer as a plain HTTP 403.
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "not signed in"})

    def _admit(self, connection: HTTPConnection) -> Identity:
        # Straight on the event loop: one indexed read of some 20 µs, cheaper than handing over to a thread.
        identity = self._accounts.authenticate_session(sent_session(connection.cookies, is_secure(connection.scope)))
        connection.scope.setdefault("state", {})["identity"] = identity
        return identity

    def _is_own_host(self, scope: Scope) -> bool:
        """Whether the name that the browser called is one of this server's; who asks for its health may use any."""
        hosts = self._accounts.settings.hosts
        called = authority(f"//{Headers(scope=scope).get('host', '')}", "http")
        return not hosts or scope["path"] in HEALTH or (called is not None and called[0] in hosts)

    def _missing_role(self, identity: Identity, path: str) -> Role | None:
        return next((least for folder, least in self._doors.items() if path.startswith(folder) and identity.role < least), None)


def is_open(scope: Scope) -> bool:
    path = scope["path"]
    return scope["method"] in OPEN_METHODS.get(path, ()) or path == API or path.startswith(API + "/")


def is_secure(scope: Scope) -> bool:
    return scope["scheme"] in ("https", "wss")


def is_navigation(connection: HTTPConnection) -> bool:
    """Whether a person is looking at the answer, in a browser."""
    return connection.scope["method"] == "GET" and "text/html" in connection.headers.get("accept", "")


async def refusal_of_host(scope: Scope, receive: Receive, send: Send) -> None:
    # Before accepting, a web socket is refused by closing it.
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "not this server's name"})
        return
    host = Headers(scope=scope).get("host", "")
    said = f"This server is not called {host!r}. Whoever runs it names in IH_HOSTS what it is called.\n"
    await PlainTextResponse(said, 421, headers={"Cache-Control": "no-store"})(scope, receive, with_own_headers(send, is_secure(scope)))


def refusal_of_stranger(connection: HTTPConnection) -> Response:
    if is_navigation(connection):
        asked = quote(asked_address(connection.scope), safe="")
        return RedirectResponse(f"/login?next={asked}", 303, headers={"Cache-Control": "no-store"})
    return PlainTextResponse("Sign in first.\n", 401, headers={"Cache-Control": "no-store"})


def refusal_of_known(connection: HTTPConnection, forbidden: Forbidden) -> Response:
    if is_navigation(connection):
        if isinstance(forbidden, MustChange):
            return RedirectResponse(password_address(asked_address(connection.scope).decode("latin-1")), 303, headers={"Cache-Control": "no-store"})
        return forbidden_page(forbidden.name, forbidden.reason)
    return PlainTextResponse(f"{forbidden}.\n", 403, headers={"Cache-Control": "no-store"})


def asked_address(scope: Scope) -> bytes:
    """Path and query exactly as they were sent, still percent-encoded."""
    path = scope.get("raw_path") or quote(scope["path"]).encode()
    return path + b"?" + scope["query_string"] if scope["query_string"] else path


def with_own_headers(send: Send, secure: bool) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if secure:
                headers["Strict-Transport-Security"] = "max-age=31536000"
            if headers.get("content-type", "").startswith("text/html"):
                # Kept by the browser, a page would come back after the sign-out, and find nothing that answers it.
                headers["Cache-Control"] = "no-store"
        await send(message)

    return send_with_headers
