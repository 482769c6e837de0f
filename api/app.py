"""The API as an ASGI app of its own, so that every answer under /api/v1 is its own; and the health checks beside it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any

import orjson
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounts import Accounts
from accounts.audit import Audit
from accounts.content_policy import static_policy
from api.auditing import NotedExport, note_change
from api.downloads import COMPRESSION, Download, SentDownload
from api.endpoint import ApiRequest, Endpoint
from api.errors import ApiError, error_response, identity_of
from api.figures import ENDPOINTS as FIGURES
from api.funnel import ENDPOINTS as FUNNEL
from api.history import ENDPOINTS as HISTORY
from api.interactions import OPERATIONS as INTERACTIONS
from api.loads import OPERATIONS as LOADS
from api.openapi import docs_page, openapi
from api.operation import Operation, operation_routes
from api.outcomes import OPERATIONS as OUTCOMES
from api.shapes import spelled
from api.shares import Downloads, Queries, Rates, key_rate
from data.engine import TIME_LIMIT, Engine
from data.orders.running import RunningLoads
from data.pulling.states import least_fresh, pull_states
from data.store.limits import StoreError, TooSlow, log_now_and_then
from data.store.store import Snapshot as StoreSnapshot
from data.store.store import Store
from queries.asking.parameters import InvalidQuery, filled

VERSION = "1.0.0"
PATH = "/api/v1"
COMPRESSED_FROM_BYTES = 1000
# Checks of readiness that read the store at a time, in threads of their own, which no query takes.
_CHECKS_AT_ONCE = 2
ENDPOINTS: tuple[Endpoint[Any], ...] = HISTORY + FIGURES + FUNNEL
OPERATIONS: tuple[Operation, ...] = INTERACTIONS + LOADS + OUTCOMES

_log = logging.getLogger("interaction_history")


class ApiFirst:
    """Middleware that answers whatever is asked under the API's path, so that nothing behind it can answer that in another form."""

    def __init__(
        self, app: ASGIApp, engine: Callable[[], Engine], store: Callable[[], Store], accounts: Callable[[], Accounts],
        loads: Callable[[], RunningLoads],
    ):
        self._behind = app
        self._api = GZipMiddleware(api(engine, store, accounts, loads), COMPRESSED_FROM_BYTES, COMPRESSION)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path == PATH or path.startswith(PATH + "/"):
            await self._api({**scope, "root_path": scope.get("root_path", "") + PATH}, receive, send)
        else:
            await self._behind(scope, receive, send)


def api(
    engine: Callable[[], Engine], store: Callable[[], Store], accounts: Callable[[], Accounts], loads: Callable[[], RunningLoads]
) -> ASGIApp:
    """The API over what answers for the log, the store that is written, the accounts that may ask and the loads that run; all are asked for at
    each request, since they open after this app.
    """
    described = orjson.dumps(openapi(ENDPOINTS, OPERATIONS, VERSION))

    def description(request: Request) -> Response:
        return Response(described, media_type="application/json")

    def documentation(request: Request) -> Response:
        html = docs_page(orjson.loads(described), str(request.base_url.replace(path="")).rstrip("/"))
        return HTMLResponse(html, headers={"Content-Security-Policy": static_policy(html)})

    downloads, queries = Downloads(), Queries()

    def answering(endpoint: Endpoint[Any]) -> Callable[[Request], Awaitable[Response]]:
        async def downloading(request: Request) -> Response:
            with ExitStack() as held:
                held.enter_context(downloads.place(request.state.identity))
                answer = await to_thread.run_sync(_answer, endpoint, request, engine, held, accounts().audit, limiter=downloads.threads)
                packed = "gzip" in request.headers.get("accept-encoding", "") and request.method != "HEAD"
                return SentDownload(answer, packed, held.pop_all(), downloads.threads)

        async def answering(request: Request) -> Response:
            async with queries.turn(request.state.identity):
                with ExitStack() as held:
                    return await to_thread.run_sync(_answer, endpoint, request, engine, held, accounts().audit)

        return downloading if endpoint.streams else answering

    routes = [Route(endpoint.path, answering(endpoint)) for endpoint in ENDPOINTS]
    routes += operation_routes(OPERATIONS, engine, store, loads)
    routes += [Route("/openapi.json", description), Route("/docs", documentation)]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(_Admission, accounts=accounts)],
        exception_handlers={ApiError: _failed, HTTPException: _failed, Exception: _failed},
    )
    app.router.redirect_slashes = False
    return _RequestIds(app)


