"""What the audit learns of the API: each file that was sent, and each change that was asked for."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable

from starlette.requests import Request

from accounts.audit import Audit
from queries.asking.filters import FILTER_PARAMETERS

READING = ("GET", "HEAD", "OPTIONS")

# What holds an id of a customer, or of one of their interactions.
_PERSONAL = frozenset(asked.name for asked in FILTER_PARAMETERS if asked.filter and asked.filter.dimension == "customer") | {"cursor"}


async def noted_export(audit: Audit, request: Request, rows: int, body: AsyncIterable[str | bytes | memoryview]) -> AsyncIterator[bytes]:
    """The pieces of a file; once it is sent, or its reader has gone, the audit says whose it was, what was asked, and whether it is whole."""
    sent, complete = 0, False
    try:
        async for piece in body:
            piece = piece.encode() if isinstance(piece, str) else bytes(piece)
            yield piece
            sent += len(piece)
        complete = True
    finally:
        audit.note("export", request.state.identity, path=request.url.path, parameters=noted_parameters(audit, request.query_params.multi_items()),
                   rows=rows, bytes=sent, complete=complete, **_whence(request))


def noted_parameters(audit: Audit, pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The parameters of a query as they may be written down: what names a customer under a pseudonym."""
    return [[name, audit.pseudonym(value) if name in _PERSONAL else value] for name, value in pairs]


def note_change(audit: Audit, request: Request, status: int) -> None:
    """That something was to be changed, and what became of it."""
    if request.method not in READING:
        audit.note("change", request.state.identity, method=request.method, path=request.url.path, status=status, **_whence(request))


def _whence(request: Request) -> dict[str, str | None]:
    return {"requestId": request.state.request_id, "address": request.client.host if request.client else None}
