"""What the store keeps of a pull: how far its walk has come, what it refused, what the platform lacks, and the totals last compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from data.pulling.source import Source
from data.store.store import Store

# The filters of the API by which a log is cut into slices, in this order.
DIMENSIONS = ("type", "offerId", "creativeId")
Cell = tuple[str | None, str | None, str | None]

_WHOSE = "url = $url and tenant = $tenant"


@dataclass(frozen=True)
class Place:
    """Where the walk under way goes on, and the newest time that it has met; `high` is that of the last walk that came to its end."""

    cursor: str | None = None
    reached: datetime | None = None
    high: datetime | None = None


@dataclass(frozen=True)
class Refused:
    """A row of the platform's that was not loaded."""

    id: str
    cell: Cell
    reason: str


@dataclass(frozen=True)
class Counts:
    """The rows of a log by cell: `ours` are the log's, `absent` those of them that the platform does not have so, `refused` those of the
    platform's that the log does not have so."""

    ours: Counter[Cell]
    absent: Counter[Cell]
    refused: Counter[Cell]

    def expected(self, filters: Mapping[str, str]) -> int:
        """The total that the platform should tell of a slice."""
        return in_slice(self.ours, filters) - in_slice(self.absent, filters) + in_slice(self.refused, filters)

    def values(self, dimension: str, filters: Mapping[str, str]) -> list[str]:
        """The values of a dimension in a slice, on either side."""
        place = DIMENSIONS.index(dimension)
        return sorted({cell[place] or "" for cell in (*self.ours, *self.refused) if _matches(cell, filters)} - {""})


def in_slice(counts: Counter[Cell], filters: Mapping[str, str]) -> int:
    return sum(count for cell, count in counts.items() if _matches(cell, filters))


def _matches(cell: Cell, filters: Mapping[str, str]) -> bool:
    return all(cell[DIMENSIONS.index(name)] == value for name, value in filters.items())


@dataclass(frozen=True)
class Total:
    """A type's total on either side, as a row of table `pull_totals`; of None all types'."""

    type: str | None
    theirs: int
    ours: int
    absent: int
    refused: int

    @property
    def agrees(self) -> bool:
        return self.theirs == self.ours - self.absent + self.refused


