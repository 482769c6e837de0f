"""A batch of raw rows on its way to be checked: as table `incoming`, and the SQL that reads its fields."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.loading.checking import prepared_objects
from data.mapping.field_sql import Prepared, RawRows, RowSet, raw_rows
from data.mapping.fields import Field
from data.mapping.mapping import Mapping
from data.mapping.object_sql import DESCRIBED
from data.mapping.paths import path_of
from data.mapping.places import Documents, JsonRows
from data.mapping.reading import OBJECTS, Reading, Readings, recognised
from data.mapping.records import Records
from data.mapping.scanned_rows import ScannedRows, is_scannable, refused
from data.mapping.targets import target_of
from data.mapping.typed_places import ColumnRows, is_binary, is_text
from data.reading.json_text import as_json_readers_read

if TYPE_CHECKING:
    from data.reading.members import Members

# The engine gives each piece to one thread.
_PIECE_ROWS = 8192
# Fewer rows than that to a text, and telling the texts apart takes longer than it spares.
_ROWS_A_TEXT = 8
# Rows that are read sooner than compiled code is loaded.
_FEW_ROWS, _FEW_BYTES = 1000, 1 << 19
# From the year 2 to the end of 9998.
_FIRST_SECOND, _LAST_SECOND = -62_104_060_800, 253_370_764_799
_compiled = threading.Event()


@dataclass
class _Batch:
    """The rows of a table that is registered, with their numbers, and the columns made of them."""

    rows: pa.RecordBatch
    numbers: np.ndarray
    made: dict[str, pa.Array]

    def part(self, places: np.ndarray) -> _Batch:
        if len(places) == len(self.numbers):
            return self
        return _Batch(self.rows.take(pa.array(places)), self.numbers[places], {})


class Arriving:
    """The batches of one load, as fields of one kind."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, fields: tuple[Field, ...], mapping: Mapping):
        self._cursor = cursor
        self._fields = fields
        self._mapping = mapping
        self._readings = Readings(fields, mapping)
        self._records = Records(cursor, mapping.records) if mapping.records else None
        self._is_scannable = is_scannable(mapping)
        self.rows = 0

    @property
    def row_sets(self) -> list[RowSet]:
        rules = self._mapping.rows
        return [RowSet(rule, nth, len(rules)) for nth, rule in enumerate(rules)] or [RowSet()]

    @property
    def columns(self) -> tuple[str, ...]:
        return self._readings.columns

    def raw(self, rows: pa.RecordBatch, is_json: bool, place: Table[str, str], members: Members | None) -> tuple[RawRows, set[str]]:
        """The SQL for the rows of a batch, whose `members` may be known already, and the fields that are read from it."""
        if self._records:
            self._register("incoming", _Batch(self._as_json_readers_read(rows, is_json), np.arange(len(rows)), {}))
            rows, is_json = self._records.taken_out(rows.schema, is_json), True
            members = self._members(rows)
        batch = _Batch(rows, np.arange(self.rows, self.rows + len(rows)), {})
        self.rows += len(rows)
        if not is_json:
            return self._columns(batch, place)
        return self._texts(batch, members, place)

    def members(self, rows: pa.RecordBatch) -> Members | None:
        """The members of a batch's JSON texts, None where the engine is to read them."""
        return None if self._records else self._members(rows)

    def _members(self, rows: pa.RecordBatch) -> Members | None:
        """The members of those texts that are objects and have no problem, where compiled code is to find them."""
        texts = rows.column(2)
        if not (self._is_scannable and _is_worth_compiling(texts)):
            return None
        from data.reading.members import members_of

        members = members_of(texts)
        if members:
            members.plain &= (members.first_bytes(()) == ord("{")) & rows.column(1).is_null().to_numpy(zero_copy_only=False)
        return members

    def _columns(self, batch: _Batch, place: Table[str, str]) -> tuple[RawRows, set[str]]:
        batch = _Batch(self._as_json_readers_read(batch.rows, False), batch.numbers, {})
        self._register("incoming", batch)
        rows = ColumnRows(Documents(self._cursor), dict(place), batch.rows.schema)
        read: set[str] = set()
        raw = None
        for row_set in self.row_sets:
            reading = self._readings.of(rows, row_set.rule)
            one = raw_rows(rows, reading, self._mapping, row_set, self._prepared_columns(batch, reading))
            raw = raw.and_also(one) if raw else one
            read |= _fields_read(reading)
        assert raw
        self._register("incoming", batch)
        return raw, read

    def _texts(self, batch: _Batch, members: Members | None, place: Table[str, str]) -> tuple[RawRows, set[str]]:
        """JSON texts: those whose members are known as their columns, the others as the engine reads them."""
        scopes = self._records.scopes if self._records else ((),)
        others = self._others(batch, members)
        read: set[str] = set()
        raws: list[RawRows] = []
        documents = Documents(self._cursor, ("incoming", "others") if members else ("others",), members)
        if members and members.plain.any():
            self._register("incoming", batch.part(np.flatnonzero(members.plain)))
            rows = ScannedRows(documents, dict(place), scopes)
            readings = [self._readings.of(rows, row_set.rule) for row_set in self.row_sets]
            for reading in readings:
                members.plain &= ~refused(members, reading)
                read |= _fields_read(reading)
            texts = np.flatnonzero(members.plain)
            others = self._others(batch, members)
            plain = batch.part(texts)
            for row_set, reading in zip(self.row_sets, readings, strict=True):
                raws.append(raw_rows(rows, reading, self._mapping, row_set, self._prepared_texts(plain, rows, reading, members, texts)))
            sql = " ".join(part for raw in raws for part in (raw.sql, raw.text))
            plain.made |= rows.columns_of(sql, members, texts)
            self._register("incoming", plain)
        if len(others.numbers) or not raws:
            unscanned = JsonRows(documents, dict(place), scopes, "others")
            for row_set in self.row_sets:
                reading = self._readings.of(unscanned, row_set.rule)
                raws.append(raw_rows(unscanned, reading, self._mapping, row_set, Prepared()))
                read |= _fields_read(reading)
        raw = raws[0]
        for further in raws[1:]:
            raw = raw.and_also(further)
        return raw, read

    def _others(self, batch: _Batch, members: Members | None) -> _Batch:
        """The texts that the engine is to read, registered as that."""
        others = batch.part(np.flatnonzero(~members.plain)) if members else batch
        others = _Batch(self._as_json_readers_read(others.rows, True), others.numbers, {})
        self._register("others", others)
        return others

    def unread(self) -> tuple[str, ...]:
        """The columns seen that no field is read from; `StoreError` where the mapping names one that was never seen."""
        if self._records:
            self._records.check()
        return self._readings.unread()

    def _register(self, name: str, batch: _Batch) -> None:
        table = pa.record_batch(
            [pa.array(batch.numbers), *batch.rows.columns, *batch.made.values()],
            ["number", *(f"c{place}" for place in range(batch.rows.num_columns)), *batch.made],
        )
        pieces = [table.slice(start, _PIECE_ROWS) for start in range(0, len(table), _PIECE_ROWS)]
        self._cursor.register(name, pa.Table.from_batches(pieces, table.schema))

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
        columns = {
            name: f"{field} is not a JSON object" for name, field in held.items() if field in OBJECTS
            and names.count(name) == 1 and is_text(batch.schema.field(batch.schema.names.index(name, 2)).type)
        }
        return as_json_readers_read(with_few_texts(batch, columns), columns)

    def _prepared_columns(self, batch: _Batch, reading: Reading) -> Prepared:
        """What compiled code, or a look at each different text, reads of a batch's columns; they are made part of it."""
        alone = {}
        moments: dict[str, tuple[str, bool]] = {}
        for field in ("context", "response", "outcome", *DESCRIBED):
            place = reading.alone(field, self._mapping.rest)
            if place and place.sql.startswith("c") and place.sql[1:].isdecimal():
                alone[field] = batch.rows.column(int(place.sql[1:]))
        compact, parted = prepared_objects(self._cursor, alone.items())
        batch.made |= {f"compact_{field}": column for field, column in compact.items()}
        batch.made |= {f"{field}_part_{nth}": column for field, columns in parted.items() for nth, column in enumerate(columns)}
        sure = set()
        for place in reading.places.get("timestamp", ()):
            if not (place.type and place.sql.startswith("c") and place.sql[1:].isdecimal()):
                continue
            column = batch.rows.column(int(place.sql[1:]))
            if is_text(place.type) and not is_binary(place.type):
                moments |= self._moments(batch, place.text, column)
            elif pa.types.is_timestamp(column.type) and _are_within_the_years(column):
                sure.add(place.text)
        return Prepared(
            {field: f"compact_{field}" for field in compact},
            {field: [f"{field}_part_{nth}" for nth in range(len(columns))] for field, columns in parted.items()},
            moments,
            frozenset(sure),
        )

    def _prepared_texts(self, batch: _Batch, rows: ScannedRows, reading: Reading, members: Members, texts: np.ndarray) -> Prepared:
        compact, parted = {}, {}
        moments: dict[str, tuple[str, bool]] = {}
        for field in ("context", "response", "outcome"):
            place = reading.alone(field, self._mapping.rest)
            if place and place.taken and not place.kind:
                compact[field] = place.text
        for field, names in DESCRIBED.items():
            parts = rows.parts(field, reading, names)
            if parts:
                parted[field] = parts
        for place in reading.places.get("timestamp", ()):
            if place.taken and not place.kind:
                moments |= self._moments(batch, place.text, members.columns([(tuple(map(str, place.taken)), False)], texts)[0])
        return Prepared(compact, parted, moments)

    def _moments(self, batch: _Batch, sql: str, texts: pa.Array) -> dict[str, tuple[str, bool]]:
        if self._mapping.time or not _is_worth_compiling(texts):
            return {}
        from data.mapping.instant_scan import instants

        name = f"moment_{len(batch.made)}"
        batch.made[name] = instants(texts, bool(self._mapping.timezone))
        return {sql: (name, batch.made[name].null_count == texts.null_count)}


