"""A store in ClickHouse, and the snapshots that queries read from."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from data.clickhouse.address import Address
from data.clickhouse.connection import Connection, Parameters, Session
from data.columns.memory import Answers, TenantMemory
from data.engine import TIME_LIMIT
from data.store.limits import StoreError

if TYPE_CHECKING:
    from data.clickhouse.engine import ClickHouseTenant

_DAY_MS = 86_400_000


class ClickHouseStore:
    """The interactions of all tenants in a ClickHouse; nothing of it is in this process but what is remembered of its newest version."""

    def __init__(self, address: Address, now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000):
        """`now_ms` is this server's own clock, in milliseconds since 1970. Nothing is asked before the first query."""
        self.address = address
        self.connection = Connection(address)
        self._now_ms = now_ms
        self._answers = Answers()
        self._memories: dict[str, tuple[int, TenantMemory]] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def snapshot(self, seconds: float | None = TIME_LIMIT) -> Iterator[Snapshot]:
        """The newest version; `TooSlow` after so many seconds, None for no limit, `StoreError` where no server answers or its store is not whole."""
        with self.connection.session(seconds) as session:
            [(version, count)] = session.rows("select max(version), count() from versions")
            if not count:
                raise StoreError(f"{self.address} holds no whole store: a copy into it has not ended. Run python -m data copy again.")
            yield Snapshot(session, version, self._now_ms(), lambda tenant: self._memory(tenant, version))

    def _memory(self, tenant: str, version: int) -> TenantMemory:
        with self._lock:
            known, memory = self._memories.get(tenant, (-1, None))
            if memory is None or known < version:
                if memory is not None:
                    memory.pass_away()
                memory = TenantMemory(self._answers)
                self._memories[tenant] = version, memory
            return memory if known <= version else TenantMemory(self._answers)


class Snapshot:
    """One version of the store. Not for sharing between threads."""

    def __init__(self, session: Session, version: int, now_ms: int, memory: Callable[[str], TenantMemory]):
        self.version = version
        self.latest_plausible = now_ms + _DAY_MS
        self.memory = memory
        self._session = session

    def tenant(self, id: str) -> ClickHouseTenant:
        """A tenant's interactions; of a tenant that has none, an empty log."""
        # Imported here: a copy need not wait for what compiles queries.
        from data.clickhouse.engine import ClickHouseTenant

        return ClickHouseTenant(self, id)

    def table(self, sql: str, parameters: Parameters | None = None) -> pa.Table:
        return self._session.table(sql, parameters)

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        return self._session.rows(sql, parameters)
