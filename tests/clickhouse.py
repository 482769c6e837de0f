"""ClickHouse as an engine of tests: it runs in the process of the tests, and holds what has been copied into it of a log's store."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager
from functools import cache
from itertools import count
from pathlib import Path

from data.clickhouse.address import Address
from data.clickhouse.copying import copy_to
from data.clickhouse.store import ClickHouseStore, Snapshot
from data.store.store import Store

_numbers = count(1)


@cache
def _home() -> tempfile.TemporaryDirectory[str]:
    # One for all logs: the engine runs in one folder of a process.
    return tempfile.TemporaryDirectory(prefix="clickhouse")


class Mirror:
    """The engine in front of a store: whoever asks gets what the store holds by then."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.target = ClickHouseStore(Address(f"log{next(_numbers)}", folder=Path(_home().name)))
        self._version = -1

    def close(self) -> None:
        if self._version >= 0:
            with self.target.connection.session(None) as session:
                session.run(f"drop database {self.target.address.database}")
        self.target.close()

    def snapshot(self, seconds: float | None = None) -> AbstractContextManager[Snapshot]:
        with self.store.snapshot() as snapshot:
            version = snapshot.version
        if version != self._version:
            copy_to(self.store, self.target, lambda _: None)
            self._version = version
        return self.target.snapshot(seconds)
