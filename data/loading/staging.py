"""The rows of a load before they are written, and the dictionary entries for their names."""

from __future__ import annotations

from collections.abc import Mapping as Table
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from data.loading.arriving import Arriving
from data.loading.checking import entities_sql, interactions_sql
from data.mapping.field_sql import RawRows
from data.mapping.fields import RECORD_FIELDS, Field
from data.mapping.mapping import Mapping
from data.mapping.time_remedies import refuse_other_units
from data.store.limits import StoreError

if TYPE_CHECKING:
    from data.reading.members import Members

# Dictionary → the staged column whose strings it holds, and what a new entry has beside tenant, key and id.
_DICTIONARIES = {
    "customers": ("customer", ""),
    "types": ("type", ""),
    "outcomes": ("outcome_type", ""),
    "directions": ("direction", ""),
    "offers": ("offer", ", false, null, null, null"),
    "creatives": ("creative", ", false, null, 0, null"),
    "channels": ("channel", ", false, null, null"),
}

# The order of the types' keys is kept for ever, and charts draw them by it: those that come together stand in that of their first rows.
_BY_FIRST_ROW = '(select min(f."timestamp") from fresh f where f.tenant = w.tenant and f.type = w.id), w.id'


def add_dictionary_entries(cursor: duckdb.DuckDBPyConnection) -> None:
    """Enter the words of `fresh` and the entities of `described` that the dictionaries do not have yet.

    `StoreError` where the store has come to know a tenant since the load began, which may then have the number of another.
    """
    if cursor.execute("select 1 from tenants t join tenant_keys k on (k.tenant = t.tenant) != (k.id = t.id) limit 1").fetchall():
        raise StoreError("Nothing was loaded: another tenant came into the store meanwhile. Load the file again.")
    cursor.execute("""
        insert into tenants
        select tenant, id
        from tenant_keys
        where tenant not in (select tenant from tenants)
            and tenant in (select tenant from fresh union select tenant from described)
        order by tenant
    """)
    lacking = _lacking(cursor)
    for table, (column, rest) in _DICTIONARIES.items():
        if table not in lacking:
            continue
        order = _BY_FIRST_ROW if table == "types" else "w.id"
        cursor.execute(f"""
            insert into {table}
            with named as (
                select distinct tenant, {column} as id
                from fresh
                where {column} is not null
                {_described(table)}
            ),
            fresh_words as (
                select n.tenant, n.id
                from named n
                anti join {table} t on t.tenant = n.tenant and t.id = n.id
            ),
            highest as (
                select tenant, max("key") as "key"
                from {table}
                group by tenant
            )
            select w.tenant, coalesce(h."key", 0) + row_number() over (partition by w.tenant order by {order}), w.id{rest}
            from fresh_words w
            left join highest h on h.tenant = w.tenant
            order by w.tenant, {order}
        """)


def _lacking(cursor: duckdb.DuckDBPyConnection) -> set[str]:
    """The dictionaries that may lack a word: one look at the short ones is planned sooner than so many insertions of nothing."""
    short = {table: column for table, (column, _) in _DICTIONARIES.items() if table != "customers"}
    described = cursor.execute("select 1 from described limit 1").fetchall()
    found = cursor.execute(f"""
        select distinct dictionary
        from (
            select distinct tenant, unnest([{", ".join(f"'{table}'" for table in short)}]) as dictionary, unnest([{", ".join(short.values())}]) as id
            from fresh
        )
        anti join (
            {" union all ".join(f"select tenant, '{table}' as dictionary, id from {table}" for table in short)}
        ) using (tenant, dictionary, id)
        where id is not null
    """).fetchall()
    return {"customers", *(table for table, in found), *(("offers", "creatives", "channels") if described else ())}


def _described(table: str) -> str:
    if table not in ("offers", "creatives", "channels"):
        return ""
    also = """union
                select tenant, channel
                from described
                where kind = 'creatives' and channel is not null""" if table == "channels" else ""
    return f"""union
                select tenant, id
                from described
                where kind = '{table}'
                {also}"""


