"""What a file is read as, without a store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from data.reading.options import ReadOptions
from data.reading.source import opened


class Read(NamedTuple):
    member: str
    line: int
    problem: str | None
    cells: Any


def rows(path: Path, **options: Any) -> list[Read]:
    """Every row: its columns by name, or its record where it is JSON that can be read."""
    found = []
    with opened(path, ReadOptions(**options)) as source:
        for member in source.members:
            for batch in member.batches:
                names = batch.schema.names[2:]
                for line, problem, *cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    held = cells[0] if member.is_json else dict(zip(names, cells, strict=True))
                    found.append(Read(member.name, line, problem, json.loads(held) if member.is_json and not problem else held))
    return found


def cells(path: Path, **options: Any) -> list[tuple[Any, ...]]:
    """The cells of each row that can be read."""
    return [tuple(row.cells.values()) for row in rows(path, **options) if not row.problem]


def places(path: Path, **options: Any) -> list[Mapping[str, str]]:
    found = []
    with opened(path, ReadOptions(**options)) as source:
        for member in source.members:
            list(member.batches)
            found.append(member.place)
    return found
