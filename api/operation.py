"""What a method does to something of a tenant's own that is not its log: one row, from which its route, documentation and checks are made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from itertools import groupby
from typing import Any, Literal

import orjson
from anyio import CapacityLimiter, to_thread
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accounts import Identity, Role
from accounts.login import names_own_page
from api.errors import ApiError
from data.engine import Engine
from data.orders.running import RunningLoads
from data.store.limits import ReadOnly, StoreBusy, StoreError, log_now_and_then
from data.store.store import Store

Method = Literal["GET", "PUT", "POST", "DELETE"]

LARGEST_BODY = 64 * 1024
_AGAIN_S = "5"
_MOST_WRITERS = 40


@dataclass(frozen=True)
class Asked:
    """A request that was admitted: who asks, what answers for the log and what opens the store that is written, the values of the path's
    parameters and the flags, the body, and the loads that run.

    The body is JSON, None where there is none, or bytes where the operation takes lines.
    """

    identity: Identity
    engine: Engine
    opened: Callable[[], Store]
    path: dict[str, str]
    body: Any
    running: RunningLoads
    flags: dict[str, bool]
    headers: Mapping[str, str]

    @property
    def store(self) -> Store:
        """What is written; `ReadOnly` where the log is not."""
        return self.opened()


@dataclass(frozen=True)
class PathParameter:
    """A part of a path, `{name}`."""

    name: str
    description: str
    example: str | int

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1} if isinstance(self.example, int) else {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Flag:
    """A query parameter that is `true` or, as without it, `false`."""

    name: str
    description: str


@dataclass(frozen=True)
class Operation:
    """A method under /api/v1 that takes no filters; `role` is the least that may ask for it, and no method but GET leaves things as they were.

    `answer` makes the body of the answer, None for none (204); `body` is its type, a shape, and `example` one of them.
    `takes` and `taken` are the same of the request's body, of at most `largest` bytes; one that `takes_lines` has NDJSON as well, and may be
    packed. `refusals` are the answers that are not what any request may get, with what they mean and
    a message.
    """

    method: Method
    path: str
    name: str
    summary: str
    description: str
    role: Role
    answer: Callable[[Asked], Any]
    body: Any = None
    example: Any = None
    takes: Any = None
    taken: Any = None
    path_parameters: tuple[PathParameter, ...] = ()
    refusals: tuple[tuple[HTTPStatus, str, str], ...] = ()
    flags: tuple[Flag, ...] = ()
    largest: int = LARGEST_BODY
    takes_lines: bool = False

    @property
    def changes(self) -> bool:
        return self.method != "GET"

    @property
    def media_types(self) -> tuple[str, ...]:
        """What the body may be, the usual one first."""
        return ("application/x-ndjson", "application/json") if self.takes_lines else ("application/json",)


def operation_routes(
    operations: Sequence[Operation], engine: Callable[[], Engine], store: Callable[[], Store], running: Callable[[], RunningLoads]
) -> list[Route]:
    """A route for each path, of all its methods; operations of one path stand together."""
    return [_route(path, list(its), engine, store, running) for path, its in groupby(operations, key=lambda operation: operation.path)]


def _route(
    path: str, operations: list[Operation], engine: Callable[[], Engine], store: Callable[[], Store], running: Callable[[], RunningLoads]
) -> Route:
    by_method = {operation.method: operation for operation in operations}

    async def answering(request: Request) -> Response:
        operation = by_method["GET" if request.method == "HEAD" else request.method]  # type: ignore[index]  # the route admits these alone
        _admit(operation, request)
        flags = _flags(operation, request)
        body = await _body(operation, request)
        # What writes may wait for others that write, and then keeps no thread from those who read.
        limiter = _writers() if operation.changes else None
        return await to_thread.run_sync(_answered, operation, request, body, flags, engine, store, running, limiter=limiter)

    return Route(path.replace("}", ":any}"), answering, methods=list(by_method))


class _AnyText(Convertor[str]):
    """A key may hold any character, also a slash or a line break."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("any", _AnyText())


def _admit(operation: Operation, request: Request) -> None:
    identity: Identity = request.state.identity
    if identity.role < operation.role:
        does = "change this" if operation.changes else "read this"
        raise ApiError(HTTPStatus.FORBIDDEN, f"{identity.name} may not {does}: the role is {identity.role}, and it needs {operation.role}")
    if operation.changes and identity.kind == "user" and not names_own_page(request.headers):
        message = "a session changes something only from a page of this server, whose Origin the request must carry; or send an API key"
        raise ApiError(HTTPStatus.FORBIDDEN, message)


def _flags(operation: Operation, request: Request) -> dict[str, bool]:
    flags = {flag.name: False for flag in operation.flags}
    for name, value in request.query_params.multi_items():
        if name not in flags:
            raise ApiError(HTTPStatus.BAD_REQUEST, f"there is no parameter {name!r}")
        if value not in ("true", "false"):
            raise ApiError(HTTPStatus.BAD_REQUEST, f"{name} must be true or false, not {value[:50]!r}")
        flags[name] = value == "true"
    return flags


@cache
def _writers() -> CapacityLimiter:
    return CapacityLimiter(_MOST_WRITERS)


async def _body(operation: Operation, request: Request) -> Any:
    if operation.takes is None:
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in operation.media_types:
        raise ApiError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body must be {' or '.join(operation.media_types)}, not {kind!r}")
    text = b"".join([piece async for piece in _bounded(request, operation.largest)])
    if operation.takes_lines:
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise ApiError(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {problem}") from problem


async def _bounded(request: Request, largest: int) -> AsyncIterator[bytes]:
    length = 0
    async for piece in request.stream():
        length += len(piece)
        if length > largest:
            raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body has more than {largest:,} bytes")
        yield piece


def _answered(
    operation: Operation, request: Request, body: Any, flags: dict[str, bool], engine: Callable[[], Engine], store: Callable[[], Store],
    running: Callable[[], RunningLoads],
) -> Response:
    try:
        asked = Asked(request.state.identity, engine(), store, dict(request.path_params), body, running(), flags, request.headers)
        made = operation.answer(asked)
    except ReadOnly as problem:
        raise ApiError(HTTPStatus.CONFLICT, str(problem)) from problem
    except StoreBusy as problem:
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, str(problem), {"Retry-After": _AGAIN_S}) from problem
    except StoreError as problem:
        log_now_and_then(problem)
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "the store cannot be read right now", {"Retry-After": _AGAIN_S}) from problem
    headers = {"Cache-Control": "no-store", "Vary": "Authorization, X-API-Key, Cookie"}
    if made is None:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    return Response(orjson.dumps(made), headers=headers, media_type="application/json")
