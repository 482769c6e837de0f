from __future__ import annotations

import string
from functools import partial
from urllib.parse import parse_qsl, quote

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from accounts.accounts import Accounts
from accounts.destination import safe_destination
from accounts.origin import is_own_page
from accounts.page import sign_in_page
from accounts.refusals import Forbidden, Throttled, Unknown
from accounts.sessions import LONGEST_S, SESSION_COOKIE

LARGEST_FORM = 16 * 1024

# A password check fills 64 MB and a core: a flood of sign-ins waits in line instead of filling the machine.
CHECKS_AT_ONCE = 2

WRONG = "This e-mail and password do not match an account."
FOREIGN = "This sign-in was sent by another site. Please sign in here."


def sign_in_routes(accounts: Accounts) -> list[Route]:
    """/login, and POST /logout."""
    door = Door(accounts)
    return [
        Route("/login", door.form, methods=["GET"]),
        Route("/login", door.sign_in, methods=["POST"]),
        Route("/logout", door.sign_out, methods=["POST"]),
        Route("/logout", door.stay, methods=["GET"]),
    ]


class Door:
    """The pages at which a browser begins and ends a session."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._checks = CapacityLimiter(CHECKS_AT_ONCE)

    async def form(self, request: Request) -> Response:
        destination = safe_destination(request.query_params.get("next", ""))
        try:
            self._accounts.authenticate_session(request.cookies.get(SESSION_COOKIE))
        except (Unknown, Forbidden):
            return sign_in_page(200, destination)
        return redirect(destination)

    async def sign_in(self, request: Request) -> Response:
        fields = await form_fields(request)
        if fields is None:
            return PlainTextResponse("The form is too large.\n", 413)
        email, destination = fields.get("email", ""), safe_destination(fields.get("next", ""))
        if not is_own_page(request.headers):
            return sign_in_page(403, destination, problem=FOREIGN)
        check = partial(self._accounts.sign_in, email, fields.get("password", ""), client_address(request))
        try:
            token = await anyio.to_thread.run_sync(check, limiter=self._checks)
        except Unknown:
            return sign_in_page(401, destination, email, WRONG)
        except Throttled as throttled:
            headers = {"Retry-After": str(throttled.retry_after)}
            return sign_in_page(429, destination, email, patience(throttled.retry_after), headers)
        response = redirect(destination)
        response.set_cookie(SESSION_COOKIE, token, max_age=LONGEST_S, **cookie_attributes(request))
        return response

    async def sign_out(self, request: Request) -> Response:
        if not is_own_page(request.headers):
            return PlainTextResponse("This sign-out was sent by another site.\n", 403)
        self._accounts.sign_out(request.cookies.get(SESSION_COOKIE, ""))
        response = redirect("/login")
        response.delete_cookie(SESSION_COOKIE, **cookie_attributes(request))
        return response

    async def stay(self, request: Request) -> Response:
        """A link signs nobody out: it leads to the sign-in page, which leads on who is signed in."""
        return redirect("/login")


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


def cookie_attributes(request: Request) -> dict[str, object]:
    return {"path": "/", "httponly": True, "samesite": "lax", "secure": request.url.scheme == "https"}


def client_address(request: Request) -> str:
    return request.client.host if request.client else ""


def patience(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
