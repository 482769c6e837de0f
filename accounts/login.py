from __future__ import annotations

import string
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import anyio.to_thread
from anyio import CapacityLimiter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from accounts.accounts import Accounts
from accounts.content_policy import static_policy
from accounts.identity import Forbidden, MustChange, Throttled, Unauthenticated
from accounts.sessions import sent_session, session_cookie
from data.store.limits import StoreError, log_now_and_then
from palette import THEMES, plain_css_variables

Endpoint = Callable[[Request], Awaitable[Response]]

HOME = "/"
UNAVAILABLE = {"Cache-Control": "no-store", "Retry-After": "5"}


def safe_destination(next_address: str) -> str:
    """Where to go after signing in: `next_address` if it is a path of this site, else the home page.

    A browser reads `//host`, `/\\host` and, as it drops tabs and line breaks, `/<tab>/host` as another site.
    """
    path = next_address.partition("?")[0]
    is_local = (
        path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and all(character >= " " and character != "\x7f" for character in next_address)
    )
    # After signing in, these would show a form again, or an error.
    if not is_local or path in ("/login", "/logout", "/password"):
        return HOME
    return next_address


DEFAULT_PORTS = {"http": 80, "https": 443}


def is_own_page(headers: Headers) -> bool:
    """Whether a request was made by a page of this site, or by no page at all.

    What a browser says of itself in `Sec-Fetch-Site` decides; without it (plain HTTP, old browsers) `Origin`
    must name the host that was called.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        # Browsers send Origin with every POST and web socket, so this client is none, and only browsers
        # can be made to send someone else's cookie.
        return True
    scheme = origin.partition("://")[0]
    sender = authority(origin, scheme)
    return sender is not None and sender == authority(f"//{headers.get('host', '')}", scheme)


def names_own_page(headers: Headers) -> bool:
    """Whether a request says that a page of this site made it: what a session needs to change something."""
    return "origin" in headers and is_own_page(headers)


def authority(address: str, scheme: str) -> tuple[str, int] | None:
    """Host and port that an address names, or nothing when it cannot be read."""
    try:
        parts = urlsplit(address)
        port = parts.port or DEFAULT_PORTS.get(scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None


PAGES = Path(__file__).with_name("pages")
STYLE = plain_css_variables() + (PAGES / "style.css").read_text(encoding="utf-8")
# Within the address of an image.
ICON_COLOUR = quote(THEMES["light"]["primaryColor"])
TEMPLATES = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)

def sign_in_page(
    status: int, next_address: str, email: str = "", problem: str = "", headers: dict[str, str] | None = None, provider: str = ""
) -> HTMLResponse:
    """The sign-in form; `problem` says why the last attempt failed, `email` is what was typed then."""
    return page("login.html", status, headers, next_address=next_address, email=email, problem=problem, provider=provider,
                way_there=f"/login/provider?next={quote(next_address, safe='')}")


def forbidden_page(name: str, reason: str) -> HTMLResponse:
    """Says who is signed in and why they may not read, with a way to sign out."""
    return page("forbidden.html", 403, None, name=name, reason=reason)


def page(template: str, status: int, headers: dict[str, str] | None, **values: str) -> HTMLResponse:
    html = TEMPLATES.get_template(template).render(style=Markup(STYLE), icon_colour=ICON_COLOUR, **values)
    own = {"Cache-Control": "no-store", "Content-Security-Policy": static_policy(html)}
    return HTMLResponse(html, status, headers=own | (headers or {}))


LARGEST_FORM = 16 * 1024

# A password check fills 64 MB and a core: a flood of sign-ins waits in line instead of filling the machine.
CHECKS_AT_ONCE = 2

WRONG = "This e-mail and password do not match an account."
FOREIGN = "This sign-in was sent by another site. Please sign in here."


def sign_in_routes(accounts: Accounts) -> list[Route]:
    """/login, and POST /logout."""
    door = SignInPages(accounts)
    return [
        Route("/login", or_unavailable(door.form), methods=["GET"]),
        Route("/login", or_unavailable(door.sign_in), methods=["POST"]),
        Route("/logout", or_unavailable(door.sign_out), methods=["POST"]),
        Route("/logout", door.stay, methods=["GET"]),
    ]


class SignInPages:
    """The pages at which a browser begins and ends a session."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._checks = CapacityLimiter(CHECKS_AT_ONCE)
        self._form = partial(sign_in_page, provider=accounts.settings.provider.name if accounts.settings.provider else "")

    async def form(self, request: Request) -> Response:
        destination = safe_destination(request.query_params.get("next", ""))
        try:
            self._accounts.authenticate_session(sent_session(request.cookies, is_secure(request)))
        except MustChange:
            return redirect(password_address(destination))
        except (Unauthenticated, Forbidden):
            return self._form(200, destination)
        return redirect(destination)

    async def sign_in(self, request: Request) -> Response:
        fields = await form_fields(request)
        if fields is None:
            return PlainTextResponse("The form is too large.\n", 413)
        email, destination = fields.get("email", ""), safe_destination(fields.get("next", ""))
        if not is_own_page(request.headers):
            return self._form(403, destination, problem=FOREIGN)
        check = partial(self._accounts.sign_in, email, fields.get("password", ""), client_address(request), known_browser(request), agent(request))
        try:
            token = await anyio.to_thread.run_sync(check, limiter=self._checks)
        except Unauthenticated:
            return self._form(401, destination, email, WRONG)
        except Throttled as throttled:
            headers = {"Retry-After": str(throttled.retry_after)}
            return self._form(429, destination, email, patience(throttled.retry_after), headers)
        response = redirect(destination)
        await keep_session(response, request, self._accounts, token)
        return response

    async def sign_out(self, request: Request) -> Response:
        if not is_own_page(request.headers):
            return PlainTextResponse("This sign-out was sent by another site.\n", 403)
        # In a thread, since another process may be writing the accounts.
        await anyio.to_thread.run_sync(self._accounts.sign_out, sent_session(request.cookies, is_secure(request)) or "")
        response = redirect("/login")
        response.delete_cookie(session_cookie(is_secure(request)), secure=is_secure(request), httponly=True)
        return response

    async def stay(self, request: Request) -> Response:
        """A link does not sign anybody out: it leads to the sign-in page, which sends on those who are signed in."""
        return redirect("/login")


