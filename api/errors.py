"""Answers that are not a success: one body for all of them."""

from __future__ import annotations

from http import HTTPStatus

import orjson
from starlette.requests import Request
from starlette.responses import Response

CODES = {
    HTTPStatus.BAD_REQUEST: "BAD_REQUEST",
    HTTPStatus.UNAUTHORIZED: "UNAUTHORIZED",
    HTTPStatus.FORBIDDEN: "FORBIDDEN",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.METHOD_NOT_ALLOWED: "METHOD_NOT_ALLOWED",
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


def error_response(request: Request, error: ApiError) -> Response:
    """The body `{"error": {code, message, status, requestId}}`."""
    body = {"error": {
        "code": CODES[error.status],
        "message": error.message,
        "status": int(error.status),
        "requestId": request.state.request_id,
    }}
    return Response(orjson.dumps(body), int(error.status), error.headers, "application/json")
