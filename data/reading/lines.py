"""NDJSON: a record a line, as batches of raw rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from data.reading.batches import BATCH_BYTES, FIRST_BYTES, JSON_ROWS, LONGEST_ROW, not_text
from data.reading.options import ReadOptions

_BREAK, _SPACE = 10, 32


def line_batches(file: BinaryIO, options: ReadOptions) -> Iterator[pa.RecordBatch]:
    """The lines that are not blank, unparsed; one that is no text, or too long, has a problem."""
    line, begun = 1, file.read(FIRST_BYTES).removeprefix(b"\xef\xbb\xbf")
    more = True
    while more or begun:
        end = begun.rfind(b"\n") + 1 if more else len(begun)
        if end:
            yield _batch(begun[:end], line, options.encoding)
            line += begun.count(b"\n", 0, end)
            begun = begun[end:]
        elif len(begun) > LONGEST_ROW:
            problem = f"the line has more than {LONGEST_ROW:,} bytes"
            yield pa.record_batch([[line], [problem], [begun[:1000].decode(errors="replace")]], schema=JSON_ROWS)
            begun, line = _after_line(file), line + 1
        if more:
            read = file.read(BATCH_BYTES)
            more, begun = bool(read), begun + read


def _after_line(file: BinaryIO) -> bytes:
    """What has been read beyond the end of a line whose rest is passed over."""
    while piece := file.read(FIRST_BYTES):
        _, found, rest = piece.partition(b"\n")
        if found:
            return rest
    return b""


def _batch(block: bytes, first: int, encoding: str) -> pa.RecordBatch:
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == _BREAK) + 1
    offsets = np.concatenate([[0], ends, [] if block.endswith(b"\n") else [len(block)]]).astype(np.int32)
    texts = pa.Array.from_buffers(pa.string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(block)])
    # Only those that begin with white space can be blank.
    blank = [place for place in np.flatnonzero(data[offsets[:-1]] <= _SPACE).tolist() if not block[offsets[place]:offsets[place + 1]].strip()]
    lines = np.delete(np.arange(first, first + len(texts)), blank)
    if blank:
        texts = texts.take(pa.array(np.delete(np.arange(len(texts)), blank)))
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return _batch_with_problems(lines, texts, encoding)
    return pa.record_batch([lines, pa.nulls(len(lines), pa.string()), texts], schema=JSON_ROWS)


def _batch_with_problems(lines: np.ndarray, texts: pa.Array, encoding: str) -> pa.RecordBatch:
    """The same of lines of which some are no text."""
    problems: list[str | None] = []
    records = []
    for text in texts.cast(pa.binary()).to_pylist():
        try:
            records.append(text.decode())
            problems.append(None)
        except UnicodeDecodeError as problem:
            records.append(text.decode(errors="replace"))
            problems.append(f"byte {problem.start + 1} of the line {not_text(encoding)}")
    return pa.record_batch([lines, problems, records], schema=JSON_ROWS)
