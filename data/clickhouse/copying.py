"""Copies the embedded store into a ClickHouse, tenant by tenant and day by day; what is there already, as a checksum tells, stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.clickhouse.connection import Session, quoted
from data.clickhouse.schema import SHARD, Layout, cluster_of, create, has_tables
from data.clickhouse.store import ClickHouseStore
from data.columns.amounts import decimals
from data.loading.outcome import Progress
from data.store.limits import StoreError
from data.store.store import Snapshot, Store

_DAY_MS = 86_400_000
# Rows of one insert; a day with more is one insert of its own.
_PIECE = 500_000

_KEYS = ("type", "offer", "creative", "channel", "direction", "outcome_type")
_TEXTS = ("id", "customer", "context", "response", "outcome")
_NUMBERS = ("timestamp", *_KEYS, "load")

_TIME = 'epoch_ms(i."timestamp")'
# Counted from 1970, also before it.
_DAY = f"({_TIME} - (({_TIME} % {_DAY_MS}) + {_DAY_MS}) % {_DAY_MS}) // {_DAY_MS}"
_ROWS = f"""
    select t.id as tenant, i.id, epoch_ms(i."timestamp") as "timestamp", c.id as customer, {", ".join(f"i.{name}" for name in _KEYS)},
        i.value, i.context, i.response, i.outcome, i.load
    from interactions i
    join tenants t using (tenant)
    join (select unnest($tenants) as id, unnest($days) as day) asked on asked.id = t.id and asked.day = {_DAY}
    join customers c on c.tenant = i.tenant and c."key" = i.customer
"""
_WORDS = """
    select t.id as tenant, dimension, w."key" as "key", w.id as id, known, name, status, channel
    from (
        select 'type' as dimension, tenant, "key", id, true as known, null as name, null as status, 0 as channel from types
        union all select 'offer', tenant, "key", id, known, name, status, 0 from offers
        union all select 'creative', tenant, "key", id, known, name, null, channel from creatives
        union all select 'channel', tenant, "key", id, known, name, null, 0 from channels
        union all select 'direction', tenant, "key", id, true, null, null, 0 from directions
        union all select 'outcome', tenant, "key", id, true, null, null, 0 from outcomes
    ) w
    join tenants t using (tenant)
    order by all
"""
_MEANINGS = """
    select t.id as tenant, row_number() over (order by m.rowid) as place, outcome, name, classification, category, counts_as
    from meanings m
    join tenants t using (tenant)
    order by all
