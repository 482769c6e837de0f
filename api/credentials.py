"""Who is asking, told from a request's credential."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import HTTPConnection

from accounts import SESSION_COOKIE, Accounts, Forbidden, Identity, Throttled, Unknown
from api.errors import ApiError

_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_WANTED = "send an API key as Authorization: Bearer krn_… or X-API-Key, or sign in"


def identity_of(request: HTTPConnection, accounts: Accounts) -> Identity:
    """The identity behind a request's key or session cookie; `ApiError` 401, 403 or 429.

    A credential that was sent decides alone: a wrong key is not made good by a right cookie.
    """
    address = request.client.host if request.client else ""
    try:
        authorization = request.headers.get("authorization")
        if authorization is not None:
            scheme, _, key = authorization.partition(" ")
            if scheme.lower() != "bearer":
                raise Unknown("the Authorization scheme is not Bearer")
            return accounts.authenticate_key(key.strip(), address)
        key = request.headers.get("x-api-key")
        if key is not None:
            return accounts.authenticate_key(key, address)
        return accounts.authenticate_session(request.cookies.get(SESSION_COOKIE))
    except Unknown as refusal:
        raise ApiError(HTTPStatus.UNAUTHORIZED, f"{refusal}; {_WANTED}", _CHALLENGE) from refusal
    except Forbidden as refusal:
        raise ApiError(HTTPStatus.FORBIDDEN, str(refusal)) from refusal
    except Throttled as refusal:
        raise ApiError(HTTPStatus.TOO_MANY_REQUESTS, str(refusal), {"Retry-After": str(refusal.retry_after)}) from refusal