class Books:
    """The books of one source. Whoever writes into them has the store's turn."""

    def __init__(self, store: Store, source: Source):
        self._store = store
        self._whose = {"url": source.url, "tenant": source.tenant}

    def place(self) -> Place:
        with self._store.snapshot(None) as snapshot:
            found = snapshot.rows(f'select "cursor", reached, high from pulls where {_WHOSE}', self._whose)
        return Place(*found[0]) if found else Place()

    def last(self, what: str) -> datetime | None:
        """When a walk last came to its end (`pulled`), or the totals were last compared (`reconciled`)."""
        with self._store.snapshot(None) as snapshot:
            found = snapshot.rows(f"select {what} from pulls where {_WHOSE}", self._whose)
        return found[0][0] if found else None

    def write_place(self, cursor: duckdb.DuckDBPyConnection, place: Place, ended: datetime | None) -> None:
        """Within a transaction; a walk that has `ended` has no cursor, and what it has reached is the high-water mark."""
        self._enter(cursor)
        cursor.execute(f"""
            update pulls set "cursor" = $cursor, reached = $reached, high = $high, pulled = coalesce($ended, pulled)
            where {_WHOSE}
        """, {"cursor": place.cursor, "reached": place.reached, "high": place.high, "ended": ended, **self._whose})

    def write_seen(self, cursor: duckdb.DuckDBPyConnection, ids: Collection[str], refused: Iterable[Refused]) -> None:
        """Within a transaction: the platform has these ids, and of them these rows are not in the log so."""
        seen = {"ids": list(ids), **self._whose}
        cursor.execute(f"delete from pull_absent where {_WHOSE} and id in (select unnest($ids::varchar[]))", seen)
        cursor.execute(f"delete from pull_refused where {_WHOSE} and id in (select unnest($ids::varchar[]))", seen)
        for row in refused:
            cursor.execute("insert into pull_refused values ($url, $tenant, $id, $type, $offer, $creative, $reason)",
                           {"id": row.id, "type": row.cell[0], "offer": row.cell[1], "creative": row.cell[2], "reason": row.reason, **self._whose})

    def note_absent(self, ids: Collection[str], refused: Collection[str], at: datetime) -> None:
        """The platform has none of these ids: rows of the log, and rows that were refused."""
        with self._writing() as cursor:
            cursor.execute("insert into pull_absent select $url, $tenant, unnest($ids::varchar[]), $at",
                           {"ids": sorted(ids), "at": at, **self._whose})
            cursor.execute(f"delete from pull_refused where {_WHOSE} and id in (select unnest($ids::varchar[]))",
                           {"ids": list(refused), **self._whose})

    def write_totals(self, totals: Iterable[Total], at: datetime) -> None:
        """What the totals came to when they were compared."""
        with self._writing() as cursor:
            since = dict(cursor.execute(f"select type, agreed_since from pull_totals where {_WHOSE}", self._whose).fetchall())
            self._enter(cursor)
            cursor.execute(f"delete from pull_totals where {_WHOSE}", self._whose)
            for total in totals:
                agreed = (since.get(total.type) or at) if total.agrees else None
                cursor.execute("insert into pull_totals values ($url, $tenant, $type, $theirs, $ours, $absent, $refused, $at, $agreed)",
                               {**vars(total), "at": at, "agreed": agreed, **self._whose})
            cursor.execute(f"update pulls set reconciled = $at where {_WHOSE}", {"at": at, **self._whose})

    def totals(self) -> dict[str | None, Total]:
        """The totals last compared."""
        with self._store.snapshot(None) as snapshot:
            rows = snapshot.rows(f"select type, theirs, ours, absent, refused from pull_totals where {_WHOSE}", self._whose)
        return {row[0]: Total(*row) for row in rows}

    def counts(self) -> Counts:
        """The rows of the log on either side, now."""
        with self._store.snapshot(None) as snapshot:
            ours = snapshot.rows(f"""
                select {_WORDS}, rows
                from (
                    select tenant, type, offer, creative, count(*) as rows
                    from journeys
                    where tenant = (select tenant from tenants where id = $tenant)
                    group by all
                ) i
                {_JOINS}
            """, {"tenant": self._whose["tenant"]})
            absent = snapshot.rows(f"select {_WORDS}, count(*) from interactions i {_JOINS} where {_NOT_THEIRS} group by all", self._whose)
            refused = snapshot.rows(f"select type, offer, creative, count(*) from pull_refused where {_WHOSE} group by all", self._whose)
        return Counts(*(Counter({(row[0], row[1], row[2]): row[3] for row in rows}) for rows in (ours, absent, refused)))

    def held_ids(self, filters: Mapping[str, str]) -> set[str]:
        """The ids of the log's rows in a slice that the platform should have."""
        with self._store.snapshot(None) as snapshot:
            return {id for id, in snapshot.rows(f"""
                select i.id
                from interactions i
                {_JOINS}
                where i.tenant = (select tenant from tenants where id = $tenant)
                    and ($type is null or types.id = $type)
                    and ($offer is null or offers.id = $offer)
                    and ($creative is null or creatives.id = $creative)
                    and not ({_NOT_THEIRS})
            """, {**_values(filters), **self._whose})}

    def refused_ids(self, filters: Mapping[str, str]) -> set[str]:
        """The ids of the refused rows in a slice."""
        with self._store.snapshot(None) as snapshot:
            return {id for id, in snapshot.rows(f"""
                select id
                from pull_refused
                where {_WHOSE}
                    and ($type is null or type = $type)
                    and ($offer is null or offer = $offer)
                    and ($creative is null or creative = $creative)
            """, {**_values(filters), **self._whose})}

    def refused(self) -> list[Refused]:
        """The platform's rows that were not loaded."""
        with self._store.snapshot(None) as snapshot:
            rows = snapshot.rows(f"select id, type, offer, creative, reason from pull_refused where {_WHOSE} order by id", self._whose)
        return [Refused(id, (type, offer, creative), reason) for id, type, offer, creative, reason in rows]

    def absent_ids(self) -> list[str]:
        """The ids of the log's rows that the platform does not have."""
        with self._store.snapshot(None) as snapshot:
            return [id for id, in snapshot.rows(f"""
                select i.id
                from interactions i
                where {_NOT_THEIRS}
                    and i.id in (select id from pull_absent where {_WHOSE})
                order by i.id
            """, self._whose)]

    def _enter(self, cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute(f"""
            insert into pulls (url, tenant)
            select $url, $tenant
            where not exists (select 1 from pulls where {_WHOSE})
        """, self._whose)

    def _writing(self) -> _Writing:
        return _Writing(self._store)


class _Writing:
    """One transaction of the books alone, in the store's turn; it makes no version."""

    def __init__(self, store: Store):
        self._store = store

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        self._store.turn.acquire()
        self._cursor = self._store.cursor()
        self._cursor.begin()
        return self._cursor

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._cursor.commit()
        finally:
            # Takes back what is not committed.
            self._cursor.close()
            self._store.turn.release()


_WORDS = "types.id, offers.id, creatives.id"
_JOINS = """
    join types on types.tenant = i.tenant and types."key" = i.type
    left join offers on offers.tenant = i.tenant and offers."key" = i.offer
    left join creatives on creatives.tenant = i.tenant and creatives."key" = i.creative"""

# The rows of the log whose ids the platform lacks, or has with another content; found by their hashes.
_NOTED = f"select id from pull_absent where {_WHOSE} union select id from pull_refused where {_WHOSE}"
_NOT_THEIRS = f"""i.tenant = (select tenant from tenants where id = $tenant)
    and i.rowid in (select "row" from ids where hash in (select half_hash(id) from ({_NOTED})))
    and i.id in ({_NOTED})"""


def _values(filters: Mapping[str, str]) -> dict[str, str | None]:
    return {name: filters.get(dimension) for name, dimension in zip(("type", "offer", "creative"), DIMENSIONS, strict=True)}
