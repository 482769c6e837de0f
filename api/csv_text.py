"""RFC 4180 text of an Arrow table, safe to open in a spreadsheet."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from queries.answers.csv_text import LINE_END, QUOTED, RUNNABLE, cell_text, guarded


def rows_text(table: pa.Table, raw: bool) -> str:
    """The rows of a table of text columns, null as an empty cell; `raw` leaves formulas as they are."""
    if not len(table):
        return ""
    lines = pc.binary_join_element_wise(*(_cells(column, raw) for column in table.columns), ",")
    return pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), LINE_END)[0].as_py() + LINE_END


def _cells(column: pa.ChunkedArray, raw: bool) -> pa.Array:
    values = column.combine_chunks()
    if pa.types.is_dictionary(values.type):
        spelled = pa.array([cell_text(value, raw) for value in values.dictionary.to_pylist()], pa.string())
        return spelled.take(values.indices).fill_null("")
    values = values.fill_null("")
    if not raw:
        runnable = _any_of(pc.starts_with, values, RUNNABLE)
        if pc.any(runnable).as_py():
            safe = [guarded(value) for value in values.filter(runnable).to_pylist()]
            values = pc.replace_with_mask(values, runnable, pa.array(safe, pa.string()))
    odd = _any_of(pc.match_substring, values, QUOTED)
    if not pc.any(odd).as_py():
        return values
    quoted = pc.binary_join_element_wise("", pc.replace_substring(values.filter(odd), '"', '""'), "", '"')
    return pc.replace_with_mask(values, odd, quoted)


def _any_of(test, values: pa.Array, patterns: tuple[str, ...]) -> pa.Array:
    found = test(values, pattern=patterns[0])
    for pattern in patterns[1:]:
        found = pc.or_(found, test(values, pattern=pattern))
    return found
