"""What the audit learns of the API: each file that was sent, and each change that was asked for."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator

from starlette.requests import Request

from accounts.audit import Audit

READING = ("GET", "HEAD", "OPTIONS")


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
        audit.note("export", request.state.identity, path=request.url.path, parameters=audit.parameters(request.query_params.multi_items()),
                   rows=rows, bytes=sent, complete=complete, **_whence(request))


def note_change(audit: Audit, request: Request, status: int) -> None:
    """That something was to be changed, and what became of it."""
    if request.method not in READING:
        audit.note("change", request.state.identity, method=request.method, path=request.url.path, status=status, **_whence(request))


def _whence(request: Request) -> dict[str, str | None]:
    return {"requestId": request.state.request_id, "address": request.client.host if request.client else None}
