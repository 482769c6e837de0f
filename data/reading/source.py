"""Reads a log file of any format as batches of raw rows, each with the line it stands on."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from data.reading.columnar import parquet_batches, parquet_rows
from data.reading.text_formats import delimited_batches, document_batches, is_record, line_batches
from data.store.limits import StoreError

PEEK = 1 << 20


@dataclass(frozen=True)
class Source:
    """Raw rows on their way in.

    A batch's first two columns are the line (int64, from 1) and the problem (text, null where the row could be read).
    Then comes, where the source `is_json`, one column with the JSON text of each row; else the file's own columns.
    """

    name: str
    batches: Iterator[pa.RecordBatch]
    is_json: bool
    unit: str
    total: int
    done: Callable[[], int] | None = None


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """A file's rows; its format follows from its name or, where that does not say, from how it begins."""
    with _named_problems(path):
        raw = io.BufferedReader(path.open("rb", buffering=0), PEEK)
    with raw:
        with _named_problems(path):
            text = _inflated(raw)
            form = _format(path, text)
        if form == "parquet":
            yield Source(str(path), parquet_batches(path), False, "rows", parquet_rows(path))
        else:
            batches = {"csv": delimited_batches, "ndjson": line_batches, "json": document_batches}[form](text)
            size, done = os.fstat(raw.fileno()).st_size, raw.tell if raw.seekable() else None
            yield Source(str(path), _read(path, batches), form != "csv", "bytes", size, done)


def _inflated(raw: io.BufferedReader[Any]) -> io.BufferedReader[Any]:
    if raw.peek(2)[:2] == b"\x1f\x8b":
        return io.BufferedReader(gzip.GzipFile(fileobj=raw), PEEK)
    return raw


def _format(path: Path, text: io.BufferedReader[Any]) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    named = {".csv": "csv", ".tsv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}
    if suffixes and suffixes[-1] in named:
        return named[suffixes[-1]]
    start = text.peek(PEEK)
    if start.startswith(b"PAR1"):
        return "parquet"
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        return "json"
    if start.startswith(b"{"):
        first, newline, _ = start.partition(b"\n")
        return "ndjson" if newline and is_record(first) else "json"
    return "csv"


def _read(path: Path, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    # A generator's own `with` would also catch what goes wrong while its caller works on a batch.
    while True:
        with _named_problems(path):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


@contextmanager
def _named_problems(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError, zlib.error) as problem:
        raise StoreError(f"{path} cannot be read to the end: {problem}.") from problem
    except StoreError as problem:
        raise StoreError(f"{path}: {problem}") from problem
