"""Parquet, ORC and Arrow: columns that already have types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.orc as orc
import pyarrow.parquet as pq

from data.reading.batches import BATCH_ROWS
from data.store.limits import StoreError

_NAMES = {"parquet": "Parquet", "orc": "ORC", "arrow": "Arrow", "arrow stream": "Arrow", "feather": "Feather"}


def columnar_batches(kind: str, file: Any) -> Iterator[pa.RecordBatch]:
    """The rows under the file's column names and types; `line` is the row's number in the file."""
    if not file.seekable() and kind != "arrow stream":
        raise StoreError(f"a file in the format {_NAMES[kind]} cannot be read from a pipe: save it as a file first.")
    try:
        batches = _BATCHES[kind](file)
        first = next(batches, None)
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise StoreError(f"this is not a readable {_NAMES[kind]} file: {problem}") from problem
    if first is None:
        return
    _refuse_doubled(first.schema.names)
    try:
        yield from numbered(_one_ahead(_then(first, batches)))
    except (pa.ArrowException, OSError) as problem:
        raise StoreError(f"it cannot be read to the end: {problem}") from problem


def numbered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches of columns as a source gives them: each row with its number, none with a problem."""
    first = 1
    for batch in batches:
        lines = pa.array(np.arange(first, first + len(batch)))
        problems = pa.nulls(len(batch), pa.string())
        yield pa.record_batch([lines, problems, *batch.columns], names=["line", "problem", *batch.schema.names])
        first += len(batch)


def _parquet(file: Any) -> Iterator[pa.RecordBatch]:
    # What is read in advance would be kept until the file's end.
    yield from pq.ParquetFile(file, pre_buffer=False).iter_batches(BATCH_ROWS)


def _orc(file: Any) -> Iterator[pa.RecordBatch]:
    table = orc.ORCFile(file)
    for stripe in range(table.nstripes):
        yield from _cut(table.read_stripe(stripe))


def _arrow(file: Any) -> Iterator[pa.RecordBatch]:
    with pa.ipc.open_file(file) as reader:
        for place in range(reader.num_record_batches):
            yield from _cut(reader.get_batch(place))


def _arrow_stream(file: Any) -> Iterator[pa.RecordBatch]:
    with pa.ipc.open_stream(file) as reader:
        for batch in reader:
            yield from _cut(batch)


def _feather(file: Any) -> Iterator[pa.RecordBatch]:
    yield from feather.read_table(file).to_batches(BATCH_ROWS)


_BATCHES = {"parquet": _parquet, "orc": _orc, "arrow": _arrow, "arrow stream": _arrow_stream, "feather": _feather}


def _cut(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(batch), BATCH_ROWS):
        yield batch.slice(start, BATCH_ROWS)


def _refuse_doubled(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise StoreError(f"two columns are called '{twice[0]}'.")


def _then(first: pa.RecordBatch, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from batches


def _one_ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, each read while the one before is worked on."""
    with ThreadPoolExecutor(1, "columns") as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch
