"""Answers that are files: what a caller may say of them, how they are sent, and Arrow tables as RFC 4180 text, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
from starlette.responses import Response, StreamingResponse

from queries.answers.csv_text import BOM, LINE_END, QUOTED, RUNNABLE, cell_text, guarded, header_text
from queries.asking.parameters import Parameter, flag, whole_number

CSV_TYPE = "text/csv; charset=utf-8; header=present"

EXPORT_LIMIT = Parameter("limit", whole_number(1), "The maximum number of records to send; all of them if not given.",
                         schema=(("type", "integer"), ("minimum", 1)))
WITH_BOM = Parameter("bom", flag, "Begin with a UTF-8 byte order mark, so that Excel recognises the encoding.", False,
                     schema=(("type", "boolean"), ("default", False)))
RAW = Parameter("raw", flag, "Leave cells as they are. Otherwise a cell that a spreadsheet would run as a formula gets a leading '.",
                False, schema=(("type", "boolean"), ("default", False)))


@dataclass(frozen=True)
class CsvParameters:
    limit: Annotated[int | None, EXPORT_LIMIT]
    bom: Annotated[bool, WITH_BOM]
    raw: Annotated[bool, RAW]


def stream(body: Iterator[str] | Iterator[bytes], media_type: str, file: str, total: int) -> Response:
    """A file that is sent as it is made; `total` is how many records there are, whatever the limit."""
    headers = {"X-Total-Count": str(total), "Content-Disposition": f'attachment; filename="{file}"'}
    return StreamingResponse(body, headers=headers, media_type=media_type)


def csv_pieces(columns: Sequence[str], tables: Iterable[pa.Table], bom: bool, raw: bool) -> Iterator[str]:
    """Tables of the same columns as one CSV, a piece each."""
    yield (BOM if bom else "") + header_text(columns)
    for table in tables:
        yield rows_text(table, raw)


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