"""

Day = tuple[str, int]
Sum = tuple[int, int]


@dataclass(frozen=True)
class CopyReport:
    """What a copy did: the rows of the store, those that were sent, and those that were there already; and the version that readers see now."""

    address: str
    version: int
    rows: int
    sent: int

    def __str__(self) -> str:
        there = self.rows - self.sent
        return (f"{self.address} has version {self.version}: {self.rows:,} rows, of which {self.sent:,} were sent and {there:,} were there already.\n"
                "Counts and checksums agree for each tenant and day.")


def copy_to(source: Store, target: ClickHouseStore, tell: Callable[[Progress], None]) -> CopyReport:
    """Make a ClickHouse hold what the embedded store holds. One that is broken off goes on where it was when it is begun again.

    While it runs, the target answers nobody.
    """
    if not has_tables(target.connection):
        create(target.connection, Layout())
    with source.snapshot(None) as snapshot, target.connection.session(None) as session:
        cluster = cluster_of(session)
        session.run(f"truncate table versions{_on(cluster)}")
        wanted = _sums_of_source(snapshot)
        present = _sums_of_target(session)
        gone = [day for day in present if wanted.get(day) != present[day]]
        missing = [day for day in wanted if wanted[day] != present.get(day)]
        for day in gone:
            _remove(session, cluster, day)
        rows, sent = sum(count for count, _ in wanted.values()), 0
        for days in _pieces(missing, wanted):
            piece = _rows(snapshot, days)
            session.insert("interactions", piece)
            sent += piece.num_rows
            tell(Progress("Copying", sent, sum(wanted[day][0] for day in missing)))
        _check(wanted, _sums_of_target(session))
        for table, sql in (("words", _WORDS), ("meanings", _MEANINGS)):
            session.run(f"truncate table {table}{_on(cluster)}")
            _insert(session, table, snapshot.table(sql))
        _insert(session, "versions", pa.table({"version": pa.array([snapshot.version], pa.uint64())}))
        return CopyReport(str(target.address), snapshot.version, rows, sent)


def _on(cluster: str | None) -> str:
    return f" on cluster {quoted(cluster)}" if cluster else ""


def _insert(session: Session, table: str, rows: pa.Table) -> None:
    if rows.num_rows:
        session.insert(table, rows)


def _sums_of_source(snapshot: Snapshot) -> dict[Day, Sum]:
    """How many rows each tenant has of each day, and the sum of their checksums."""
    texts = {"id": "i.id", "customer": "c.id", "context": "i.context", "response": "i.response", "outcome": "i.outcome"}
    parts = [f"strlen({texts[name]})::varchar || ':' || {texts[name]}" for name in _TEXTS]
    parts += [f"{_TIME}::varchar", *(f"i.{name}::varchar" for name in _NUMBERS[1:]), "(i.value is not null)::integer::varchar"]
    found = snapshot.rows(f"""
        select t.id, {_DAY} as day, count(*),
            sum(md5_number_lower({" || '|' || ".join(parts)})::hugeint)
        from interactions i
        join tenants t using (tenant)
        join customers c on c.tenant = i.tenant and c."key" = i.customer
        group by all
        order by all
    """)
    return {(tenant, day): (rows, int(total) % (1 << 64)) for tenant, day, rows, total in found}


def _sums_of_target(session: Session) -> dict[Day, Sum]:
    parts = [f"toString(length({name})), ':', {name}" for name in _TEXTS]
    parts += [*(f"toString({name})" for name in _NUMBERS), "toString(toUInt8(value is not null))"]
    joined = ", '|', ".join(parts)
    found = session.rows(f"""
        select tenant, intDiv(timestamp - positiveModulo(timestamp, {_DAY_MS}), {_DAY_MS}) as day, count(),
            sum(reinterpretAsUInt64(substring(MD5(concat({joined})), 9, 8)))
        from interactions
        group by tenant, day
    """)
    return {(tenant, day): (rows, total) for tenant, day, rows, total in found}


def _remove(session: Session, cluster: str | None, day: Day) -> None:
    tenant, number = day
    table = SHARD if cluster else "interactions"
    session.run(
        f"alter table {table}{_on(cluster)} delete "
        "where tenant = {tenant:String} and timestamp >= {first:Int64} and timestamp < {end:Int64}",
        {"tenant": tenant, "first": number * _DAY_MS, "end": (number + 1) * _DAY_MS},
    )


def _pieces(days: list[Day], sums: dict[Day, Sum]) -> Iterator[list[Day]]:
    """Days, as many at a time as have rows for one insert."""
    piece: list[Day] = []
    for day in days:
        if piece and sum(sums[taken][0] for taken in piece) + sums[day][0] > _PIECE:
            yield piece
            piece = []
        piece.append(day)
    if piece:
        yield piece


def _rows(snapshot: Snapshot, days: list[Day]) -> pa.Table:
    """The rows of some days, with each value as the decimal that was written."""
    found = snapshot.table(_ROWS, {"tenants": [tenant for tenant, _ in days], "days": [day for _, day in days]})
    values = found["value"].to_numpy()
    digits, exponents = decimals(np.where(np.isnan(values), 0.0, values))
    return (
        found.append_column("digits", pa.array(digits))
        .append_column("exponent", pa.array(exponents.astype(np.int16)))
    )


def _check(wanted: dict[Day, Sum], found: dict[Day, Sum]) -> None:
    wrong = sorted(day for day in wanted.keys() | found.keys() if wanted.get(day) != found.get(day))
    if wrong:
        tenant, day = wrong[0]
        date = np.datetime64(day, "D")
        raise StoreError(
            f"The copy differs in {len(wrong):,} days of tenants, the first of them {date} of {tenant}, and readers are not shown it. Run it again."
        )
