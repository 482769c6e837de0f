"""Signing in by the word of an OpenID provider: the way there, and the way back."""

from __future__ import annotations

import logging
import secrets
from functools import partial

import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accounts.accounts import Accounts
from accounts.identity import Invalid
from accounts.keys import new_secret
from accounts.login import agent, client_address, is_secure, keep_session, or_unavailable, redirect, safe_destination, sign_in_page
from accounts.provider import Errand, Provider, Refused

log = logging.getLogger("interaction_history")

WAY_THERE, WAY_BACK = "/login/provider", "/login/provider/back"
LONGEST_S = 600

NO_ACCESS = "Your account there has no access here. The person who runs Interaction History at your company can change that."
NOT_NOW = "This sign-in could not be completed. Please try again."


def provider_routes(accounts: Accounts) -> list[Route]:
    """The ways to the provider and back, where one is set."""
    if accounts.settings.provider is None:
        return []
    door = ProviderDoor(accounts, Provider(accounts.settings.provider))
    return [Route(WAY_THERE, or_unavailable(door.leave), methods=["GET"]), Route(WAY_BACK, or_unavailable(door.come_back), methods=["GET"])]


class ProviderDoor:
    """Sends browsers to the provider, and takes them in by what it says of them.

    What a browser has to bring back lies in a cookie of its own, for ten minutes: another browser cannot finish what this one began.
    """

    def __init__(self, accounts: Accounts, provider: Provider) -> None:
        self._accounts = accounts
        self._provider = provider

    async def leave(self, request: Request) -> Response:
        errand = Errand(new_secret(), new_secret(), secrets.token_urlsafe(48), safe_destination(request.query_params.get("next", "")))
        try:
            address = await anyio.to_thread.run_sync(partial(self._provider.way_there, errand, way_back(request)))
        except Refused as refused:
            return self._failed(NOT_NOW, refused, 502, errand.destination)
        response = redirect(address)
        # Lax: the way back begins at another site.
        response.set_cookie(errand_cookie(request), orjson.dumps(errand).hex(), max_age=LONGEST_S, secure=is_secure(request), httponly=True)
        return response

    async def come_back(self, request: Request) -> Response:
        errand = errand_of(request)
        if errand is None or not secrets.compare_digest(request.query_params.get("state", "").encode(), errand.state.encode()):
            return self._failed(NOT_NOW, Refused("this browser was not sent to the provider, or too long ago"), 400, "/")
        came_back = f"{way_back(request)}?{request.url.query}"
        try:
            vouched = await anyio.to_thread.run_sync(partial(self._provider.vouched, errand, came_back, way_back(request)))
            token = await anyio.to_thread.run_sync(self._accounts.sign_in_vouched, vouched, client_address(request), agent(request))
        except (Refused, Invalid) as refused:
            self._accounts.audit.note("sign-in.failed", address=client_address(request), issuer=self._provider.settings.issuer, reason=str(refused))
            return self._failed(NO_ACCESS, refused, 403, errand.destination)
        response = redirect(safe_destination(errand.destination))
        response.delete_cookie(errand_cookie(request), secure=is_secure(request), httponly=True)
        await keep_session(response, request, self._accounts, token)
        return response

    def _failed(self, said: str, why: Exception, status: int, destination: str) -> Response:
        log.warning("a sign-in with the provider failed: %s", why)
        return sign_in_page(status, destination, problem=said, provider=self._provider.settings.name)


def way_back(request: Request) -> str:
    return str(request.url.replace(path=WAY_BACK, query=""))


def errand_cookie(request: Request) -> str:
    return "__Host-ih_errand" if is_secure(request) else "ih_errand"


def errand_of(request: Request) -> Errand | None:
    """What the browser has to bring back, unless it brings nothing, or what nobody here has made."""
    try:
        held = orjson.loads(bytes.fromhex(request.cookies.get(errand_cookie(request), "")))
        errand = Errand(**held)
    except (ValueError, TypeError):
        return None
    return errand if all(isinstance(part, str) and part for part in held.values()) else None
