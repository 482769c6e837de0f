"""Reads a file through a SELECT of the operator's own, in an engine that can read that file and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from data.reading.batches import BATCH_ROWS
from data.reading.columnar import numbered
from data.reading.places import files_of
from data.reading.source import Member, Source
from data.store.limits import StoreError

_LOCKED = ("autoinstall_known_extensions = false", "autoload_known_extensions = false", "timezone = 'UTC'", "enable_external_access = false",
           "lock_configuration = true")


@contextmanager
def opened_through(statement: str, path: Path) -> Iterator[Source]:
    """What the statement yields, as columns; `{file}` in it stands for the path, inside the quotes that are written around it."""
    with duckdb.connect() as engine:
        query = _query(engine, statement.replace("{file}", str(path).replace("'", "''")))
        engine.execute("set allowed_paths = $files", {"files": [str(file) for file in (path, *files_of(path))]})
        for setting in _LOCKED:
            engine.execute(f"set {setting}")
        yield Source(str(path), iter([Member(str(path), numbered(_batches(engine, query)), False)]), "rows", 0)


def _query(engine: duckdb.DuckDBPyConnection, text: str) -> str:
    try:
        statements: Sequence[duckdb.Statement] = engine.extract_statements(text)
    except duckdb.Error as problem:
        raise StoreError(f"--select: {problem}") from problem
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise StoreError(f"--select takes one SELECT, not {' and '.join(one.type.name for one in statements) or 'nothing'}.")
    return statements[0].query


def _batches(engine: duckdb.DuckDBPyConnection, query: str) -> Iterator[pa.RecordBatch]:
    try:
        rows = engine.sql(query)
        yield from rows.to_arrow_reader(BATCH_ROWS)
    except (duckdb.Error, pa.ArrowException) as problem:
        raise StoreError(f"--select: {problem}") from problem