def _answer(endpoint: Endpoint[Any], request: Request, engine: Callable[[], Engine], held: ExitStack, audit: Audit) -> Any:
    """A response, or a download whose snapshot is `held` with it."""
    try:
        # A snapshot that is left may say that its time was up, hence inside.
        with ExitStack() as stack:
            snapshot = stack.enter_context(engine().snapshot(None if endpoint.streams else TIME_LIMIT))
            tenant = snapshot.tenant(request.state.identity.tenant)
            query = endpoint.parse(tenant.id, request.query_params.multi_items(), endpoint.parameters).or_refused()
            response = endpoint.answer(ApiRequest(request, tenant, snapshot, query, filled(endpoint.asks, query.parameters)))
            response.headers["Cache-Control"] = "no-store"
            response.headers["Vary"] = "Authorization, X-API-Key, Cookie"
            if isinstance(response, Download):
                if request.method == "HEAD":
                    response.pieces = iter(())
                held.push(stack.pop_all())
                if request.method != "HEAD":
                    export = NotedExport(audit, request, response)
                    response.pieces = iter(export)
                    held.callback(export.note)
            return response
    except InvalidQuery as problem:
        raise ApiError(HTTPStatus.BAD_REQUEST, str(problem)) from problem
    except TooSlow as problem:
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, str(problem), {"Retry-After": "5"}) from problem
    except StoreError as problem:
        log_now_and_then(problem)
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "the store cannot be read right now", {"Retry-After": "5"}) from problem


class _Admission:
    """Admits only those who may read; nobody else even learns which paths exist."""

    def __init__(self, app: ASGIApp, accounts: Callable[[], Accounts]):
        self._app = app
        self._accounts = accounts
        self._rates = Rates(key_rate())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            request.state.identity = identity_of(request, self._accounts())
            self._rates.count(request.state.identity)
        except ApiError as refusal:
            await error_response(request, refusal)(scope, receive, send)
        else:
            async def send_and_note(message: Message) -> None:
                if message["type"] == "http.response.start":
                    note_change(self._accounts().audit, request, message["status"])
                await send(message)

            await self._app(scope, receive, send_and_note)


class _RequestIds:
    """Gives every answer its X-Request-Id."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        # A state of its own: mounted, the scope's is shared with the whole server.
        scope = {**scope, "state": {**scope.get("state", {}), "request_id": request_id}}

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        await self._app(scope, receive, send_with_id)


async def _failed(request: Request, error: Exception) -> Response:
    if isinstance(error, ApiError):
        return error_response(request, error)
    if isinstance(error, HTTPException):
        allowed = {name.strip() for name in (error.headers or {}).get("Allow", "").split(",")} - {"HEAD"}
        messages = {
            HTTPStatus.NOT_FOUND: f"there is nothing at {request.url.path}",
            HTTPStatus.METHOD_NOT_ALLOWED: f"{request.method} is not allowed here, only {', '.join(sorted(allowed))}",
        }
        status = HTTPStatus(error.status_code)
        return error_response(request, ApiError(status, messages.get(status, error.detail), dict(error.headers or {})))
    _log.error("request %s failed: %s %s", request.state.request_id, request.method, request.url.path, exc_info=error)
    message = "something went wrong; the server log has the details under this requestId"
    return error_response(request, ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, message))


def health_routes(engine: Callable[[], Engine], accounts: Callable[[], Accounts]) -> list[Route]:
    """`/healthz` and `/readyz`; the latter says more to a caller with a credential."""

    # It needs nothing, so it waits for no thread either.
    async def alive(request: Request) -> Response:
        return Response(orjson.dumps({"status": "alive"}), media_type="application/json")

    threads = CapacityLimiter(_CHECKS_AT_ONCE)

    async def ready(request: Request) -> Response:
        return await to_thread.run_sync(readiness, request, limiter=threads)

    def readiness(request: Request) -> Response:
        try:
            tenant = identity_of(request, accounts()).tenant
        except ApiError:
            tenant = None
        try:
            with engine().snapshot() as snapshot:
                body: dict[str, str | int | bool | None] = {"status": "ready"}
                if tenant is not None:
                    log = snapshot.tenant(tenant).span()
                    newest, clock = (log.newest, log.clock) if log else (None, None)
                    body |= {"version": snapshot.version, "newestRow": spelled(newest), "clock": spelled(clock)}
                    # What is pulled is pulled into a store of this program's own.
                    if isinstance(snapshot, StoreSnapshot) and (states := pull_states(snapshot, tenant)):
                        pulled, agrees = least_fresh(states)
                        body |= {"pulled": spelled(pulled), "totalsAgree": agrees}
        except StoreError:
            return Response(orjson.dumps({"status": "unavailable"}), HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"},
                            "application/json")
        return Response(orjson.dumps(body), media_type="application/json", headers={"Cache-Control": "no-store"})

    return [Route("/healthz", alive), Route("/readyz", ready)]
