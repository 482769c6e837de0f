"""ClickHouse as an engine of tests: it runs in the process of the tests, and holds what has been copied into it of a log's store."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path

from data.clickhouse.address import Address
from data.clickhouse.copying import copy_to
from data.clickhouse.schema import TABLES
from data.clickhouse.store import ClickHouseStore, Snapshot
from data.store.store import Store

_numbers = count(1)


@cache
def _home() -> tempfile.TemporaryDirectory[str]:
    # One for all logs: the engine runs in one folder of a process.
    home = tempfile.TemporaryDirectory(prefix="clickhouse")
    # A cluster of two shards, which are both this process: each is given its own rows by a view.
    Path(home.name, "config.xml").write_text(_CONFIGURATION)
    return home


_CONFIGURATION = """
<clickhouse><tcp_port>9000</tcp_port><remote_servers><two>
  <shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
  <shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
</two></remote_servers></clickhouse>
"""


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


class TwoShards:
    """The same rows in a cluster of two shards, through the planner and the merging of partial results of a real one."""

    def __init__(self, mirror: Mirror) -> None:
        plain = mirror.target.address
        self.target = ClickHouseStore(replace(plain, database=f"{plain.database}_shards"))
        with self.target.connection.session(None) as session:
            session.run(f"create view interactions_shard as select * from {plain.database}.interactions "
                        "where sipHash64(tenant, customer) % 2 + 1 = shardNum()")
            session.run("create table interactions as interactions_shard engine = Distributed('two', currentDatabase(), 'interactions_shard')")
            for table in TABLES[1:]:
                session.run(f"create view {table} as select * from {plain.database}.{table}")

    def close(self) -> None:
        with self.target.connection.session(None) as session:
            session.run(f"drop database {self.target.address.database}")
        self.target.close()