def _fields_read(reading: Reading) -> set[str]:
    return {field for field, places in reading.places.items() if places} | reading.given.keys()


def _is_worth_compiling(texts: pa.Array) -> bool:
    """Whether compiled code is there already, or reads these texts sooner together with its being loaded."""
    return _compiled.is_set() or len(texts) >= _FEW_ROWS or texts.nbytes >= _FEW_BYTES


def compile_ahead() -> None:
    """Load the compiled code, which takes seconds once on a machine, so that small loads have it too."""
    from data.mapping.instant_scan import instants
    from data.reading.members import members_of

    members_of(pa.array(["{}"]))
    instants(pa.array([""]), False)
    _compiled.set()


def _are_within_the_years(column: pa.Array) -> bool:
    """Whether timestamps are all of years that no time zone leads out of the contract's range."""
    found = pc.min_max(column.cast(pa.int64()))
    worth = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[column.type.unit]
    least, most = (None if edge is None else edge // worth for edge in (found["min"].as_py(), found["max"].as_py()))
    return least is None or most is None or (least >= _FIRST_SECOND and most <= _LAST_SECOND)


def with_few_texts(batch: pa.RecordBatch, names: Iterable[str]) -> pa.RecordBatch:
    """A batch in which those of the columns that have few different texts keep each of these once."""
    for name in names:
        place = batch.schema.names.index(name, 2)
        column = batch.column(place)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            encoded = column.dictionary_encode()
            if len(encoded.dictionary) * _ROWS_A_TEXT <= len(column):
                batch = batch.set_column(place, name, encoded)
    return batch
