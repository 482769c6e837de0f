"""The page at which people change their own password, and must change one that somebody else chose."""

from __future__ import annotations

from functools import partial

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from accounts.accounts import Accounts
from accounts.identity import Forbidden, Identity, Invalid, MustChange, Throttled, Unauthenticated
from accounts.login import (
    CHECKS_AT_ONCE,
    agent,
    client_address,
    forbidden_page,
    form_fields,
    is_own_page,
    is_secure,
    keep_session,
    known_browser,
    or_unavailable,
    page,
    patience,
    redirect,
    safe_destination,
)
from accounts.passwords import LONGEST, SHORTEST
from accounts.sessions import sent_session

WRONG = "This is not your present password."
DIFFERENT = "The two new passwords differ."
FOREIGN = "This was sent by another site. Please change your password here."


def password_routes(accounts: Accounts) -> list[Route]:
    """/password, for whoever is signed in."""
    own = PasswordPage(accounts)
    return [Route("/password", or_unavailable(own.form), methods=["GET"]), Route("/password", or_unavailable(own.change), methods=["POST"])]


class PasswordPage:
    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._checks = CapacityLimiter(CHECKS_AT_ONCE)

    async def form(self, request: Request) -> Response:
        return self._shown(request, 200, safe_destination(request.query_params.get("next", "")))

    async def change(self, request: Request) -> Response:
        fields = await form_fields(request)
        if fields is None:
            return PlainTextResponse("The form is too large.\n", 413)
        destination = safe_destination(fields.get("next", ""))
        if not is_own_page(request.headers):
            return self._shown(request, 403, destination, FOREIGN)
        new = fields.get("new", "")
        if new != fields.get("repeated"):
            return self._shown(request, 422, destination, DIFFERENT)
        token = sent_session(request.cookies, is_secure(request)) or ""
        change = partial(self._accounts.change_password, token, fields.get("password", ""), new,
                         client_address(request), known_browser(request), agent(request))
        try:
            changed = await anyio.to_thread.run_sync(change, limiter=self._checks)
        except Invalid as refused:
            return self._shown(request, 422, destination, f"{str(refused)[0].upper()}{str(refused)[1:]}.")
        except (Unauthenticated, Forbidden):
            return self._shown(request, 401, destination, WRONG)
        except Throttled as throttled:
            return self._shown(request, 429, destination, patience(throttled.retry_after), {"Retry-After": str(throttled.retry_after)})
        response = redirect(destination)
        await keep_session(response, request, self._accounts, changed)
        return response

    def _shown(self, request: Request, status: int, destination: str, problem: str = "", headers: dict[str, str] | None = None) -> Response:
        """The form for whoever is signed in; else the way to sign in."""
        try:
            identity, first = self._owner(sent_session(request.cookies, is_secure(request)))
        except Unauthenticated:
            return redirect("/login?next=%2Fpassword" if destination == "/" else "/login")
        except Forbidden as refused:
            return forbidden_page(refused.name, refused.reason)
        return page("password.html", status, headers, next_address=destination, name=identity.name, problem=problem,
                    first="yes" if first else "", shortest=str(SHORTEST), longest=str(LONGEST))

    def _owner(self, token: str | None) -> tuple[Identity, bool]:
        """Who is signed in, and whether the password is one that must be changed."""
        try:
            return self._accounts.authenticate_session(token), False
        except MustChange:
            return self._accounts.sessions.identity(token or "", before_change=True), True
