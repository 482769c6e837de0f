"""The rows of delimited text that are plainly written, split by compiled code."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data.reading.batches import BATCH_BYTES, FIRST_BYTES, not_text
from data.reading.cell_scan import copy_cells, find_cells
from data.reading.file_lines import Lines


def plain_batches(lines: Lines, delimiter: str, columns: list[str], encoding: str) -> Iterator[pa.RecordBatch]:
    """The rows up to the first that is written otherwise, or to the end; the lines behind them are not taken."""
    size = FIRST_BYTES
    while True:
        held, ended = lines.ahead(size)
        # The last line may lack its break.
        found, length, passed, stopped = _rows(held, delimiter, columns, lines.taken, encoding)
        if len(found):
            yield found
        lines.pass_over(length, passed)
        if stopped or ended or not length:
            return
        size = BATCH_BYTES


def _rows(data: bytes, delimiter: str, columns: list[str], before: int, encoding: str) -> tuple[pa.RecordBatch, int, int, bool]:
    """The rows of some bytes, how many bytes and lines those are, and whether a row that is written otherwise comes next."""
    width, most = len(columns), data.count(b"\n")
    view = np.frombuffer(data, np.uint8)
    starts, ends, doubled = (np.empty(most * width, np.int32) for _ in range(3))
    rows = np.empty(most, np.int32)
    count, length, lines, stopped = find_cells(view, ord(delimiter), width, starts, ends, doubled, rows)
    cells = [
        _column(view, *(np.ascontiguousarray(found[place:count * width:width]) for found in (starts, ends, doubled))) for place in range(width)
    ]
    problems: list[str | None] = [None] * count
    for place, column in enumerate(cells):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            cells[place] = _mended(column, problems, encoding)
    numbers = pa.array(rows[:count].astype(np.int64) + (before + 1))
    batch = pa.record_batch([numbers, pa.array(problems, pa.string()), *cells], names=["line", "problem", *columns])
    return batch, length, lines, bool(stopped)


def _column(data: np.ndarray, starts: np.ndarray, ends: np.ndarray, doubled: np.ndarray) -> pa.Array:
    offsets = np.zeros(len(starts) + 1, np.int32)
    np.cumsum(ends - starts - doubled, out=offsets[1:])
    text = np.empty(offsets[-1], np.uint8)
    copy_cells(data, starts, ends, doubled, offsets, text)
    return pa.Array.from_buffers(pa.string(), len(starts), [None, pa.py_buffer(offsets), pa.py_buffer(text)])


def _mended(column: pa.Array, problems: list[str | None], encoding: str) -> pa.Array:
    """A column in which what is no text is spelled with question marks; its rows have that problem."""
    texts = []
    for place, cell in enumerate(column.cast(pa.binary()).to_pylist()):
        try:
            texts.append(cell.decode())
        except UnicodeDecodeError:
            problems[place] = f"the row {not_text(encoding)}"
            texts.append(cell.decode("utf-8", "surrogateescape").encode(errors="replace").decode())
    return pa.array(texts, pa.string())
