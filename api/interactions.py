"""Rows that are sent: `POST /interactions`."""

from __future__ import annotations

import io
import logging
import zlib
from http import HTTPStatus
from typing import Annotated, Any, TypedDict

import pyarrow as pa
from msgspec import Meta

from accounts import Role
from api.errors import ApiError
from api.history import RECORD
from api.operation import Asked, Flag, Operation
from api.shapes import Count
from data.loading.posting import MOST_TOLD, NotLoaded, Post
from data.reading.batches import JSON_ROWS
from data.reading.formats import rows_of
from data.reading.options import ReadOptions
from data.store.limits import ReadOnly, StoreBusy, StoreError

LARGEST_POST = 10 * 1024 * 1024

_log = logging.getLogger("interaction_history")


class _GivenAlways(TypedDict):
    id: str
    customerId: str
    interactionType: str
    timestamp: Annotated[str, Meta(description="ISO 8601, in UTC unless it names an offset.")]


class PostedInteraction(_GivenAlways, total=False):
    """A record as the history answers it; what is not known is left out."""

    tenantId: Annotated[str, Meta(description="Of the credential, or left out: a row that names another is rejected.")]
    offerId: str
    creativeId: str
    channelId: str
    outcomeTypeKey: Annotated[str, Meta(description="The interaction's type where it is left out.")]
    direction: str
    context: dict[str, Any]
    response: dict[str, Any]
    outcome: dict[str, Any]
    offer: dict[str, Any]
    creative: dict[str, Any]


class RowNotLoaded(TypedDict):
    line: Annotated[int, Meta(ge=1, description="The line that the row stands on; in an array its number, from 1.")]
    reason: str


class PostAnswer(TypedDict):
    received: Count
    loaded: Annotated[int, Meta(ge=0, description="New rows; of a dry run, how many there would be.")]
    alreadyThere: Annotated[int, Meta(ge=0, description="Rows that the log has just so.")]
    conflictCount: Annotated[int, Meta(ge=0, description="Rows of an id that the log has with other content, which stays.")]
    conflicts: Annotated[list[RowNotLoaded], Meta(description=f"The first {MOST_TOLD}.")]
    rejectedCount: Count
    rejected: Annotated[list[RowNotLoaded], Meta(description=f"The first {MOST_TOLD}.")]
    version: Annotated[int, Meta(ge=0, description="Of the store: every read that begins after the answer sees the rows.")]


ROW = {name: RECORD[name] for name in ("id", "customerId", "offerId", "creativeId", "channelId", "interactionType", "timestamp", "context")}

ANSWER = {
    "received": 3, "loaded": 1, "alreadyThere": 1, "conflictCount": 0, "conflicts": [], "rejectedCount": 1,
    "rejected": [{"line": 3, "reason": "customerId is missing"}], "version": 42,
}


def unpacked(body: bytes, encoding: str) -> bytes:
    """A body as its `Content-Encoding` says it is packed; `ApiError` where that cannot be, or has more than a post may."""
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise ApiError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body must be packed with gzip or not at all, not with {encoding!r}")
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        content = unpacker.decompress(body, LARGEST_POST + 1)
    except zlib.error as problem:
        raise ApiError(HTTPStatus.BAD_REQUEST, f"the body cannot be unpacked as gzip: {problem}") from problem
    if len(content) > LARGEST_POST:
        raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body has more than {LARGEST_POST:,} bytes once it is unpacked")
    if not unpacker.eof:
        raise ApiError(HTTPStatus.BAD_REQUEST, "the body ends before its gzip data does")
    return content


def _rows(body: bytes) -> pa.Table:
    try:
        batches, is_json = rows_of("text", "body.ndjson", io.BufferedReader(io.BytesIO(body)), ReadOptions())
        assert is_json
        rows = pa.Table.from_batches([batch.cast(JSON_ROWS) for batch in batches], JSON_ROWS)
    except StoreError as problem:
        raise ApiError(HTTPStatus.BAD_REQUEST, f"the body cannot be read: {problem}") from problem
    if not body.lstrip().startswith(b"["):
        return rows
    return rows.set_column(0, JSON_ROWS.field(0), pa.array(range(1, rows.num_rows + 1), pa.int64()))


def _posted(asked: Asked) -> PostAnswer:
    whose = asked.identity
    rows = _rows(unpacked(asked.body, asked.headers.get("content-encoding", "").strip().lower()))
    if not rows.num_rows:
        raise ApiError(HTTPStatus.BAD_REQUEST, "the body holds no rows: send a JSON object a line, or a JSON array of objects")
    post = Post(whose.tenant, whose.name, rows, asked.flags["strict"], asked.flags["dryRun"])
    try:
        report = asked.running.posts.take(asked.store, post)
    except (ReadOnly, StoreBusy):
        raise
    except StoreError as problem:
        _log.error("a post of tenant %s was not written: %s", whose.tenant, problem)
        message = "the rows cannot be written right now, and none of them was"
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, message, {"Retry-After": "5"}) from problem
    if not report.kept:
        first = min((*report.told_rejects, *report.told_conflicts), key=lambda told: told.line)
        raise ApiError(HTTPStatus.CONFLICT, f"nothing was loaded, for strict=true takes all rows or none: {report.rejected:,} are rejected and "
                                            f"{report.conflicts:,} conflict; line {first.line}: {first.reason}")
    return {
        "received": report.received,
        "loaded": report.loaded,
        "alreadyThere": report.known,
        "conflictCount": report.conflicts,
        "conflicts": list(map(_told, report.told_conflicts)),
        "rejectedCount": report.rejected,
        "rejected": list(map(_told, report.told_rejects)),
        "version": report.version,
    }


def _told(row: NotLoaded) -> RowNotLoaded:
    return {"line": row.line, "reason": row.reason}


OPERATIONS = (
    Operation(
        method="POST",
        path="/interactions",
        name="postInteractions",
        summary="Send interactions",
        description="Adds rows to the log: NDJSON, a record a line, or a JSON array of records; it may be packed with gzip. A row whose id the "
                    "log has is not loaded again, so that a body may be sent again after an error or no answer. Rows that cannot be loaded are "
                    "told with their line, and the others are loaded. The answer comes once the rows are committed.",
        role=Role.EDITOR,
        answer=_posted,
        body=PostAnswer,
        example=ANSWER,
        takes=list[PostedInteraction],
        taken=[ROW],
        largest=LARGEST_POST,
        takes_lines=True,
        flags=(
            Flag("strict", "Load all rows or, where one is rejected or conflicts, none."),
            Flag("dryRun", "Check the rows and load none."),
        ),
        refusals=((HTTPStatus.CONFLICT, "With `strict=true`: a row is rejected or conflicts, and nothing was loaded.",
                   "nothing was loaded, for strict=true takes all rows or none: 1 are rejected and 0 conflict; line 3: customerId is missing"),),
    ),
)
