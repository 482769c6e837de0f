"""Parquet: columns that already have types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.reading.text_formats import BATCH_ROWS
from data.store.limits import StoreError


def parquet_rows(path: Path) -> int:
    with _file(path) as file:
        return file.metadata.num_rows


def parquet_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """The rows under the file's column names and types; `line` is the row's number in the file."""
    with _file(path) as file:
        try:
            yield from numbered(_one_ahead(file.iter_batches(BATCH_ROWS)))
        except (pa.ArrowException, OSError) as problem:
            raise StoreError(f"{path} cannot be read to the end: {problem}") from problem


def numbered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches of columns as a source gives them: each row with its number, none with a problem."""
    first = 1
    for batch in batches:
        lines = pa.array(np.arange(first, first + len(batch)))
        problems = pa.nulls(len(batch), pa.string())
        yield pa.record_batch([lines, problems, *batch.columns], names=["line", "problem", *batch.schema.names])
        first += len(batch)


def _one_ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, each read while the one before is worked on."""
    with ThreadPoolExecutor(1, "parquet") as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def _file(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as problem:
        raise StoreError(f"{path} is not a readable Parquet file: {problem}") from problem
