"""Cells and tables as RFC 4180 text, safe to open in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
LINE_END = "\r\n"

# What a spreadsheet would run as a formula, unless it is a plain number: some take the full-width signs of East Asian keyboards for these,
# and some skip white space before them.
RUNNABLE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# With the marks that a spreadsheet of another country takes for the end of a cell: what follows one would begin a cell of its own, unguarded.
QUOTED = ('"', ",", ";", "\t", "\r", "\n")
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

Value = str | int | float | None


def header_text(names: Iterable[str]) -> str:
    """The header row."""
    return ",".join(cell_text(name, raw=True) for name in names) + LINE_END


def table_text(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A whole table for a spreadsheet."""
    lines = [",".join(cell_text(None if value is None else str(value), raw=False) for value in row) + LINE_END for row in rows]
    return BOM + header_text(header) + "".join(lines)


def cell_text(value: str | None, raw: bool) -> str:
    """One cell: null as nothing, quoted where it must be; unless `raw`, with a leading apostrophe where a spreadsheet would run it."""
    if value is None:
        return ""
    if not raw:
        value = guarded(value)
    return '"' + value.replace('"', '""') + '"' if any(mark in value for mark in QUOTED) else value


def guarded(value: str) -> str:
    """A text with a leading apostrophe where a spreadsheet would run it."""
    return "'" + value if value.startswith(RUNNABLE) and not _PLAIN_NUMBER.fullmatch(value) else value
