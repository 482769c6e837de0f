"""The text formats: NDJSON, CSV and JSON documents, as batches of raw rows."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

import pyarrow as pa

from data.store.limits import StoreError

BATCH_ROWS = 250_000
BATCH_BYTES = 1 << 26
# A file that cannot be used is found out at once.
FIRST_BYTES = 1 << 20

SCHEMA = pa.schema([("line", pa.int64()), ("problem", pa.string()), ("record", pa.string())])


def line_batches(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    """The non-blank lines, unparsed; a line that is not UTF-8 text has a problem."""
    line = 0
    while lines := file.readlines(BATCH_BYTES if line else FIRST_BYTES):
        if line == 0:
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
        yield _batch_of_lines(lines, line + 1)
        line += len(lines)


def _batch_of_lines(lines: list[bytes], first: int) -> pa.RecordBatch:
    numbers = range(first, first + len(lines))
    kept = [(number, line) for number, line in zip(numbers, lines, strict=True) if line.strip()]
    problems: list[str | None] = [None] * len(kept)
    try:
        records = [line.decode() for _, line in kept]
    except UnicodeDecodeError:
        records = []
        for place, (_, line) in enumerate(kept):
            try:
                records.append(line.decode())
            except UnicodeDecodeError as problem:
                problems[place] = f"byte {problem.start + 1} of the line is not UTF-8 text"
                records.append(line.decode(errors="replace"))
    return pa.record_batch([[number for number, _ in kept], problems, records], schema=SCHEMA)


DELIMITERS = ",;\t"

# A cell may hold any amount of JSON.
csv.field_size_limit(sys.maxsize)


def delimited_batches(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    """The rows as text, an empty cell as null; a row of another width than the header, or no UTF-8 text, has a problem.

    The delimiter is the one of comma, semicolon and tab that the header has most of. A quoted cell may hold line breaks.
    """
    text = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    header = text.readline()
    if not header.strip():
        raise StoreError("there is no header row.")
    delimiter = max(DELIMITERS, key=header.count)
    rows = csv.reader(chain([header], text), delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(rows))
    except csv.Error as problem:
        raise StoreError(f"the header row cannot be split into cells: {problem}.") from problem
    batch = _Batch(columns)
    line = rows.line_num + 1
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as problem:
            batch.add(line, [], f"the row cannot be split into cells: {problem}")
        else:
            if row:
                batch.add(line, row, None)
        line = rows.line_num + 1
        if len(batch) == BATCH_ROWS:
            yield batch.arrow()
            batch = _Batch(columns)
    if len(batch):
        yield batch.arrow()


def _columns(header: list[str]) -> list[str]:
    if any("\udc80" <= sign <= "\udcff" for cell in header for sign in cell):
        raise StoreError("the header row is not UTF-8 text.")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise StoreError(f"the header row names '{twice[0]}' more than once.")
    return header


class _Batch:
    def __init__(self, columns: list[str]):
        self._columns = columns
        self._lines: list[int] = []
        self._problems: list[str | None] = []
        self._rows: list[list[str]] = []

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: int, row: list[str], problem: str | None) -> None:
        width = len(self._columns)
        if len(row) != width:
            problem = problem or f"the row has {len(row)} cells, but the header has {width}"
            row = (row + [""] * width)[:width]
        self._lines.append(line)
        self._problems.append(problem)
        self._rows.append(row)

    def arrow(self) -> pa.RecordBatch:
        try:
            cells = [pa.array(cells, pa.string()) for cells in zip(*self._rows, strict=True)]
        except UnicodeEncodeError:
            self._mend()
            cells = [pa.array(cells, pa.string()) for cells in zip(*self._rows, strict=True)]
        lines, problems = pa.array(self._lines, pa.int64()), pa.array(self._problems, pa.string())
        return pa.record_batch([lines, problems, *cells], names=["line", "problem", *self._columns])

    def _mend(self) -> None:
        for place, row in enumerate(self._rows):
            try:
                "".join(row).encode()
            except UnicodeEncodeError:
                self._problems[place] = "the row is not UTF-8 text"
                self._rows[place] = [cell.encode(errors="replace").decode() for cell in row]


_SPACE = re.compile(r"[ \t\r\n]*")


def document_batches(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    """The records of the document, each with the line it begins on; `StoreError` where the JSON itself is broken.

    The whole document is held in memory.
    """
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise StoreError(f"byte {problem.start + 1} is not UTF-8 text.") from problem
    lines: list[int] = []
    records: list[str] = []
    line, counted = 1, 0
    try:
        for start, end in _records(text):
            line += text.count("\n", counted, start)
            counted = start
            lines.append(line)
            records.append(text[start:end])
            if len(lines) == BATCH_ROWS:
                yield _batch(lines, records)
                lines, records = [], []
    except json.JSONDecodeError as problem:
        raise StoreError(f"the JSON is broken on line {problem.lineno}, column {problem.colno}: {problem.msg}.") from problem
    except RecursionError as problem:
        raise StoreError("the JSON is nested too deeply.") from problem
    if lines:
        yield _batch(lines, records)


def is_record(text: bytes) -> bool:
    """Whether this is one whole JSON object that is no page of records."""
    try:
        value = json.loads(text)
    except ValueError:
        return False
    return isinstance(value, dict) and not _is_page(value)


def _batch(lines: list[int], records: list[str]) -> pa.RecordBatch:
    return pa.record_batch([lines, pa.nulls(len(lines), pa.string()), records], schema=SCHEMA)


def _is_page(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("data"), list)


_DECODER = json.JSONDecoder()


def _records(text: str) -> Iterator[tuple[int, int]]:
    place = _after_space(text, 0)
    while place < len(text):
        value, end = _DECODER.raw_decode(text, place)
        yield from _within(text, place, end, value)
        place = _after_space(text, end)


def _within(text: str, start: int, end: int, value: Any) -> Iterator[tuple[int, int]]:
    """The records of a value: an array's elements, those of a page's `data`, or the value itself."""
    if isinstance(value, list):
        place = _after_space(text, start + 1)
        while text[place] != "]":
            element, end = _DECODER.raw_decode(text, place)
            yield from _within(text, place, end, element)
            place = _after_sign(text, end, ",")
    elif _is_page(value):
        place = _after_space(text, start + 1)
        data: tuple[int, int, Any] = (start, start, [])
        while text[place] != "}":
            name, end = _DECODER.raw_decode(text, place)
            place = _after_sign(text, end, ":")
            member, end = _DECODER.raw_decode(text, place)
            if name == "data":
                # Of several the last counts.
                data = (place, end, member)
            place = _after_sign(text, end, ",")
        yield from _within(text, *data)
    else:
        yield start, end


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _after_sign(text: str, place: int, sign: str) -> int:
    place = _after_space(text, place)
    return _after_space(text, place + 1) if text[place] == sign else place
