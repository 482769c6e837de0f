"""The endpoints of the log: a page, and the whole of it as CSV or NDJSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from starlette.responses import Response, StreamingResponse

from api.answers import InteractionPage, InteractionRecord
from api.csv_text import rows_text
from api.endpoint import ApiRequest, Endpoint
from api.examples import CSV, PAGE, RECORD
from data.results import RECORD_COLUMNS, Record
from queries.answers.csv_text import BOM, header_text
from queries.answers.history import CURSOR, LIMIT, flat_pieces, page, record_pieces, total
from queries.asking.parameters import Parameter, flag, whole_number


def json_record(record: Record) -> InteractionRecord:
    """A record as the API answers it; the three JSON fields are passed through as they were logged."""
    return {
        "id": record.id,
        "tenantId": record.tenantId,
        "customerId": record.customerId,
        "offerId": record.offerId,
        "creativeId": record.creativeId,
        "channelId": record.channelId,
        "interactionType": record.interactionType,
        "outcomeTypeKey": record.outcomeTypeKey,
        "direction": record.direction,
        "timestamp": record.timestamp,
        "context": orjson.Fragment(record.context),
        "response": orjson.Fragment(record.response),
        "outcome": orjson.Fragment(record.outcome),
        "offer": record.offer,
        "creative": record.creative,
    }


EXPORT_LIMIT = Parameter("limit", whole_number(1), "The maximum number of records to send; all of them if not given.",
                         schema=(("type", "integer"), ("minimum", 1)))
WITH_BOM = Parameter("bom", flag, "Begin with a UTF-8 byte order mark, so that Excel recognises the encoding.", False,
                     schema=(("type", "boolean"), ("default", False)))
RAW = Parameter("raw", flag, "Leave cells as they are. Otherwise a cell that a spreadsheet would run as a formula gets a leading '.",
                False, schema=(("type", "boolean"), ("default", False)))


@dataclass(frozen=True)
class PageParameters:
    limit: Annotated[int, LIMIT]
    cursor: Annotated[str | None, CURSOR]


@dataclass(frozen=True)
class NdjsonParameters:
    limit: Annotated[int | None, EXPORT_LIMIT]


@dataclass(frozen=True)
class CsvParameters:
    limit: Annotated[int | None, EXPORT_LIMIT]
    bom: Annotated[bool, WITH_BOM]
    raw: Annotated[bool, RAW]


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
    parameters = asked.parameters

    def text() -> Iterator[str]:
        yield (BOM if parameters.bom else "") + header_text(RECORD_COLUMNS)
        for piece in flat_pieces(asked.tenant, asked.selection, parameters.limit):
            yield rows_text(piece, parameters.raw)

    return _stream(asked, text(), "text/csv; charset=utf-8; header=present", "csv")


def history_ndjson(asked: ApiRequest[NdjsonParameters]) -> Response:
    def lines() -> Iterator[bytes]:
        for piece in record_pieces(asked.tenant, asked.selection, asked.parameters.limit):
            yield b"".join(orjson.dumps(json_record(record), option=orjson.OPT_APPEND_NEWLINE) for record in piece)

    return _stream(asked, lines(), "application/x-ndjson", "ndjson")


def _stream(asked: ApiRequest[Any], body: Iterator[str] | Iterator[bytes], media_type: str, ending: str) -> Response:
    headers = {
        "X-Total-Count": str(total(asked.tenant, asked.selection)),
        "Content-Disposition": f'attachment; filename="interaction-history.{ending}"',
    }
    return StreamingResponse(body, headers=headers, media_type=media_type)


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
