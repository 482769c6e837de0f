"""Answers that are not a success: one body for all of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

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


def error_body(status: HTTPStatus, message: str, request_id: str) -> dict[str, Any]:
    """The body `{"error": {code, message, status, requestId}}`."""
    return {"error": {"code": CODES[status], "message": message, "status": int(status), "requestId": request_id}}


def error_response(request: Request, error: ApiError) -> Response:
    """The answer to a request that is not a success."""
    body = error_body(error.status, error.message, request.state.request_id)
    return Response(orjson.dumps(body), int(error.status), error.headers, "application/json")
