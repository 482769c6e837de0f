"""Delimited text and sheets: tables of cells under a header row, as batches of text columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

import pyarrow as pa

from data.reading.batches import BATCH_ROWS, FIRST_ROWS, LONGEST_ROW, not_text
from data.reading.dialect import SAMPLE_ROWS, Dialect, dialect_of, header_place
from data.reading.file_lines import Lines
from data.reading.options import ReadOptions
from data.store.limits import StoreError

_SAMPLE_BYTES = 1 << 18
# After a row that is written otherwise, as many are read like it.
_ROWS_BETWEEN = 500

# A cell may hold much JSON, but not a whole file whose quote never ends.
csv.field_size_limit(LONGEST_ROW)

Rows = Iterator[tuple[int, list[str], str | None]]


def delimited_batches(file: io.BufferedReader[Any], options: ReadOptions) -> Iterator[pa.RecordBatch]:
    """The rows as text, an empty cell as null; a row of another width than the header, or no UTF-8 text, has a problem.

    A quoted cell may hold line breaks.
    """
    sample = file.peek(_SAMPLE_BYTES)[:_SAMPLE_BYTES].removeprefix(b"\xef\xbb\xbf")
    whole = sample if len(sample) < _SAMPLE_BYTES else sample[:sample.rfind(b"\n") + 1]
    dialect = dialect_of(whole.decode("utf-8", "surrogateescape"), not options.columns)
    lines = Lines(file)
    for _ in range(dialect.skipped):
        next(lines, "")
    rows = _split(lines, dialect)
    columns = list(options.columns) or _header(rows, options.encoding)
    if _worth_compiling(sample, dialect):
        yield from _plain_and_other(lines, rows, dialect, columns, options)
    else:
        yield from _batches(rows, columns, options)


def _worth_compiling(sample: bytes, dialect: Dialect) -> bool:
    """Whether there is more text than is read sooner than compiled code is loaded, and it is written as that can read it."""
    return len(sample) >= _SAMPLE_BYTES and not dialect.escapes


def _plain_and_other(lines: Lines, rows: Rows, dialect: Dialect, columns: list[str], options: ReadOptions) -> Iterator[pa.RecordBatch]:
    """The same of a file that is worth it: rows that are plainly written by compiled code, and those between them one by one."""
    from data.reading.plain_rows import plain_batches

    while True:
        yield from plain_batches(lines, dialect.delimiter, columns, options.encoding)
        batch = _Batch(columns, options)
        for line, row, problem in islice(rows, _ROWS_BETWEEN):
            batch.add(line, row, problem)
        if not len(batch):
            return
        yield batch.arrow()


def sheet_batches(rows: Iterator[list[str]], options: ReadOptions) -> Iterator[pa.RecordBatch]:
    """The same of the rows of a sheet, whose lines are its rows' numbers."""
    first = list(islice(rows, SAMPLE_ROWS))
    start = header_place(first) if not options.columns else 0
    numbered = ((line, row, None) for line, row in enumerate(chain(first[start:], rows), start + 1) if any(row))
    yield from _batches(numbered, list(options.columns) or _header(numbered, ""), options)


def _split(lines: Lines, dialect: Dialect) -> Rows:
    """The rows that are not blank, with the line each begins on; no line is taken before the row it belongs to is asked for."""
    reader = csv.reader(lines, **dialect.reading)
    while True:
        line = lines.taken + 1
        try:
            row = next(reader, None)
        except csv.Error as problem:
            yield line, [], f"the row cannot be split into cells: {problem}"
        else:
            if row is None:
                return
            if row:
                yield line, row, None


def _batches(rows: Rows, columns: list[str], options: ReadOptions) -> Iterator[pa.RecordBatch]:
    batch = _Batch(columns, options)
    size = FIRST_ROWS
    for line, row, problem in rows:
        batch.add(line, row, problem)
        if len(batch) == size:
            yield batch.arrow()
            batch, size = _Batch(columns, options), BATCH_ROWS
    # Also one without rows, which says what the columns are.
    yield batch.arrow()


def _header(rows: Rows, encoding: str) -> list[str]:
    _, header, problem = next(rows, (0, [], None))
    if problem:
        raise StoreError(f"the header row cannot be split into cells: {problem.partition(': ')[2]}.")
    if not header:
        raise StoreError("there is no header row: the file is empty, or holds no table.")
    if any("\udc80" <= sign <= "\udcff" for cell in header for sign in cell):
        raise StoreError(f"the header row {not_text(encoding)}.")
    # A column without a name is called by its position, as one may call any.
    return [cell.strip() or f"#{place}" for place, cell in enumerate(header, 1)]


class _Batch:
    def __init__(self, columns: list[str], options: ReadOptions):
        self._columns = columns
        self._pads = options.pad
        self._encoding = options.encoding
        self._lines: list[int] = []
        self._problems: list[str | None] = []
        self._rows: list[list[str]] = []

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: int, row: list[str], problem: str | None) -> None:
        width = len(self._columns)
        if len(row) != width:
            problem = problem or self._complaint(row)
            row = (row + [""] * width)[:width]
        self._lines.append(line)
        self._problems.append(problem)
        self._rows.append(row)

    def _complaint(self, row: list[str]) -> str | None:
        """What is wrong with a row of another width; nothing where it only ends in empty cells, or lacks some that may be missing."""
        width = len(self._columns)
        if len(row) > width:
            return f"the row has {len(row)} cells, but the header has {width}" if any(row[width:]) else None
        return None if self._pads else f"the row has {len(row)} cells, but the header has {width}: --pad takes those that are missing as empty"

    def arrow(self) -> pa.RecordBatch:
        try:
            cells = self._cells()
        except UnicodeEncodeError:
            self._mend()
            cells = self._cells()
        lines, problems = pa.array(self._lines, pa.int64()), pa.array(self._problems, pa.string())
        return pa.record_batch([lines, problems, *cells], names=["line", "problem", *self._columns])

    def _cells(self) -> list[pa.Array]:
        if not self._rows:
            return [pa.array([], pa.string()) for _ in self._columns]
        return [pa.array(cells, pa.string()) for cells in zip(*self._rows, strict=True)]

    def _mend(self) -> None:
        for place, row in enumerate(self._rows):
            try:
                "".join(row).encode()
            except UnicodeEncodeError:
                self._problems[place] = f"the row {not_text(self._encoding)}"
                self._rows[place] = [cell.encode(errors="replace").decode() for cell in row]
