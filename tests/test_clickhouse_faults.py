"""A ClickHouse that is dead, slow or refuses: what is said, that nothing is left open, and that the password stands nowhere."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data.clickhouse.address import Address, password_of, read_address
from data.clickhouse.connection import Unreachable
from data.clickhouse.copying import copy_to
from data.clickhouse.store import ClickHouseStore
from data.store.limits import StoreError, TooSlow
from tests.clickhouse import Mirror
from tests.logs import ACME, Log, interaction
from tests.service import HISTORY, Service

SECRET = "hunter2hunter2"


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler, bytes], None]) -> Iterator[Address]:
    """A server in the place of ClickHouse's HTTP interface."""
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            answer(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Address("history", host="127.0.0.1", port=server.server_port, user="reader", password=SECRET)
        server.shutdown()


def refusing(code: int, name: str) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        body = f"Code: {code}. DB::Exception: no. ({name})".encode()
        handler.send_response(500)
        handler.send_header("X-ClickHouse-Exception-Code", str(code))
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def ask(address: Address, seconds: float | None = 5) -> None:
    store = ClickHouseStore(address)
    try:
        with store.snapshot(seconds) as snapshot:
            snapshot.tenant(ACME).span()
    finally:
        store.close()


def test_a_dead_server_is_503_and_its_password_in_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = Address("history", host="127.0.0.1", port=free.getsockname()[1], user="reader", password=SECRET)
    with caplog.at_level(logging.DEBUG), Log(tmp_path) as log, Service(log) as service:
        log.engine = ClickHouseStore(dead)
        answer = service.caller().get(HISTORY)
        ready = service.caller().get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"], ready.status_code) == (503, "5", 503)
    assert SECRET not in caplog.text + answer.text + repr(dead) + str(dead)


def test_a_dead_server_is_named_without_its_password() -> None:
    with pytest.raises(Unreachable) as said:
        ask(Address("history", host="127.0.0.1", port=1, user="reader", password=SECRET))
    assert str(said.value) == ("clickhouse+http://reader@127.0.0.1:1/history does not answer. See that the server runs and that its address is "
                               "right, and try again.")


@pytest.mark.parametrize(("code", "name"), [(516, "AUTHENTICATION_FAILED"), (202, "TOO_MANY_SIMULTANEOUS_QUERIES"), (241, "MEMORY_LIMIT_EXCEEDED")])
def test_a_server_that_refuses_is_quoted_by_the_name_of_its_error(code: int, name: str) -> None:
    with answering(refusing(code, name)) as address, pytest.raises(StoreError, match=rf": {name} \({code}\)\.$") as said:
        ask(address)
    assert SECRET not in str(said.value)


def test_a_statement_that_takes_too_long_is_stopped_by_the_server_and_its_client_used_no_more(tmp_path: Path) -> None:
    with Log(tmp_path, "clickhouse") as log:
        log.load(interaction("1"))
        assert isinstance(log.engine, Mirror)
        with pytest.raises(TooSlow), log.engine.snapshot(0.3) as snapshot:
            snapshot.rows("select count() from numbers(100000000000) where sipHash64(number) = 1")
        assert log.engine.target.connection._idle == []
        with log.snapshot() as snapshot:
            assert snapshot.tenant(ACME).record("1")
        assert len(log.engine.target.connection._idle) == 1


def test_a_copy_that_is_broken_off_is_shown_to_nobody_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Log(tmp_path, "clickhouse") as log:
        log.load(*(interaction(f"{day}", f"2026-03-{day}T12:00:00.000Z") for day in range(10, 20)))
        assert isinstance(log.engine, Mirror)
        target = log.engine.target
        monkeypatch.setattr("data.clickhouse.copying._PIECE", 3)

        def stop(progress: object) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            copy_to(log.store, target, stop)
        with pytest.raises(StoreError, match="holds no whole store"), target.snapshot():
            pass
        report = copy_to(log.store, target, lambda _: None)
        assert (report.rows, report.sent) == (10, 7)
        log.load(interaction("late", "2026-03-12T00:00:00.000Z"))
        report = copy_to(log.store, target, lambda _: None)
        assert (report.rows, report.sent) == (11, 2)
        with target.snapshot() as snapshot:
            span = snapshot.tenant(ACME).span()
            assert span is not None and span.rows == 11


@pytest.mark.parametrize("text", [
    "clickhouse+https://user@host", "clickhouse+https:///db", "postgres://host/db", "chdb://relative", "chdb:///", "clickhouse+http://h:port/db",
    "clickhouse+http://host/a/b", "clickhouse+http://host/db?secure=1", "nothing",
])
def test_an_address_that_names_no_database_is_refused(text: str) -> None:
    with pytest.raises(StoreError, match="IH_STORE"):
        read_address(text, "", "IH_STORE")


def test_a_password_in_an_address_is_refused_without_being_shown() -> None:
    with pytest.raises(StoreError, match="Set IH_STORE_PASSWORD or IH_STORE_PASSWORD_FILE instead") as said:
        read_address(f"clickhouse+https://user:{SECRET}@host/db", "", "IH_STORE")
    assert SECRET not in str(said.value)


def test_the_password_comes_from_its_setting_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\n")
    assert password_of({"IH_STORE_PASSWORD": SECRET}) == password_of({"IH_STORE_PASSWORD_FILE": str(file)}) == SECRET
    with pytest.raises(StoreError, match="both set"):
        password_of({"IH_STORE_PASSWORD": SECRET, "IH_STORE_PASSWORD_FILE": str(file)})
    with pytest.raises(StoreError, match="cannot be read"):
        password_of({"IH_STORE_PASSWORD_FILE": str(tmp_path / "missing")})
