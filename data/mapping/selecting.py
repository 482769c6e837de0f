"""Reads a file through a SELECT of the operator's own, in an engine that can read that file and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from data.reading.text_formats import BATCH_ROWS
from data.store.limits import StoreError


def selected_batches(statement: str, files: Sequence[Path], name: str) -> Iterator[pa.RecordBatch]:
    """What the statement yields, in batches; `{file}` in it stands for the name, within the quotes that are written around it."""
    with duckdb.connect() as engine:
        try:
            [only] = engine.extract_statements(statement.replace("{file}", name.replace("'", "''")))
        except (duckdb.Error, ValueError) as problem:
            raise StoreError(f"--select takes one SELECT: {problem}") from problem
        if only.type != duckdb.StatementType.SELECT:
            raise StoreError(f"--select takes a SELECT, not a statement of another kind ({only.type.name}).")
        engine.execute("set allowed_paths = $files", {"files": [str(file) for file in files]})
        for setting in ("autoinstall_known_extensions = false", "autoload_known_extensions = false", "enable_external_access = false",
                        "timezone = 'UTC'", "lock_configuration = true"):
            engine.execute(f"set {setting}")
        try:
            reader = engine.execute(only.query).to_arrow_reader(BATCH_ROWS)
            while (batch := next(reader, None)) is not None:
                yield batch
        except (duckdb.Error, pa.ArrowException) as problem:
            raise StoreError(f"--select: {problem}") from problem
