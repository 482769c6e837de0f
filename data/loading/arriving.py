"""A batch of raw rows on its way to be checked: as table `incoming`, and the SQL that reads its fields."""

from __future__ import annotations

from collections.abc import Mapping as Table

import duckdb
import numpy as np
import pyarrow as pa

from data.loading.checking import compact_columns
from data.mapping.field_sql import RawRows, RowSet, raw_rows
from data.mapping.fields import Field
from data.mapping.mapping import Mapping
from data.mapping.paths import path_of
from data.mapping.places import Documents, JsonRows
from data.mapping.reading import OBJECTS, Reading, Readings, recognised
from data.mapping.records import Records
from data.mapping.targets import target_of
from data.mapping.typed_places import ColumnRows, is_text
from data.reading.json_text import as_json_readers_read

PIECE_ROWS = 125_000


class Arriving:
    """The batches of one load, as fields of one kind."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, fields: tuple[Field, ...], mapping: Mapping):
        self._cursor = cursor
        self._fields = fields
        self._mapping = mapping
        self._readings = Readings(fields, mapping)
        self._records = Records(cursor, mapping.records) if mapping.records else None
        self.rows = 0

    @property
    def row_sets(self) -> list[RowSet]:
        rules = self._mapping.rows
        return [RowSet(rule, nth, len(rules)) for nth, rule in enumerate(rules)] or [RowSet()]

    @property
    def columns(self) -> tuple[str, ...]:
        return self._readings.columns

    def raw(self, batch: pa.RecordBatch, is_json: bool, place: Table[str, str]) -> tuple[RawRows, set[str]]:
        """The SQL for the rows of a batch, and the fields that are read from it."""
        batch = self._as_json_readers_read(batch, is_json)
        if self._records:
            self._register(batch, {})
            batch, is_json = self._records.taken_out(batch.schema, is_json), True
        self._register(batch, {})
        self.rows += len(batch)
        documents = Documents(self._cursor)
        raw, read = None, set()
        for row_set in self.row_sets:
            scopes = self._records.scopes if self._records else ((),)
            rows = JsonRows(documents, dict(place), scopes) if is_json else ColumnRows(documents, dict(place), batch.schema)
            reading = self._readings.of(rows, row_set.rule)
            compact = {} if is_json or row_set.rule else self._compact(batch, reading)
            if compact:
                self._register(batch, compact)
            one = raw_rows(rows, reading, self._mapping, row_set, frozenset(compact))
            raw = raw.and_also(one) if raw else one
            read |= {field for field, places in reading.places.items() if places} | reading.given.keys()
        assert raw
        return raw, read

    def unread(self) -> tuple[str, ...]:
        """The columns seen that no field is read from; `StoreError` where the mapping names one that was never seen."""
        if self._records:
            self._records.check()
        return self._readings.unread()

    def _register(self, batch: pa.RecordBatch, compact: dict[str, pa.Array]) -> None:
        numbers = pa.array(np.arange(self.rows, self.rows + len(batch)))
        numbered = pa.record_batch(
            [numbers, *batch.columns, *compact.values()],
            ["number", *(f"c{place}" for place in range(batch.num_columns)), *(f"compact_{field}" for field in compact)],
        )
        # Pieces, because the engine gives each to one thread.
        pieces = [numbered.slice(start, PIECE_ROWS) for start in range(0, len(numbered), PIECE_ROWS)]
        self._cursor.register("incoming", pa.Table.from_batches(pieces, numbered.schema))

    def _as_json_readers_read(self, batch: pa.RecordBatch, is_json: bool) -> pa.RecordBatch:
        objects = [field for field in self._fields if field.name in OBJECTS]
        pairs = [*self._mapping.map, *(pair for rule in self._mapping.rows for pair in rule.map)]
        if is_json:
            known = [name for field in objects for name in field.names]
            firsts = [str(path.steps[0]) for path, _ in ((path_of(path), field) for path, field in pairs) if path.steps]
            return as_json_readers_read(batch, {batch.schema.names[2]: "this is not JSON"}, {*known, *firsts})
        names = batch.schema.names[2:]
        mapped = {path: target_of(field, self._fields, path).field for path, field in pairs if path in names}
        held = {name: field.name for field in objects for name in recognised(field, names, mapped)} | mapped
        return as_json_readers_read(batch, {
            name: f"{field} is not a JSON object" for name, field in held.items() if field in OBJECTS
            and names.count(name) == 1 and is_text(batch.schema.field(batch.schema.names.index(name, 2)).type)
        })

    def _compact(self, batch: pa.RecordBatch, reading: Reading) -> dict[str, pa.Array]:
        """The fields that hold JSON objects and that one column is read for alone, where that can be checked text by text."""
        alone = {}
        touched = {target.field for target, _ in (*reading.members, *reading.given_members)} | {self._mapping.rest} | reading.given.keys()
        for field in ("context", "response", "outcome"):
            match reading.places.get(field, ()):
                case [place] if field not in touched and place.sql.startswith("c") and place.sql[1:].isdecimal():
                    alone[field] = batch.column(int(place.sql[1:]))
        return compact_columns(self._cursor, alone.items())
