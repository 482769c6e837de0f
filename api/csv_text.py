"""RFC 4180 text of a table, safe to open in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

BOM = "\ufeff"
_LINE_END = "\r\n"

# What a spreadsheet would run as a formula, unless it is a plain number.
_RUNNABLE = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_QUOTED = ('"', ",", "\r", "\n")


def header_text(names: Iterable[str]) -> str:
    """The header row."""
    return ",".join(cell_text(name, raw=True) for name in names) + _LINE_END


def rows_text(table: pa.Table, raw: bool) -> str:
    """The rows of a table of text columns, null as an empty cell; `raw` leaves formulas as they are."""
    if not len(table):
        return ""
    lines = pc.binary_join_element_wise(*(_cells(column, raw) for column in table.columns), ",")
    return pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), _LINE_END)[0].as_py() + _LINE_END


def cell_text(value: str | None, raw: bool) -> str:
    """One cell: null as nothing, quoted where it must be, with a leading apostrophe where a spreadsheet would run it."""
    if value is None:
        return ""
    if not raw:
        value = _guarded(value)
    return '"' + value.replace('"', '""') + '"' if any(mark in value for mark in _QUOTED) else value


def _cells(column: pa.ChunkedArray, raw: bool) -> pa.Array:
    values = column.combine_chunks()
    if pa.types.is_dictionary(values.type):
        spelled = pa.array([cell_text(value, raw) for value in values.dictionary.to_pylist()], pa.string())
        return spelled.take(values.indices).fill_null("")
    values = values.fill_null("")
    if not raw:
        runnable = _any_of(pc.starts_with, values, _RUNNABLE)
        if pc.any(runnable).as_py():
            guarded = [_guarded(value) for value in values.filter(runnable).to_pylist()]
            values = pc.replace_with_mask(values, runnable, pa.array(guarded, pa.string()))
    odd = _any_of(pc.match_substring, values, _QUOTED)
    if not pc.any(odd).as_py():
        return values
    quoted = pc.binary_join_element_wise("", pc.replace_substring(values.filter(odd), '"', '""'), "", '"')
    return pc.replace_with_mask(values, odd, quoted)


def _guarded(value: str) -> str:
    return "'" + value if value.startswith(_RUNNABLE) and not _PLAIN_NUMBER.fullmatch(value) else value


def _any_of(test, values: pa.Array, patterns: tuple[str, ...]) -> pa.Array:
    found = test(values, pattern=patterns[0])
    for pattern in patterns[1:]:
        found = pc.or_(found, test(values, pattern=pattern))
    return found
