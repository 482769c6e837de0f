"""A platform that serves the log's API badly: rows in memory or another store of this product, behind a server that fails as it is told to."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.logs import Row, interaction

KEY = "krn_platform"
_FILTERS = {"type": "interactionType", "offerId": "offerId", "creativeId": "creativeId", "customerId": "customerId"}

Answer = tuple[int, dict[str, str], bytes]
Fault = Callable[["Platform", dict[str, str]], Answer | None]


@dataclass
class Platform:
    """The rows by their ids, and the `faults` that the next requests meet, one each; None is none."""

    rows: dict[str, Row] = field(default_factory=dict)
    faults: list[Fault | None] = field(default_factory=list)
    most: int = 100
    cursor_name: str = "nextCursor"
    literal: bool = False
    """Whether a cursor means ids below it alone, so that a walk loses rows where ids do not grow with time."""
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    other: Callable[[dict[str, str]], Answer] | None = None
    """What answers instead of the rows."""
    url: str = ""

    def add(self, *rows: Row) -> None:
        self.rows |= {row["id"]: row for row in rows}

    def answer(self, asked: dict[str, str], headers: dict[str, str]) -> Answer:
        self.asked.append(asked)
        self.headers.append(headers)
        fault = self.faults.pop(0) if self.faults else None
        answer = fault(self, asked) if fault else None
        return answer or (self.other or self.page)(asked)

    def page(self, asked: dict[str, str]) -> Answer:
        found = sorted(
            (row for row in self.rows.values() if all(row.get(_FILTERS[name]) == value for name, value in asked.items() if name in _FILTERS)),
            key=_place, reverse=True,
        )
        cursor, limit = asked.get("cursor"), min(int(asked.get("limit", 25)), self.most)
        rest = found
        if cursor is not None:
            named = self.rows.get(cursor)
            rest = [row for row in found if (_place(row) < _place(named) if named and not self.literal else row["id"] < cursor)]
        rows, more = rest[:limit], len(rest) > limit
        return 200, {}, json.dumps({"data": rows, "pagination": {
            "total": len(found), "limit": limit, "hasMore": more, self.cursor_name: rows[-1]["id"] if more else None,
        }}).encode()


def _place(row: Row) -> tuple[str, bytes]:
    return row["timestamp"], row["id"].encode()


def rows_of(count: int, first: int = 0, tenant: str = "upstream", **fields: Any) -> list[Row]:
    """Rows whose time and id grow, a minute apart, of three types and two offers."""
    return [
        interaction(f"ih_{number:05d}", at(number), **{
            "tenantId": tenant, "customerId": f"c{number % 7}", "interactionType": ("impression", "click", "convert")[number % 3],
            "offerId": ("card", "loan")[number % 2], **fields,
        })
        for number in range(first, first + count)
    ]


def at(minute: int) -> str:
    """A time so many minutes after the first of March 2026."""
    days, rest = divmod(minute, 1440)
    return f"2026-03-{days + 1:02d}T{rest // 60:02d}:{rest % 60:02d}:00.000Z"


def answering(status: int, body: Any = None, **headers: str) -> Fault:
    """A fault that answers so."""
    content = body if isinstance(body, bytes) else json.dumps(body or {"error": {"code": "X", "message": "not now", "status": status}}).encode()
    return lambda *_: (status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


BUSY, BUSY_A_WHILE, BROKEN = answering(429), answering(429, Retry_After="7"), answering(500)
BUSY_A_MOMENT = answering(429, Retry_After="0")
FLAT = answering(503, {"error": "down for a moment"})


def torn(platform: Platform, asked: dict[str, str]) -> Answer:
    """Half a page."""
    status, headers, body = (platform.other or platform.page)(asked)
    return status, headers, body[:len(body) // 2]


def slow(platform: Platform, asked: dict[str, str]) -> None:
    """An answer that comes later than the pull waits."""
    time.sleep(3)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != "/api/v1/interaction-history":
            status, headers, body = 404, {}, b'{"error": {"message": "nothing here"}}'
        else:
            with self.server.turn:
                status, headers, body = self.server.platform.answer(dict(parse_qsl(parts.query)), dict(self.headers))
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            # Nobody waits for it any more.
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, platform: Platform, port: int = 0):
        super().__init__(("127.0.0.1", port), _Handler)
        self.platform = platform
        self.turn = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing of who was killed while it asked; else as ever."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # of a socket


@contextmanager
def serving(platform: Platform) -> Iterator[Platform]:
    """While the platform answers under its `url`."""
    with _Server(platform) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        platform.url = f"http://127.0.0.1:{server.server_port}/api/v1"
        try:
            yield platform
        finally:
            server.shutdown()
