"""The endpoints of the log: a page, and the whole of it as CSV or NDJSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Any, TypedDict, cast

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Meta
from starlette.responses import Response

from api.downloads import CSV_TYPE, EXPORT_LIMIT, CsvParameters, Download, csv_pieces, json_lines
from api.endpoint import ApiRequest, Endpoint
from api.shapes import Moment, Pagination
from data.mapping.fields import STORED_FIELDS
from data.reading.json_shape import DEEPEST, is_too_deep
from data.results import RECORD_COLUMNS, Creative, Offer, Record
from queries.answers.csv_text import header_text
from queries.answers.history import CURSOR, LIMIT, flat_pieces, json_pieces, page, total


class InteractionRecord(TypedDict):
    id: Annotated[str, Meta(description="The record's id, unique within the tenant, opaque.")]
    tenantId: str
    customerId: str
    offerId: str | None
    creativeId: str | None
    channelId: Annotated[str | None, Meta(description="The interaction's own channel; the creative's may differ.")]
    interactionType: Annotated[str, Meta(description="Any text, such as impression, click, dismiss, accept, convert, …")]
    outcomeTypeKey: str
    direction: Annotated[str | None, Meta(description="`inbound` or `outbound`, as it was logged.")]
    timestamp: Annotated[Moment, Meta(description="When it happened, in UTC with milliseconds.")]
    context: orjson.Fragment
    response: orjson.Fragment
    outcome: Annotated[orjson.Fragment, Meta(
        description="May hold `conversionValue`: a number or numeric text, which may be zero or negative.")]
    offer: Annotated[Offer | None, Meta(description="The offer as it is now; null if only its id is known.")]
    creative: Annotated[Creative | None, Meta(description="The creative as it is now; null if only its id is known.")]


class InteractionPage(TypedDict):
    data: list[InteractionRecord]
    pagination: Pagination


RECORD: dict[str, Any] = {
    "id": "ih_001",
    "tenantId": "t_001",
    "customerId": "CUST001",
    "offerId": "off_abc123",
    "creativeId": "cr_001",
    "channelId": "ch_email",
    "interactionType": "click",
    "outcomeTypeKey": "click",
    "direction": "outbound",
    "timestamp": "2026-03-15T14:30:00.000Z",
    "context": {},
    "response": {},
    "outcome": {},
    "offer": {"id": "off_abc123", "name": "Platinum Card Upgrade", "status": "active"},
    "creative": {"id": "cr_001", "name": "Email Hero Variant A", "channel": {"id": "ch_email", "name": "Email"}},
}

PAGE = {
    "data": [RECORD],
    "pagination": {"total": 1500, "limit": 25, "hasMore": True, "nextCursor": "ih_001"},
}


def _example_value(path: str) -> str:
    value: Any = {**RECORD, "channel": RECORD["creative"]["channel"]}
    for name in path.split("."):
        value = value[name]
    return value if isinstance(value, str) else json.dumps(value)


CSV = header_text(RECORD_COLUMNS) + header_text(map(_example_value, RECORD_COLUMNS.values()))

_KEYS = tuple(InteractionRecord.__annotations__)
_OBJECTS = tuple(field.name for field in STORED_FIELDS if field.is_object)
# The members of a line that are read as JSON.
JSON_IN_LINES = (*_OBJECTS, "offer", "creative")
# The one member of an object in the place of one that is nested too deep, whose text it holds.
TOO_DEEP = "nestedTooDeep"
_values = attrgetter(*_KEYS)


def json_record(record: Record) -> InteractionRecord:
    """A record as the API answers it; the JSON objects are passed through as they were logged."""
    answer = dict(zip(_KEYS, _values(record), strict=True))
    for name in _OBJECTS:
        answer[name] = orjson.Fragment(readable(answer[name]))
    return cast(InteractionRecord, answer)


def readable(text: str) -> str:
    """A JSON object as every reader can read it: of one that an earlier version took, though it is nested too deep for most, the text."""
    return orjson.dumps({TOO_DEEP: text}).decode() if len(text) > DEEPEST and is_too_deep(text) else text


def _readable_table(table: pa.Table) -> pa.Table:
    for name in _OBJECTS:
        texts = table[name].combine_chunks()
        long = pc.greater(pc.binary_length(texts), DEEPEST)
        if pc.any(long).as_py():
            mended = pa.array(map(readable, texts.filter(long).to_pylist()), pa.string())
            table = table.set_column(table.column_names.index(name), name, pc.replace_with_mask(texts, long, mended))
    return table


@dataclass(frozen=True)
class PageParameters:
    limit: Annotated[int, LIMIT]
    cursor: Annotated[str | None, CURSOR]


@dataclass(frozen=True)
class NdjsonParameters:
    limit: Annotated[int | None, EXPORT_LIMIT]


def history_page(asked: ApiRequest[PageParameters]) -> Response:
    found = page(asked.tenant, asked.selection, asked.parameters.limit, asked.parameters.cursor)
    body: InteractionPage = {
        "data": [json_record(record) for record in found.records],
        "pagination": {
            "total": found.total,
            "limit": found.limit,
            "hasMore": found.has_more,
            "nextCursor": found.next_cursor,
        },
    }
    return Response(orjson.dumps(body), media_type="application/json")


def history_csv(asked: ApiRequest[CsvParameters]) -> Response:
    pieces = flat_pieces(asked.tenant, asked.selection, asked.parameters.limit)
    body = csv_pieces(list(RECORD_COLUMNS), pieces, asked.parameters.bom, asked.parameters.raw)
    return Download(body, CSV_TYPE, "interaction-history.csv", total(asked.tenant, asked.selection))


def history_ndjson(asked: ApiRequest[NdjsonParameters]) -> Response:
    pieces = json_pieces(asked.tenant, asked.selection, asked.parameters.limit)
    body = json_lines(map(_readable_table, pieces), JSON_IN_LINES)
    return Download(body, "application/x-ndjson", "interaction-history.ndjson", total(asked.tenant, asked.selection))


_PATH = "/interaction-history"
_MEANING = ("All filters must match; a filter given several times matches any of its values. Records are sorted newest "
            "first, by `timestamp`, then by `id` in byte order.")

ENDPOINTS = (
    Endpoint(
        _PATH, "interactionHistory", "A page of the log", f"{_MEANING} Following `nextCursor` to the end yields every matching record "
        "exactly once, also while newer records arrive.", PageParameters, history_page, "application/json", InteractionPage, PAGE,
    ),
    Endpoint(
        f"{_PATH}.csv", "interactionHistoryCsv", "The filtered log as CSV", f"{_MEANING} RFC 4180, streamed. The header `X-Total-Count` "
        "says how many records match; a broken stream ends without its final chunk.", CsvParameters, history_csv,
        "text/csv", str, CSV, streams=True,
    ),
    Endpoint(
        f"{_PATH}.ndjson", "interactionHistoryNdjson", "The filtered log as NDJSON", f"{_MEANING} One record per line, streamed. The header "
        "`X-Total-Count` says how many match; a broken stream ends without its final chunk.", NdjsonParameters, history_ndjson,
        "application/x-ndjson", InteractionRecord, RECORD, streams=True,
    ),
)
