"""The API as the product mounts it, over a real store and real accounts, in process or behind a socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from accounts import Accounts, Invalid, Role
from accounts.wall import SignInWall
from api.app import ApiFirst, health_routes
from connections import Connection, WebSocket
from data.orders.running import RunningLoads
from data.store.limits import ReadOnly
from data.store.store import Store
from tests.logs import ACME, Log

PREFIX = "/api/v1"
HISTORY = f"{PREFIX}/interaction-history"


class Service:
    """The server without its dashboard; `now` tells the accounts the time."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.seconds = time.time()
        self.accounts = Accounts(log.folder, now=lambda: self.seconds)
        self.running = RunningLoads()
        self.app = Starlette(
            routes=health_routes(lambda: self.log.engine, lambda: self.accounts),
            middleware=[
                Middleware(SignInWall, accounts=self.accounts),
                Middleware(
                    ApiFirst, engine=lambda: self.log.engine, store=self.store, accounts=lambda: self.accounts, loads=lambda: self.running,
                ),
            ],
        )
        self._keys = 0
        self._keys_of_callers: dict[str, str] = {}

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *problem: object) -> None:
        self.accounts.close()

    def store(self) -> Store:
        """What is written; a log of another engine is only read."""
        if self.log.engine is not self.log.store:
            raise ReadOnly("the log is only read here")
        return self.log.store

    def key(self, tenant: str = ACME, role: Role = Role.VIEWER, expires_at: int | None = None) -> str:
        """A new API key."""
        self._keys += 1
        try:
            return self.accounts.keys.add(f"key {self._keys}", tenant, role, expires_at)
        except Invalid:
            # Of another service over the same log.
            return self.key(tenant, role, expires_at)

    def caller(self, tenant: str = ACME, **headers: str) -> TestClient:
        """A client with a key of the tenant, the same at each call; what crashes inside is answered, as by a server."""
        if tenant not in self._keys_of_callers:
            self._keys_of_callers[tenant] = self.key(tenant)
        return self.stranger(Authorization=f"Bearer {self._keys_of_callers[tenant]}", **headers)

    def stranger(self, **headers: str) -> TestClient:
        """A client without a credential."""
        return TestClient(self.app, headers=headers, raise_server_exceptions=False)


@contextmanager
def listening(app: ASGIApp, **settings: Any) -> Iterator[str]:
    """The address of a server that answers for an app over the product's connections, on a free port of this machine."""
    kinds: dict[str, Any] = {"http": Connection, "ws": WebSocket, "log_level": "critical", "lifespan": "off"}
    server = uvicorn.Server(uvicorn.Config(app, port=0, **kinds | settings))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
