"""CSV with a header row."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

import pyarrow as pa

from data.errors import StoreError
from data.lines import BATCH_ROWS

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
        raise StoreError(f"the header row cannot be told apart into cells: {problem}.") from problem
    batch = _Batch(columns)
    line = rows.line_num + 1
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as problem:
            batch.add(line, [], f"the row cannot be told apart into cells: {problem}")
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
        raise StoreError("the header row is no UTF-8 text.")
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
            problem = problem or f"the row has {len(row)} cells, the header {width}"
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
                self._problems[place] = "the row is no UTF-8 text"
                self._rows[place] = [cell.encode(errors="replace").decode() for cell in row]
