"""Opens the database, and gives the consistent snapshots that queries read from."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from data.columns.memory import Memory
from data.store.limits import StoreError, StoreInUse, TimeLimits, TooSlow

if TYPE_CHECKING:
    from data.columns.engine import ColumnTenant

FILE_NAME = "history.duckdb"
FORMAT = 2
TIME_LIMIT = 20.0

_DAY_MS = 86_400_000


class Store:
    """The interactions of all tenants in one file, owned by this process.

    A load makes a new `version`. Whatever is computed from the store is remembered with the version it was made from.
    """

    def __init__(self, path: Path, now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000):
        """Open the file, or make it; `StoreInUse` where another process has it, `StoreError` where it is not ours to read.

        `now_ms` is the server's own clock, in milliseconds since 1970.
        """
        self.path = path
        self._now_ms = now_ms
        # The files that the engine makes beside its own, now and later, take their mode from the process.
        os.umask(0o077)
        try:
            # An engine that is asked nothing over the network, and that keeps the order rows were written in.
            self._connection = duckdb.connect(str(path), config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": True,
            })
            self._connection.execute("set global timezone = 'UTC'")
            path.chmod(0o600)
        except duckdb.IOException as problem:
            if "lock" in str(problem).lower():
                raise StoreInUse(f"{path} is in use by another process. Stop that process, or set IH_HOME to another state folder.") from problem
            raise StoreError(f"{path} cannot be opened: {problem}") from problem
        self._limits = TimeLimits()
        self._remembered: dict[int, Memory] = {}
        self._lock = threading.Lock()
        self._prepare()

    @classmethod
    def open(cls, home: Path) -> Store:
        """The store of a state folder."""
        return cls(home / FILE_NAME)

    def close(self) -> None:
        self._limits.close()
        self._connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own for one thread's transaction; `StoreError` once the store is closed."""
        try:
            return self._connection.cursor()
        except duckdb.ConnectionException as problem:
            raise StoreError("The store is closed.") from problem

    @contextmanager
    def snapshot(self, seconds: float | None = TIME_LIMIT) -> Iterator[Snapshot]:
        """One version of the store, unchanged by loads that commit meanwhile; `TooSlow` after so many seconds, None for no limit."""
        with closing(self.cursor()) as cursor, self._limits.limit(cursor, seconds) as limit:
            try:
                cursor.begin()
                yield self._view(cursor)
            except duckdb.InterruptException as problem:
                if limit.expired:
                    raise TooSlow(seconds) from problem
                raise
            except duckdb.ConnectionException as problem:
                raise StoreError("The store is closed.") from problem

    def _view(self, cursor: duckdb.DuckDBPyConnection) -> Snapshot:
        # The first read pins the transaction to this version.
        [(version,)] = cursor.execute("select version from store").fetchall()
        with self._lock:
            memory = self._remembered.setdefault(version, Memory())
            # Views of an older version that are still open hold on to its memory themselves.
            for old in [remembered for remembered in self._remembered if remembered < version]:
                del self._remembered[old]
        return Snapshot(cursor, version, memory, self.latest_plausible())

    def latest_plausible(self) -> int:
        """A day after the server's own clock, in milliseconds: what is later lies in the future."""
        return self._now_ms() + _DAY_MS

    def _prepare(self) -> None:
        cursor = self.cursor()
        cursor.begin()
        if not cursor.execute("select 1 from duckdb_tables() where table_name = 'store'").fetchall():
            cursor.execute(files("data.store").joinpath("schema.sql").read_text())
            cursor.execute("insert into store values ($format, $engine, 0, true, 0)",
                           {"format": FORMAT, "engine": duckdb.__version__})
        [(layout, engine)] = cursor.execute("select format, engine from store").fetchall()
        if layout != FORMAT:
            raise StoreError(f"{self.path} has format {layout}, but this version reads format {FORMAT}. Load the log into a new state folder.")
        if engine != duckdb.__version__:
            # hash() may differ between releases of the engine.
            cursor.execute("delete from ids")
            cursor.execute("insert into ids select half_hash(id), rowid from interactions order by 1, 2")
            cursor.execute("update store set engine = $engine", {"engine": duckdb.__version__})
        cursor.commit()
        cursor.close()


class Snapshot:
    """One version of the store. Not for sharing between threads."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, version: int, memory: Memory, latest_plausible: int):
        self.version = version
        self.latest_plausible = latest_plausible
        self.memory = memory
        self._cursor = cursor

    def tenant(self, id: str) -> ColumnTenant:
        """A tenant's interactions; of a tenant that has none, an empty log."""
        # Imported here: a command that only loads need not wait for what compiles queries.
        from data.columns.engine import ColumnTenant

        return ColumnTenant(self, id)

    def tenant_ids(self) -> list[str]:
        """All tenants that have interactions; for the program's own work, never for a caller's query."""
        return [id for id, in self.rows("select id from tenants order by id")]

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple]:
        return self._cursor.execute(sql, parameters).fetchall()

    def table(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        return self._cursor.sql(sql, params=parameters).to_arrow_table()

    def arrays(self, sql: str, parameters: Mapping[str, Any] | None = None) -> dict[str, np.ndarray]:
        return self._cursor.execute(sql, parameters).fetchnumpy()