def or_unavailable(endpoint: Endpoint) -> Endpoint:
    """The endpoint, which answers 503 where the accounts cannot be used right now."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except StoreError as problem:
            return unavailable(problem)

    return answer


def unavailable(problem: StoreError) -> Response:
    """Says that the accounts cannot be used right now; why, is for the operator, in the log."""
    log_now_and_then(problem)
    return PlainTextResponse("The accounts cannot be used right now. Try again in a moment.\n", 503, headers=UNAVAILABLE)


async def form_fields(request: Request) -> dict[str, str] | None:
    """The last value of each field of a sent form, or nothing when it is larger than a sign-in can be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return None
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def redirect(destination: str) -> Response:
    # RedirectResponse would respell the address; this keeps it as it came, save what no header may hold.
    location = quote(destination, safe=string.punctuation)
    return Response(status_code=303, headers={"Location": location, "Cache-Control": "no-store"})


def is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def client_address(request: Request) -> str:
    return request.client.host if request.client else ""


def agent(request: Request) -> str:
    return request.headers.get("user-agent", "")


BROWSER_COOKIE = "ih_browser"
# As long as browsers keep any.
BROWSER_KEPT_S = 400 * 24 * 3600


def browser_cookie(secure: bool) -> str:
    return f"__Host-{BROWSER_COOKIE}" if secure else BROWSER_COOKIE


def known_browser(request: Request) -> str:
    """The cookie by which a browser is known to the accounts that have signed in on it."""
    return request.cookies.get(browser_cookie(is_secure(request)), "")


async def keep_session(response: Response, request: Request, accounts: Accounts, token: str) -> None:
    """Has the browser keep a new session in the place of the one that it had, and be known to the account from now on."""
    secure = is_secure(request)
    # In a thread, since another process may be writing the accounts.
    await anyio.to_thread.run_sync(accounts.sign_out, sent_session(request.cookies, secure) or "")
    known = await anyio.to_thread.run_sync(accounts.browsers.remember, known_browser(request), token)
    response.set_cookie(session_cookie(secure), token, max_age=accounts.settings.longest_s, secure=secure, httponly=True)
    response.set_cookie(browser_cookie(secure), known, max_age=BROWSER_KEPT_S, secure=secure, httponly=True)


def password_address(destination: str) -> str:
    """The page that changes one's password, and then leads to the destination."""
    return f"/password?next={quote(destination, safe='')}"


def patience(seconds: int) -> str:
    if seconds < 60:
        return f"Too many attempts. Try again in {seconds} second{'s' if seconds > 1 else ''}."
    minutes = -(-seconds // 60)
    return f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
