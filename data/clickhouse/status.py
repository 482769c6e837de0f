"""What a store in ClickHouse holds, tenant by tenant."""

from __future__ import annotations

from data.clickhouse.store import ClickHouseStore
from data.store.status import Status
from queries.asking.times import iso


def store_status(store: ClickHouseStore) -> Status:
    """The state of the store now; which loads its rows came with is not known there."""
    with store.snapshot(None) as snapshot:
        tenants = snapshot.rows("""
            select tenant, count(), uniqExact(customer), min(timestamp), max(timestamp)
            from interactions
            group by tenant
            order by tenant
        """)
        # Of a cluster, those of the server that was asked.
        [(size,)] = snapshot.rows("select sum(bytes_on_disk) from system.parts where active and database = currentDatabase()")
        return Status(
            path=str(store.address),
            version=snapshot.version,
            bytes=size,
            tenants=tuple((*counts, iso(oldest), iso(newest)) for *counts, oldest, newest in tenants),
            loads=(),
        )