ARRIVED = """number, line, problem, raw, id, hash, "timestamp", customer, type, offer, creative, channel, direction, outcome_type,
    value, context, response, outcome"""
# Reading so few takes less time than planning how to read them.
_FEW_ROWS = 10_000
_BEFORE_ALL, _NUMBERS = 1 << 62, 1 << 63
_DESCRIBING = {"offer", "creative", "offerName", "offerStatus", "creativeName", "channelName"}


class Staging:
    """The rows read so far, for one connection's load, of a log or of a file with other fields."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, mapping: Mapping, tenant: str | None, fields: tuple[Field, ...] = RECORD_FIELDS):
        self.cursor = cursor
        self._arriving = Arriving(cursor, fields, mapping)
        self._mapping = mapping
        self._tenant = tenant
        self._latest: RawRows | None = None
        self._tenants: set[str] = set()
        self._takes_own_alone = False
        cursor.execute(files("data.loading").joinpath("staging.sql").read_text())
        cursor.execute("insert into tenant_keys select tenant, id from tenants")

    @property
    def rows(self) -> int:
        """How many source rows there were."""
        return self._arriving.rows

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns seen."""
        return self._arriving.columns

    def finish(self) -> tuple[str, ...]:
        """End the ids that are made from rows, once all are there; the columns seen that no field is read from.

        `StoreError` where the mapping names one that was never seen.
        """
        unread = self._arriving.unread()
        if self._mapping.id_from:
            self._tell_equal_rows_apart()
        return unread

    def unmatched(self) -> int:
        """How many source rows gave no row, because they fit no rule."""
        if not self._mapping.rows:
            return 0
        [(matched,)] = self.cursor.execute(f"select count(distinct number // {len(self._mapping.rows)}) from arrived").fetchall()
        return self.rows - matched

    def members(self, batch: pa.RecordBatch) -> Members | None:
        """The members of a batch's JSON texts, for taking it; may be asked by another thread."""
        return self._arriving.members(batch)

    def take_interactions(
        self, batch: pa.RecordBatch, is_json: bool, place: Table[str, str] | None = None, members: Members | None = None
    ) -> None:
        """Lay aside the rows of a batch; `place` are the columns that its file's place gives."""
        raw, read = self._arriving.raw(batch, is_json, place or {}, members)
        self._latest = raw
        parameters: dict[str, Any] = {**raw.parameters, "tenant": self._tenant}
        rows = f"({interactions_sql(raw, self._mapping, self._takes_own_alone)})"
        if raw.dear or len(batch) < _FEW_ROWS:
            self.cursor.execute(f"create or replace temp table arriving as from {rows}", parameters)
            rows, parameters = "arriving", {}
        self._add_tenants(rows, parameters)
        self.cursor.execute(f"""
            insert into arrived ({ARRIVED}, tenant)
            select {", ".join("a." + name.strip() for name in ARRIVED.split(","))}, k.tenant
            from {rows} a
            left join tenant_keys k on k.id = a.tenant
        """, parameters)
        if read & _DESCRIBING:
            self._add_descriptions(rows, parameters)

    def take_posted(self, batch: pa.RecordBatch, tenant: str) -> None:
        """Lay aside rows that are JSON texts, of a tenant alone: one that names another has that problem."""
        self._tenant, self._takes_own_alone = tenant, True
        self.take_interactions(batch, is_json=True, members=self.members(batch))

    def refuse_other_units(self) -> None:
        """`StoreError` where the times of the latest batch are numbers that mostly count by another unit."""
        if self._latest and self.cursor.execute("select 1 from arrived where starts_with(problem, 'timestamp ') limit 1").fetchone():
            refuse_other_units(self.cursor, self._latest)

    def take_entities(
        self, batch: pa.RecordBatch, is_json: bool, kind: str, as_of: datetime, place: Table[str, str] | None = None,
        members: Members | None = None,
    ) -> None:
        """Lay aside the descriptions of a batch."""
        raw, _ = self._arriving.raw(batch, is_json, place or {}, members)
        self.cursor.execute(f"create or replace temp table arriving as {entities_sql(raw, kind)}",
                            {**raw.parameters, "tenant": self._tenant})
        self._add_tenants("arriving", {})
        self.cursor.execute("insert into arrived (number, line, problem, raw) select number, line, problem, raw from arriving "
                            "where problem is not null")
        self.cursor.execute("""
            insert into described
            select $kind, k.tenant, a.id, a.name, a.status, a.channel, $as_of, a.number
            from arriving a
            join tenant_keys k on k.id = a.tenant
            where a.problem is null
        """, {"kind": kind, "as_of": as_of})

    def _tell_equal_rows_apart(self) -> None:
        """Add its count to the id of each row but the first that has the same one."""
        self.cursor.execute("""
            update arrived
            set id = c.id, hash = hash(c.id)
            from (
                select number, id || '-' || row_number() over (partition by id order by number) as id
                from arrived
                where hash in (select hash from arrived where id is not null group by hash having count(*) > 1)
                qualify row_number() over (partition by id order by number) > 1
            ) c
            where arrived.number = c.number
        """)

    def _add_tenants(self, rows: str, parameters: Table[str, Any]) -> None:
        if self._takes_own_alone and self._tenant:
            found = {self._tenant}
        else:
            found = {tenant for tenant, in self.cursor.execute(f"select distinct tenant from {rows}", parameters).fetchall()} - {None}
        others = sorted(found - {self._tenant})
        if self._tenant and others and not self._mapping.gives("tenantId", "tenant_id"):
            raise StoreError(f"a row names the tenant '{others[0]}', but --tenant is '{self._tenant}'. "
                             f"With --set tenantId={self._tenant} all rows are of that tenant, without --tenant each is of its own.")
        if found <= self._tenants:
            return
        self._tenants |= found
        self.cursor.execute("""
            insert into tenant_keys
            select (select coalesce(max(tenant), 0) from tenant_keys) + row_number() over (order by id), id
            from (select unnest($found::varchar[]) as id)
            where id not in (select id from tenant_keys)
        """, {"found": sorted(found)})

    def _add_descriptions(self, rows: str, parameters: Table[str, Any]) -> None:
        # Each description once, of few rows, keeps the tables small. Which of two is the newer, a number says: of the time, then of the row.
        self.cursor.execute(f"""
            create or replace temp table describing as
            select
                t.tenant, a.described_offer, a.offer_name, a.offer_status, a.described_creative, a.creative_name, a.creative_channel,
                a.described_channel, a.channel_name, max((epoch_us(a."timestamp") + {_BEFORE_ALL})::hugeint * {_NUMBERS} + a.number) as newest
            from {rows} a
            join tenant_keys t on t.id = a.tenant
            where a.problem is null
                and (a.offer_name is not null or a.creative_name is not null or a.channel_name is not null)
            group by all
        """, parameters)
        for kind, described, name, status, channel in (
            ("offers", "described_offer", "offer_name", "offer_status", "null"),
            ("creatives", "described_creative", "creative_name", "null", "creative_channel"),
            ("channels", "described_channel", "channel_name", "null", "null"),
        ):
            self.cursor.execute(f"""
                insert into described
                select
                    $kind,
                    tenant,
                    {described},
                    first({name} order by newest desc),
                    first({status} order by newest desc),
                    first({channel} order by newest desc),
                    make_timestamp((max(newest) // {_NUMBERS} - {_BEFORE_ALL})::bigint),
                    (max(newest) % {_NUMBERS})::bigint
                from describing
                where {described} is not null
                    and {name} is not null
                group by tenant, {described}
            """, {"kind": kind})
