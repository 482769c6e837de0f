"""Clients that keep the server waiting, and more of them than it has room for."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

import connections
from connections import Connection, most_connections
from data.store.limits import StoreError
from tests.service import listening

PIECE = bytes(1 << 16)


class App:
    """Answers `/quick` at once, `/held` once it is let go, and `/endless` as long as it is read; `/body` with the length of what it was sent."""

    def __init__(self) -> None:
        self.held = threading.Semaphore(0)
        self.let_go = threading.Event()
        self.ended = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._pour_into(receive, send)
            return
        answer = b"yes"
        try:
            if scope["path"] == "/held":
                self.held.release()
                while not self.let_go.is_set():
                    await asyncio.sleep(0.01)
            elif scope["path"] == "/body":
                answer = str(await self._length(receive)).encode()
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
            over = asyncio.create_task(receive()) if scope["path"] == "/endless" else None
            while over:
                await send({"type": "http.response.body", "body": PIECE, "more_body": True})
                if over.done():
                    break
            await send({"type": "http.response.body", "body": answer})
        finally:
            if scope["path"] in ("/endless", "/body"):
                self.ended.set()

    async def _length(self, receive: Receive) -> int:
        length = 0
        while (message := await receive())["type"] == "http.request":
            length += len(message["body"])
            if not message["more_body"]:
                break
        return length

    async def _pour_into(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        try:
            while True:
                await send({"type": "websocket.send", "bytes": PIECE})
        except OSError:
            # Sending is over.
            self.ended.set()


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def origin(app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that waits a fraction of a second where it waits for seconds elsewhere."""
    for name in ("HEAD_S", "PATIENCE_S"):
        monkeypatch.setattr(connections, name, 0.3)
    monkeypatch.setattr(connections, "_LOOK_S", 0.05)
    with listening(app, ws_ping_interval=0.1, ws_ping_timeout=0.1) as origin:
        yield origin
        app.let_go.set()


@contextmanager
def saying(origin: str, said: str) -> Iterator[socket.socket]:
    """A connection over which no more than this is said."""
    address = urlsplit(origin)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(20)
        client.connect((address.hostname, address.port))
        client.sendall(said.encode())
        yield client


def is_broken_off(client: socket.socket) -> bool:
    try:
        while client.recv(1 << 16):
            pass
    except ConnectionResetError:
        pass
    return True


@pytest.mark.parametrize("said", ["", "GET /quick HTT", "GET /quick HTTP/1.1\r\nHost: x\r\n", "\r\n"])
def test_a_head_that_does_not_come_ends_its_connection(origin: str, said: str) -> None:
    with saying(origin, said) as client:
        assert client.recv(10) == b""


def test_a_second_head_has_to_come_as_well(origin: str) -> None:
    with saying(origin, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\nGET /quick HTTP/1.1\r\nHo") as client:
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        assert is_broken_off(client)


def test_a_body_that_does_not_come_ends_its_connection(origin: str, app: App) -> None:
    with saying(origin, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345") as client:
        assert is_broken_off(client)
    assert app.ended.wait(20)


def test_an_answer_that_nobody_takes_ends(origin: str, app: App) -> None:
    with saying(origin, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n") as client:
        assert app.ended.wait(20)
        assert is_broken_off(client)


def test_a_web_socket_that_nobody_reads_ends(origin: str, app: App) -> None:
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    with saying(origin, f"GET /any HTTP/1.1\r\nHost: x\r\n{upgrade}\r\n") as client:
        assert app.ended.wait(20)
        assert is_broken_off(client)


def test_an_answer_that_takes_long_to_make_is_waited_for(origin: str, app: App) -> None:
    threading.Timer(1, app.let_go.set).start()
    with saying(origin, "GET /held HTTP/1.1\r\nHost: x\r\n\r\n") as client:
        assert client.recv(1000).startswith(b"HTTP/1.1 200")


def test_who_takes_or_sends_enough_has_as_long_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    progress = connections._Progress()
    assert [progress.stalls(now, done) for now, done in ((0, 0), (30, 0), (30, 65_536), (60, 65_537), (60, 131_072), (90, 131_072))] == [False] * 6
    assert progress.stalls(91, 196_607)
    progress.rest()
    assert not progress.stalls(500, 131_072)


def test_who_says_nothing_makes_room_for_who_asks(origin: str, app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 60)
    monkeypatch.setattr(Connection, "most", 10)
    monkeypatch.setattr(Connection, "_said", -100.0)
    with ExitStack() as clients, caplog.at_level(logging.WARNING):
        slow = clients.enter_context(saying(origin, "GET /held HTTP/1.1\r\nHost: x\r\n\r\n"))
        assert app.held.acquire(timeout=20)
        silent = [clients.enter_context(saying(origin, "GET /quick HTTP/1.1\r\nHost: x\r\n")) for _ in range(40)]
        assert httpx2.get(f"{origin}/quick").text == "yes"
        assert all(map(is_broken_off, silent[:30]))
        app.let_go.set()
        assert slow.recv(1000).startswith(b"HTTP/1.1 200")
    [said] = caplog.messages
    assert said == "10 connections are open, and no more may be: those whose clients keep them waiting make room (IH_CONNECTIONS)"


def test_nobody_who_is_being_answered_makes_room(origin: str, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "most", 3)
    with ExitStack() as clients:
        slow = [clients.enter_context(saying(origin, "GET /held HTTP/1.1\r\nHost: x\r\n\r\n")) for _ in range(3)]
        for _ in slow:
            assert app.held.acquire(timeout=20)
        refused = httpx2.get(f"{origin}/quick")
        assert (refused.status_code, refused.headers["retry-after"], refused.text) == (503, "5", "Too many connections are open\n")
        app.let_go.set()
        for client in slow:
            assert client.recv(1000).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(("setting", "limits", "most", "raised"), [
    (None, (20_000, 20_000), 1000, None),
    (None, (1024, 4096), 1000, (1200, 4096)),
    (None, (256, 256), 128, None),
    (None, (256, 1000), 800, (1000, 1000)),
    (None, (1024, resource.RLIM_INFINITY), 1000, (1200, resource.RLIM_INFINITY)),
    ("50", (256, 256), 50, None),
])
def test_there_is_room_for_as_many_as_the_system_lets_open_files(
    monkeypatch: pytest.MonkeyPatch, setting: str | None, limits: tuple[int, int], most: int, raised: tuple[int, int] | None,
) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: told.append(wanted))
    if setting:
        monkeypatch.setenv("IH_CONNECTIONS", setting)
    assert most_connections() == most
    assert told == ([raised] if raised else [])


@pytest.mark.parametrize("said", ["0", "-1", "many", "1.5", "100001"])
def test_a_number_of_connections_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("IH_CONNECTIONS", said)
    with pytest.raises(StoreError) as refused:
        most_connections()
    assert str(refused.value) == f"IH_CONNECTIONS must be a whole number from 1 to 100000, not '{said}'."
