"""Answers that are files: what a caller may say of them, how they are sent, and Arrow tables as RFC 4180 text, safe to open in a spreadsheet."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from anyio import CapacityLimiter, to_thread
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from queries.answers.csv_text import BOM, LINE_END, QUOTED, RUNNABLE, cell_text, guarded, header_text
from queries.asking.parameters import Parameter, flag, whole_number

# What stands in a JSON string only as an escape.
_ESCAPED = r'["\\\x00-\x1f]'

# Of zlib: as small as a file of records becomes without taking as long as making it.
COMPRESSION = 5
# Bytes that are handed to a connection at once: it has them in memory until they are taken.
_PART = 1 << 18

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


class Download(Response):
    """A file that is sent as it is made, a piece after the other; `total` is how many records there are, whatever the limit."""

    def __init__(self, pieces: Iterator[str], media_type: str, file: str, total: int):
        headers = {"X-Total-Count": str(total), "Content-Disposition": f'attachment; filename="{file}"'}
        super().__init__(headers=headers, media_type=media_type)
        # The body is as long as it will be.
        del self.headers["content-length"]
        self.pieces = pieces


class SentDownload(StreamingResponse):
    """A download that is being sent: made in `threads` one piece ahead of its reader, and `held` until the last piece is sent or nobody reads on."""

    def __init__(self, download: Download, packed: bool, held: ExitStack, threads: CapacityLimiter):
        headers = dict(download.headers)
        if packed:
            # Here and not by what packs other answers: on the event loop or in threads of its own it would keep others waiting.
            headers["content-encoding"] = "gzip"
            headers["vary"] += ", Accept-Encoding"
        pieces = map(str.encode, download.pieces)
        super().__init__(_parts(_packed(pieces) if packed else pieces, threads), headers=headers)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held:
            await super().__call__(scope, receive, send)


async def _parts(pieces: Iterator[bytes], threads: CapacityLimiter) -> AsyncIterator[memoryview]:
    while (piece := await to_thread.run_sync(next, pieces, None, limiter=threads)) is not None:
        for start in range(0, len(piece), _PART):
            yield memoryview(piece)[start:start + _PART]


def _packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(COMPRESSION, wbits=16 + zlib.MAX_WBITS)
    yield from (packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH) for piece in pieces)
    yield packer.flush()


def csv_pieces(columns: Sequence[str], tables: Iterable[pa.Table], bom: bool, raw: bool) -> Iterator[str]:
    """Tables of the same columns as one CSV, a piece each."""
    yield (BOM if bom else "") + header_text(columns)
    # A piece that is being sent holds no table.
    yield from map(partial(rows_text, raw=raw), tables)


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


def json_lines(tables: Iterable[pa.Table], is_json: Collection[str]) -> Iterator[str]:
    """Tables of the same columns as lines of JSON, a piece each; the columns in `is_json` hold JSON already, the others text, null for none."""
    return map(partial(_json_text, is_json=is_json), tables)


def _json_text(table: pa.Table, is_json: Collection[str]) -> str:
    if not len(table):
        return ""
    members: list[Any] = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        members += ["," if members else "{", f'"{name}":', _json_values(column.combine_chunks(), name in is_json)]
    lines = pc.binary_join_element_wise(*members, "}", "")
    return pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), "\n")[0].as_py() + "\n"


def _json_values(values: pa.Array, is_json: bool) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        return _json_values(values.dictionary, is_json).take(values.indices).fill_null("null")
    if is_json:
        return values.fill_null("null")
    spelled = pc.binary_join_element_wise('"', values, '"', "")
    odd = pc.fill_null(pc.match_substring_regex(values, _ESCAPED), False)
    if pc.any(odd).as_py():
        spelled = pc.replace_with_mask(spelled, odd, pa.array([orjson.dumps(value).decode() for value in values.filter(odd).to_pylist()]))
    return spelled.fill_null("null")


def _any_of(test, values: pa.Array, patterns: tuple[str, ...]) -> pa.Array:
    found = test(values, pattern=patterns[0])
    for pattern in patterns[1:]:
        found = pc.or_(found, test(values, pattern=pattern))
    return found
