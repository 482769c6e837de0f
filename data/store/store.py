"""The store, and the consistent snapshots that queries read from."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from data.columns.memory import Memory
from data.columns.saved import SavedColumns
from data.engine import TIME_LIMIT
from data.store.home import say
from data.store.limits import StoreError, TimeLimits, TooSlow, unreadable
from data.store.opening import opened
from data.store.versions import Change, Versions

if TYPE_CHECKING:
    from data.columns.engine import ColumnTenant

FILE_NAME = "history.duckdb"

# What the engine raises where it cannot read its file; of a checksum that is wrong, an error of no kind.
_OF_THE_FILE = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException, duckdb.InternalException)
_DAY_MS = 86_400_000


class Store:
    """The interactions of all tenants in one file, owned by this process.

    A load makes a new `version`, for which what is remembered of the one before stays where the load has changed nothing of it.
    """

    def __init__(
        self, path: Path, now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000, tell: Callable[[str], None] = say
    ):
        """Open the file, or make it; `StoreInUse` where another process has it, `StoreError` where it cannot be read.

        `now_ms` is the server's own clock, in milliseconds since 1970; `tell` hears of an upgrade.
        """
        self.path = path
        self._now_ms = now_ms
        self._saved = SavedColumns(path)
        stood = self._saved.store_as_it_stands()
        self._connection = opened(path, tell)
        self._limits = TimeLimits()
        self._versions = Versions()
        self._restored = self._restore(stood)
        # Held by whoever writes: two at once would meet in the version.
        self.turn = threading.RLock()

    @classmethod
    def open(cls, home: Path) -> Store:
        """The store of a state folder."""
        return cls(home / FILE_NAME)

    def close(self) -> None:
        """Close the file, and save beside it the columns that are in memory."""
        try:
            with self.snapshot(None) as snapshot:
                version, parts = snapshot.version, snapshot.memory.parts()
        except StoreError:
            # It is closed already.
            return
        self._limits.close()
        self._connection.close()
        if (stands := self._saved.store_as_it_stands()) and stands != self._saved.of_store():
            self._saved.save(version, parts, stands)

    def _restore(self, stood: list[int] | None) -> int | None:
        """Take up the columns that were saved of the file, where it `stood` so before the engine came; their version."""
        found = self._saved.restored() if stood and stood == self._saved.store_as_it_stands() else None
        if found is None or [(found[0],)] != self._connection.execute("select version from store").fetchall():
            self._saved.drop()
            return None
        self._versions.remember(*found)
        return found[0]

    def check_columns(self, stop: threading.Event | None = None) -> None:
        """Read the saved columns that were taken up, which brings them into the system's memory; forget all where one is damaged."""
        if self._restored is None:
            return
        for is_whole in self._saved.are_whole():
            if not is_whole:
                self._versions.remember(self._restored)
                self._saved.drop()
                break
            if stop and stop.is_set():
                return
        self._restored = None

    def save_columns(self) -> None:
        """Save the columns that are in memory beside the store, for the next start, unless it is being written to."""
        with self.snapshot(None) as snapshot:
            version, parts = snapshot.version, snapshot.memory.parts()
        stands = self._saved.store_as_it_stands()
        with self.snapshot(None) as snapshot:
            is_current = snapshot.version == version
        if stands and is_current and stands != self._saved.of_store():
            self._saved.save(version, parts, stands)

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
                if seconds is not None and limit.expired:
                    raise TooSlow(seconds) from problem
                raise
            except duckdb.ConnectionException as problem:
                raise StoreError("The store is closed.") from problem
            except duckdb.Error as problem:
                # Anything else is a fault of the program.
                if isinstance(problem, _OF_THE_FILE) or type(problem) is duckdb.Error:
                    raise unreadable(self.path, problem) from problem
                raise

    def _view(self, cursor: duckdb.DuckDBPyConnection) -> Snapshot:
        # The first read pins the transaction to this version.
        version, memory = self._versions.seen(lambda: cursor.execute("select version from store").fetchall()[0][0])
        return Snapshot(cursor, version, memory, self._now_ms())

    @contextmanager
    def new_version(
        self, cursor: duckdb.DuckDBPyConnection, version: int, change: Change | None, described: Collection[int] = ()
    ) -> Iterator[None]:
        """While what a cursor has written is committed as a new version: nobody sees it before what they had in memory is there for it.

        `change` says what there is of new rows, if anything; of the tenants `described` only the names of things are others.
        """
        with self.snapshot(None) as old:
            before, memory = old.memory, None
            if before.parts():
                # Imported here: a command that only loads need not wait for what compiles queries.
                from data.columns.renewal import renewed

                first_row = change.first if change and change.rewritten else 0
                memory = renewed(old, Snapshot(cursor, version, before.after({}), self._now_ms(), first_row), change, described)
        with self._versions.published(version, memory, before) if memory else nullcontext():
            yield

    @contextmanager
    def new_meaning(self, version: int, tenant: int) -> Iterator[None]:
        """While a version is committed that differs from the one before in what outcomes mean to a tenant alone."""
        with self.snapshot(None) as old:
            before = old.memory
        parts = before.parts()
        if tenant in parts:
            parts[tenant] = parts[tenant].with_new_meaning()
        with self._versions.published(version, before.after(parts), before):
            yield

    def latest_plausible(self) -> int:
        """A day after the server's own clock, in milliseconds: what is later lies in the future."""
        return _latest_plausible(self._now_ms())


def _latest_plausible(now_ms: int) -> int:
    return now_ms + _DAY_MS


class Snapshot:
    """One version of the store. Not for sharing between threads."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, version: int, memory: Memory, now_ms: int, first_row: int = 0):
        """`first_row` is where rowids of `interactions` begin, which is elsewhere while it is being written anew."""
        self.version = version
        self.first_row = first_row
        self.now_ms = now_ms
        self.latest_plausible = _latest_plausible(now_ms)
        self.memory = memory
        self._cursor = cursor

    def tenant(self, tenant_id: str) -> ColumnTenant:
        """A tenant's interactions; of a tenant that has none, an empty log."""
        # Imported here: a command that only loads need not wait for what compiles queries.
        from data.columns.engine import ColumnTenant

        return ColumnTenant(self, tenant_id)

    def tenant_ids(self) -> list[str]:
        """All tenants that have interactions; for the program's own work, never for a caller's query."""
        return [tenant_id for tenant_id, in self.rows("select id from tenants order by id")]

    def largest_tenants(self, most: int) -> list[tuple[str, int]]:
        """The tenants with most interactions, and how many; for the program's own work, never for a caller's query."""
        return self.rows("""
            select id, interactions
            from (select tenant, count(*) as interactions from journeys group by tenant order by interactions desc, tenant limit $most)
            join tenants using (tenant)
            order by interactions desc, tenant
        """, {"most": most})

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple]:
        return self._cursor.execute(sql, parameters).fetchall()

    def table(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        return self._cursor.sql(sql, params=parameters).to_arrow_table()

    def reader(self, sql: str, rows: int) -> pa.RecordBatchReader:
        """The rows in batches of so many, read as they are asked for: nothing else may be asked meanwhile."""
        return self._cursor.sql(sql).to_arrow_reader(rows)

    def arrays(self, sql: str, parameters: Mapping[str, Any] | None = None) -> dict[str, np.ndarray]:
        return self._cursor.execute(sql, parameters).fetchnumpy()
