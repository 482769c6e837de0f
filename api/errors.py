"""Error responses, and the identity behind a request."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from accounts import Accounts, Forbidden, Identity, Throttled, Unauthenticated, sent_session
from data.store.limits import StoreError, log_now_and_then

CODES = {
    HTTPStatus.BAD_REQUEST: "BAD_REQUEST",
    HTTPStatus.UNAUTHORIZED: "UNAUTHORIZED",
    HTTPStatus.FORBIDDEN: "FORBIDDEN",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.METHOD_NOT_ALLOWED: "METHOD_NOT_ALLOWED",
    HTTPStatus.CONFLICT: "CONFLICT",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "PAYLOAD_TOO_LARGE",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
    HTTPStatus.TOO_MANY_REQUESTS: "RATE_LIMITED",
    HTTPStatus.SERVICE_UNAVAILABLE: "UNAVAILABLE",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
}


class ApiError(Exception):
    """An answer that is not a success; the message is for the caller and holds nothing of anybody else's."""

    def __init__(self, status: HTTPStatus, message: str, headers: dict[str, str] | None = None):
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


def error_body(status: HTTPStatus, message: str, request_id: str) -> dict[str, Any]:
    """The body `{"error": {code, message, status, requestId}}`."""
    return {"error": {"code": CODES[status], "message": message, "status": int(status), "requestId": request_id}}


def error_response(request: Request, error: ApiError) -> Response:
    body = error_body(error.status, error.message, request.state.request_id)
    return Response(orjson.dumps(body), int(error.status), error.headers, "application/json")


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
                raise Unauthenticated("the Authorization scheme is not Bearer")
            return accounts.authenticate_key(key.strip(), address)
        sent = request.headers.get("x-api-key")
        if sent is not None:
            return accounts.authenticate_key(sent, address)
        return accounts.authenticate_session(sent_session(request.cookies, request.url.scheme in ("https", "wss")))
    except Unauthenticated as refusal:
        raise ApiError(HTTPStatus.UNAUTHORIZED, f"{refusal}; {_WANTED}", _CHALLENGE) from refusal
    except Forbidden as refusal:
        raise ApiError(HTTPStatus.FORBIDDEN, str(refusal)) from refusal
    except Throttled as refusal:
        raise ApiError(HTTPStatus.TOO_MANY_REQUESTS, str(refusal), {"Retry-After": str(refusal.retry_after)}) from refusal
    except StoreError as problem:
        log_now_and_then(problem)
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "the accounts cannot be read right now", {"Retry-After": "5"}) from problem
