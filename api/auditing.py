"""What the audit learns of the API: each file that was sent, and each change that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from starlette.requests import Request

from accounts.audit import Audit
from api.downloads import Download
from queries.asking.filters import FILTER_PARAMETERS

READING = ("GET", "HEAD", "OPTIONS")

# What holds an id of a customer, or of one of their interactions.
_PERSONAL = frozenset(asked.name for asked in FILTER_PARAMETERS if asked.filter and asked.filter.dimension == "customer") | {"cursor"}


class NotedExport:
    """The pieces of a download; `note`, once it is sent or given up, says in the audit whose it was, what was asked, and whether it is whole."""

    def __init__(self, audit: Audit, request: Request, download: Download) -> None:
        self._audit = audit
        self._request = request
        self._pieces = download.pieces
        total = int(download.headers["X-Total-Count"])
        self._rows = min(total, int(request.query_params.get("limit") or total))
        self._sent, self._complete = 0, False

    def __iter__(self) -> Iterator[str]:
        for piece in self._pieces:
            yield piece
            # Whoever takes the next has sent the one before.
            self._sent += len(piece.encode())
        self._complete = True

    def note(self) -> None:
        request, audit = self._request, self._audit
        audit.note("export", request.state.identity, path=request.url.path, parameters=noted_parameters(audit, request.query_params.multi_items()),
                   rows=self._rows, bytes=self._sent, complete=self._complete, **_whence(request))


def noted_parameters(audit: Audit, pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The parameters of a query as they may be written down: what names a customer under a pseudonym."""
    return [[name, audit.pseudonym(value) if name in _PERSONAL else value] for name, value in pairs]


def note_change(audit: Audit, request: Request, status: int) -> None:
    """That something was to be changed, and what became of it."""
    if request.method not in READING:
        audit.note("change", request.state.identity, method=request.method, path=request.url.path, status=status, **_whence(request))


def _whence(request: Request) -> dict[str, str | None]:
    return {"requestId": request.state.request_id, "address": request.client.host if request.client else None}
