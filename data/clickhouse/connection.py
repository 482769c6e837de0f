"""What is asked of a ClickHouse: statements over its HTTP interface, or in this process, with its errors in the words of a store."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, OperationalError

from data.clickhouse.address import Address
from data.store.limits import StoreError, TooSlow

Parameters = Mapping[str, Any]

# It would write addresses and statements wherever logs go; what is wrong is said by whoever asked.
logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL + 1)

_CONNECT_S, _ANSWER_S = 5, 300
# What the network may take longer than the server, which stops by itself.
_GRACE_S = 2
_OUT_OF_TIME = (159, 160)
_MOST_IDLE = 8

# Identifiers are compared byte by byte and nothing is guessed; what is asked may name many hours and many customers.
_SETTINGS = {"max_query_size": 16 << 20, "distributed_foreground_insert": 1, "mutations_sync": 2}


class Connection:
    """The clients of one address, each used by one thread at a time and then by the next."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._idle: list[Client] = []
        self._is_closed = False
        self._lock = threading.Lock()

    def close(self) -> None:
        with self._lock:
            idle, self._idle, self._is_closed = self._idle, [], True
        for client in idle:
            client.close()

    @contextmanager
    def session(self, seconds: float | None) -> Iterator[Session]:
        """Statements that together take at most so many seconds, or as long as they need where that is None."""
        client = self._taken()
        session = Session(client, self.address, seconds)
        try:
            yield session
        finally:
            self._give_back(client, session.is_sound)

    @contextmanager
    def outside(self) -> Iterator[Session]:
        """Statements in no database, as to create this one."""
        client = _client(self.address, is_outside=True)
        try:
            yield Session(client, self.address, None)
        finally:
            client.close()

    def _taken(self) -> Client:
        with self._lock:
            if self._is_closed:
                raise StoreError("The store is closed.")
            if self._idle:
                return self._idle.pop()
        return _client(self.address)

    def _give_back(self, client: Client, is_sound: bool) -> None:
        with self._lock:
            if is_sound and not self._is_closed and len(self._idle) < _MOST_IDLE:
                self._idle.append(client)
                return
        client.close()


class Session:
    """A client's statements within one limit of time. Not for sharing between threads."""

    def __init__(self, client: Client, address: Address, seconds: float | None) -> None:
        # A client of which a statement was broken off may have half an answer waiting.
        self.is_sound = True
        self._client = client
        self._address = address
        self._seconds = seconds
        self._ends = None if seconds is None else time.monotonic() + seconds

    def table(self, sql: str, parameters: Parameters | None = None) -> pa.Table:
        """The rows of a statement that only reads, as columns; asked again where the network, not the server, has failed."""
        for is_last in (False, True):
            try:
                with self._errors():
                    return self._client.query_arrow(sql, parameters=dict(parameters or {}), settings=self._settings(), use_strings=True)
            except Unreachable:
                if is_last or self._left() == 0:
                    raise
        raise AssertionError("the last attempt answers or raises")

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        found = self.table(sql, parameters)
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True)) if found.num_rows else []

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        """Carry out a statement that changes something, once."""
        with self._errors():
            self._client.command(sql, parameters=dict(parameters or {}), settings=self._settings())

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append rows, by the names of their columns, once."""
        with self._errors():
            self._client.insert_arrow(table, rows, database=self._address.database, settings=self._settings())

    def _left(self) -> float | None:
        return None if self._ends is None else max(0.0, self._ends - time.monotonic())

    def _settings(self) -> dict[str, Any]:
        left = self._left()
        if left == 0:
            raise TooSlow(self._seconds or 0)
        return _SETTINGS if left is None else _SETTINGS | {"max_execution_time": max(left, 0.001)}

    @contextmanager
    def _errors(self) -> Iterator[None]:
        is_sound, self.is_sound = self.is_sound, False
        try:
            yield
            self.is_sound = is_sound
        except DatabaseError as problem:
            if isinstance(problem, OperationalError):
                raise Unreachable(_unreachable(self._address)) from None
            if getattr(problem, "code", None) in _OUT_OF_TIME and self._seconds is not None:
                raise TooSlow(self._seconds) from None
            raise StoreError(f"{self._address} refused a statement: {_name(problem)}.") from problem
        except (ClickHouseError, OSError):
            raise Unreachable(_unreachable(self._address)) from None


class Unreachable(StoreError):
    """The server gives no answer."""


def _client(address: Address, is_outside: bool = False) -> Client:
    try:
        if address.folder is not None:
            # The engine makes files for its owner, and for nobody else.
            address.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            configuration = address.folder / "config.xml"
            options = {"config-file": str(configuration)} if configuration.exists() else None
            client = clickhouse_connect.get_client(interface="chdb", path=str(address.folder), chdb_options=options)
            client.command(f"create database if not exists {quoted(address.database)}")
            client.database = address.database
            return client
        return clickhouse_connect.get_client(
            host=address.host, port=address.port, username=address.user, password=address.password,
            database=None if is_outside else address.database,
            interface="https" if address.is_encrypted else "http", connect_timeout=_CONNECT_S, send_receive_timeout=_ANSWER_S,
            autogenerate_session_id=False, query_retries=0,
        )
    except ImportError as problem:
        raise StoreError("chdb:// needs the package chdb: install tests/requirements.txt, or name a server.") from problem
    except DatabaseError as problem:
        if isinstance(problem, OperationalError):
            raise Unreachable(_unreachable(address)) from None
        raise StoreError(f"{address} cannot be opened: {_name(problem)}.") from None
    except (ClickHouseError, OSError) as problem:
        if address.folder is not None:
            reason = "a process runs chdb in this folder already, or this one in another, or the folder cannot be written"
            raise StoreError(f"{address} cannot be opened: {reason}.") from problem
        raise Unreachable(_unreachable(address)) from None


def _unreachable(address: Address) -> str:
    return f"{address} does not answer. See that the server runs and that its address is right, and try again."


def _name(problem: DatabaseError) -> str:
    """What the server calls an error: its whole text would show the statement, and with it what was asked."""
    name = getattr(problem, "name", None)
    return f"{name} ({getattr(problem, 'code', None)})" if name else type(problem).__name__


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
