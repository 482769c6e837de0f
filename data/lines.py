"""NDJSON: one JSON record a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

BATCH_ROWS = 250_000
BATCH_BYTES = 1 << 26
# A file that cannot be used is found out at once.
FIRST_BYTES = 1 << 20

SCHEMA = pa.schema([("line", pa.int64()), ("problem", pa.string()), ("record", pa.string())])


def line_batches(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    """The non-blank lines, unparsed; a line that is no UTF-8 text has a problem."""
    line = 0
    while lines := file.readlines(BATCH_BYTES if line else FIRST_BYTES):
        if line == 0:
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
        yield _batch(lines, line + 1)
        line += len(lines)


def _batch(lines: list[bytes], first: int) -> pa.RecordBatch:
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
                problems[place] = f"byte {problem.start + 1} of the line is no UTF-8 text"
                records.append(line.decode(errors="replace"))
    return pa.record_batch([[number for number, _ in kept], problems, records], schema=SCHEMA)
