"""The health checks: whether the process is alive, and whether it can answer."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accounts import Accounts
from api.errors import ApiError, identity_of
from api.shapes import spelled
from data.store.limits import StoreError
from data.store.store import Store


def health_routes(store: Callable[[], Store], accounts: Callable[[], Accounts]) -> list[Route]:
    """`/healthz` and `/readyz`; the latter says more to a caller with a credential."""

    def alive(request: Request) -> Response:
        return Response(orjson.dumps({"status": "alive"}), media_type="application/json")

    def ready(request: Request) -> Response:
        try:
            tenant = identity_of(request, accounts()).tenant
        except ApiError:
            tenant = None
        try:
            with store().snapshot() as snapshot:
                body: dict[str, str | int | None] = {"status": "ready"}
                if tenant is not None:
                    log = snapshot.tenant(tenant).span()
                    newest, clock = (log.newest, log.clock) if log else (None, None)
                    body |= {"version": snapshot.version, "newestRow": spelled(newest), "clock": spelled(clock)}
        except StoreError:
            return Response(orjson.dumps({"status": "unavailable"}), HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"},
                            "application/json")
        return Response(orjson.dumps(body), media_type="application/json", headers={"Cache-Control": "no-store"})

    return [Route("/healthz", alive), Route("/readyz", ready)]
