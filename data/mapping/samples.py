"""The first raw rows of a load as columns of texts, also what lies within objects, so that one can see what they hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data.mapping.fields import RECORD_FIELDS, Field
from data.mapping.mapping import Mapping
from data.mapping.paths import names_of, plain
from data.mapping.reading import recognised

SAMPLE_ROWS = 1000
_DEEPEST, _MOST_COLUMNS = 6, 500
_SAY_LITTLE = ("id", "key", "name", "number")


@dataclass(frozen=True)
class Column:
    """A path to values, and those of the first rows as texts; None where a row has none."""

    path: str
    values: tuple[str | None, ...]

    @property
    def name(self) -> str:
        """The last name of the path; with the one before it where it says too little alone, as in `person.id`."""
        before, _, last = self.path.rpartition(".")
        name = last.strip('"')
        return f"{before.rpartition('.')[2]} {name}" if before and plain(name) in _SAY_LITTLE else name

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(value for value in self.values if value is not None and value.strip())


class Sample:
    """The first rows of a load, over all its members, up to `most`."""

    def __init__(self, most: int = SAMPLE_ROWS) -> None:
        self._most = most
        self._rows = 0
        self._batches: list[tuple[pa.RecordBatch, bool, Table[str, str]]] = []

    def __len__(self) -> int:
        """How many rows there are, also those that could not be read."""
        return self._rows

    def add(self, batch: pa.RecordBatch, is_json: bool, place: Table[str, str] | None = None) -> None:
        """Take as many rows of a batch as are still missing; `place` has columns that hold for all of them."""
        wanted = min(self._most - self._rows, len(batch))
        if wanted > 0:
            cut = batch.slice(0, wanted)
            self._rows += wanted
            # A copy, so that the batch itself can go.
            self._batches.append((cut.filter(pc.is_null(cut.column(1))), is_json, place or {}))

    def columns(self, records: str = "") -> tuple[Column, ...]:
        """The columns of the rows, or of the records in the list at a path of each."""
        rows: list[dict[str, str | None]] = []
        for batch, is_json, place in self._batches:
            whole = self._records(batch) if is_json else self._cells(batch)
            flat = map(dict, map(_flat, _within_list(whole, names_of(records)) if records else whole))
            # Their own columns come first, so that the positions are those of the file.
            rows.extend(own | {name: text for name, text in place.items() if name not in own} for own in islice(flat, self._most))
        paths = dict.fromkeys(path for row in rows for path in row)
        return tuple(Column(path, tuple(row.get(path) for row in rows)) for path in list(paths)[:_MOST_COLUMNS])

    @staticmethod
    def _records(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
        for text in batch.column(2).to_pylist():
            try:
                record = json.loads(text, parse_float=str, parse_int=str)
            except (ValueError, TypeError, RecursionError):
                record = {}
            yield record if isinstance(record, dict) else {}

    @staticmethod
    def _cells(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
        # Of columns with one name, and of one without, only the place in the file tells them apart.
        names = batch.schema.names[2:]
        paths = [name if name and names.count(name) == 1 else f"#{place}" for place, name in enumerate(names, 1)]
        columns = [_values(batch.column(place)) for place in range(2, batch.num_columns)]
        for cells in zip(*columns, strict=True):
            yield dict(zip(paths, cells, strict=True))


def _within_list(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The records of the list that these names lead to, each with what stands around it."""
    for row in rows:
        found: Any = row
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        around = {name: value for name, value in row.items() if name != names[0]}
        yield from (around | element for element in found or () if isinstance(element, dict))


def _values(column: pa.Array) -> list[Any]:
    """A column's values, as texts unless they are nested; they may be times that Python has none for."""
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return column.to_pylist()
    if not pa.types.is_nested(column.type):
        return column.cast(pa.string()).to_pylist()
    try:
        return column.to_pylist()
    except (OverflowError, ValueError):
        # A sample can do without them.
        return [None] * len(column)


def read_as(columns: Iterable[Column], mapping: Mapping, fields: Iterable[Field] = RECORD_FIELDS) -> dict[str, tuple[str, ...]]:
    """Which of the fields each column is read as by a mapping or, where that says nothing of it, by its name."""
    paths = [column.path for column in columns]
    read: dict[str, list[str]] = {path: [] for path in paths}
    mapped = [(plain(path.removesuffix("?")), field) for path, field in (*mapping.map, *(pair for rule in mapping.rows for pair in rule.map))]
    for place, path in enumerate(paths, 1):
        read[path] += dict.fromkeys(field for name, field in mapped if name in (plain(path), f"#{place}"))
    renamed = [path for path, names in read.items() if names]
    for field in fields:
        for path in recognised(field, paths, renamed):
            read[path].append(field.name)
    return {path: tuple(names) for path, names in read.items()}


def words_read(columns: Sequence[Column], mapping: Mapping, field: str) -> Counter[str]:
    """How many of the rows have each word where a field is read from, as the file has it."""
    mapped = [place for path, name in mapping.map if name == field for place, column in enumerate(columns, 1)
              if plain(path.removesuffix("?")) in (plain(column.path), f"#{place}")]
    fields = read_as(columns, mapping)
    sources = [columns[place - 1] for place in mapped] or [column for column in columns if field in fields[column.path]]
    rows = zip(*(column.values for column in sources), strict=True)
    first = (next((text for text in row if text and text.strip() and text not in mapping.null), None) for row in rows)
    return Counter(text for text in first if text is not None)


def _flat(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str | None]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for name, member in value.items():
            yield from _flat(member, f"{path}.{_step(name)}" if path else _step(name) if not name.startswith("#") else name, depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        for element in value[:1]:
            yield from _flat(element, f"{path}[0]", depth + 1)
    elif value is None:
        yield path, None
    else:
        text = _text(value)
        yield path, text
        if text.startswith("{") and depth < _DEEPEST:
            yield from _within(text, path, depth)


def _within(text: str, path: str, depth: int) -> Iterator[tuple[str, str | None]]:
    """What a cell of JSON holds."""
    try:
        value = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict):
        yield from _flat(value, path, depth)


def _step(name: str) -> str:
    if not any(sign in name for sign in '."[]'):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value)
