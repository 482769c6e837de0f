"""The rows of a load before they are written, and the dictionary entries for their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

import duckdb
import pyarrow as pa

from data.loading.checking import compact_columns, entities_sql, interactions_sql
from data.mapping.field_sql import OBJECTS, RawRows, column_rows, is_text, record_rows
from data.mapping.fields import ENTITY_FIELDS, RECORD_FIELDS, ColumnMapping, Field, column_mapping
from data.mapping.mapping import Mapping as FieldMapping
from data.mapping.targets import target_of
from data.reading.json_text import as_json_readers_read
from data.store.limits import StoreError

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
    """Enter the words of `fresh` and the entities of `described` that the dictionaries do not have yet."""
    cursor.execute("""
        insert into tenants
        select tenant, id
        from tenant_keys
        where tenant not in (select tenant from tenants)
            and tenant in (select tenant from fresh union select tenant from described)
        order by tenant
    """)
    for table, (column, rest) in _DICTIONARIES.items():
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


ARRIVED = """line, problem, raw, id, hash, "timestamp", customer, type, offer, creative, channel, direction, outcome_type,
    value, context, response, outcome"""
PIECE_ROWS = 125_000
_DESCRIBING = {"offer", "creative", "offerName", "offerStatus", "creativeName", "channelName"}


class Staging:
    """The rows read so far, for one connection's load."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, mapping: FieldMapping):
        self.cursor = cursor
        self.columns: dict[str, None] = {}
        self.rows = 0
        self._renamed = {path: target_of(field, RECORD_FIELDS, f"--map {path}={field}").field for path, field in mapping.map}
        cursor.execute(files("data.loading").joinpath("staging.sql").read_text())
        cursor.execute("insert into tenant_keys select tenant, id from tenants")

    def ignored(self, fields: tuple[Field, ...]) -> tuple[str, ...]:
        """The columns seen that no field is read from; `StoreError` where a renamed column was never seen."""
        for column, field in self._renamed.items():
            if self.rows and column not in self.columns:
                raise StoreError(f"--map {column}={field}: there is no column '{column}'.")
        return column_mapping(fields, self.columns, self._renamed).ignored

    def take_interactions(self, batch: pa.RecordBatch, is_json: bool, tenant: str | None) -> None:
        """Lay aside the rows of a batch."""
        raw, read = self._raw(batch, is_json, RECORD_FIELDS)
        parameters = {**raw.parameters, "tenant": tenant}
        describes = any(read.columns[name] for name in _DESCRIBING)
        rows = f"({interactions_sql(raw)})"
        if is_json or describes:
            # More than one statement reads them, and reading them once is dear.
            self.cursor.execute(f"create or replace temp table arriving as from {rows}", parameters)
            rows, parameters = "arriving", {}
        self._add_tenants(rows, parameters)
        self.cursor.execute(f"""
            insert into arrived ({ARRIVED}, tenant)
            select {", ".join("a." + name.strip() for name in ARRIVED.split(","))}, k.tenant
            from {rows} a
            left join tenant_keys k on k.id = a.tenant
        """, parameters)
        if describes:
            self._add_descriptions()

    def take_entities(
        self, batch: pa.RecordBatch, is_json: bool, kind: str, tenant: str | None, as_of: datetime
    ) -> None:
        """Lay aside the descriptions of a batch."""
        raw, _ = self._raw(batch, is_json, ENTITY_FIELDS[kind])
        self.cursor.execute(f"create or replace temp table arriving as {entities_sql(raw, kind)}",
                            {**raw.parameters, "tenant": tenant})
        self._add_tenants("arriving", {})
        self.cursor.execute("insert into arrived (line, problem, raw) select line, problem, raw from arriving "
                            "where problem is not null")
        self.cursor.execute("""
            insert into described
            select $kind, k.tenant, a.id, a.name, a.status, a.channel, $as_of, a.line
            from arriving a
            join tenant_keys k on k.id = a.tenant
            where a.problem is null
        """, {"kind": kind, "as_of": as_of})

    def _raw(self, batch: pa.RecordBatch, is_json: bool, fields: tuple[Field, ...]) -> tuple[RawRows, ColumnMapping]:
        """A batch under the names of the fields, as table `incoming`."""
        batch = self._as_json_readers_read(batch, is_json, fields)
        compact = {} if is_json else self._compact(batch, column_mapping(fields, batch.schema.names[2:], self._renamed))
        numbered = pa.record_batch(
            [*batch.columns, *compact.values()],
            [*(f"c{place}" for place in range(batch.num_columns)), *(f"compact_{field}" for field in compact)],
        )
        # Pieces, because the engine gives each to one thread.
        pieces = [numbered.slice(start, PIECE_ROWS) for start in range(0, len(numbered), PIECE_ROWS)]
        self.cursor.register("incoming", pa.Table.from_batches(pieces, numbered.schema))
        columns = self._keys() if is_json else batch.schema.names[2:]
        self.columns.update(dict.fromkeys(columns))
        self.rows += len(batch)
        read = column_mapping(fields, columns, self._renamed)
        return (record_rows(read) if is_json else column_rows(read, batch.schema, frozenset(compact))), read

    def _as_json_readers_read(self, batch: pa.RecordBatch, is_json: bool, fields: tuple[Field, ...]) -> pa.RecordBatch:
        if is_json:
            known = [name for field in fields if field.name in OBJECTS for name in field.names if name not in self._renamed]
            within = {*known, *(column for column, name in self._renamed.items() if name in OBJECTS)}
            return as_json_readers_read(batch, {batch.schema.names[2]: "this is not JSON"}, within)
        read = column_mapping(fields, batch.schema.names[2:], self._renamed).columns
        return as_json_readers_read(batch, {
            name: f"{field} is not a JSON object" for field in read if field in OBJECTS for name in read[field]
            if is_text(batch.schema.field(batch.schema.names.index(name, 2)).type)
        })

    def _compact(self, batch: pa.RecordBatch, read: ColumnMapping) -> dict[str, pa.Array]:
        """The fields that hold JSON objects and that one column is read for, where that can be checked text by text."""
        places = {field: read.columns.get(field, ()) for field in ("context", "response", "outcome")}
        return compact_columns(self.cursor, [
            (field, batch.column(batch.schema.names.index(columns[0], 2))) for field, columns in places.items() if len(columns) == 1
        ])

    def _keys(self) -> Iterable[str]:
        rows = self.cursor.execute("""
            select distinct try(json_keys(c2))
            from incoming
        """).fetchall()
        return sorted({name for (names,) in rows for name in names or ()})

    def _add_tenants(self, rows: str, parameters: Mapping[str, Any]) -> None:
        self.cursor.execute(f"""
            insert into tenant_keys
            select (select coalesce(max(tenant), 0) from tenant_keys) + row_number() over (order by id), id
            from (select distinct tenant as id from {rows})
            where id is not null and id not in (select id from tenant_keys)
        """, parameters)

    def _add_descriptions(self) -> None:
        # One description an entity and batch, the newest, keeps the table small.
        for kind, described, name, status, channel in (
            ("offers", "described_offer", "offer_name", "offer_status", "null"),
            ("creatives", "described_creative", "creative_name", "null", "creative_channel"),
            ("channels", "described_channel", "channel_name", "null", "null"),
        ):
            newest = 'order by a."timestamp" desc, a.line desc'
            self.cursor.execute(f"""
                insert into described
                select
                    $kind,
                    t.tenant,
                    a.{described},
                    first(a.{name} {newest}),
                    first({status} {newest}),
                    first({channel} {newest}),
                    max(a."timestamp"),
                    first(a.line {newest})
                from arriving a
                join tenant_keys t on t.id = a.tenant
                where a.problem is null
                    and a.{described} is not null
                    and a.{name} is not null
                group by t.tenant, a.{described}
            """, {"kind": kind})
