"""Asks a platform for pages of its log: one request at a time, not too often, and again where that may help."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from data.pulling.source import Pull
from data.store.limits import StoreError

TRIES = 6
PAGE_ROWS = 100
_TIMEOUTS = (10, 60)
_FIRST_WAIT_S, _LONGEST_WAIT_S = 2, 60
_LONGEST_MESSAGE = 300


class PlatformError(StoreError):
    """The platform does not answer, or with what cannot be read."""


class KeyRefused(PlatformError):
    """The platform refuses the key: to ask again would not help."""


class RequestRefused(PlatformError):
    """The platform refuses the request as it was asked."""


class _Again(PlatformError):
    """An answer after which the same may be asked again, after so many seconds if the platform says so."""

    def __init__(self, message: str, after_s: float | None = None):
        super().__init__(message)
        self.after_s = after_s


@dataclass(frozen=True)
class Time:
    """The clock that a pull goes by."""

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    date: Callable[[], datetime] = lambda: datetime.now(UTC)
    spread: Callable[[float, float], float] = random.uniform


@dataclass(frozen=True)
class Page:
    """Some rows as JSON texts of this tenant, how many match in all, and where the next page begins; None where there is none."""

    rows: list[str]
    total: int
    cursor: str | None


class _Envelope(msgspec.Struct):
    data: list[dict[str, msgspec.Raw]]
    pagination: dict[str, Any]


_ENVELOPES = msgspec.json.Decoder(_Envelope)


@dataclass
class Platform:
    """A platform's log, with the key that was read for this pull."""

    pull: Pull
    key: str
    clock: Time = field(default_factory=Time)
    page_rows: int = PAGE_ROWS
    """So many rows as the platform has been seen to give at most."""
    _session: requests.Session = field(default_factory=requests.Session)
    _next: float | None = None

    def __post_init__(self) -> None:
        # Not as plain headers: for those the session would rather take what a .netrc file has for the host.
        self._session.auth = self._signed

    def close(self) -> None:
        self._session.close()

    def total(self, filters: Mapping[str, str]) -> int:
        """How many rows match."""
        return self.page(filters, None, limit=1).total

    def page(self, filters: Mapping[str, str], cursor: str | None, limit: int = PAGE_ROWS) -> Page:
        """A page of the rows that match, the newest first; `PlatformError` where it cannot be had after some tries."""
        retrying = Retrying(
            retry=retry_if_exception_type(_Again), stop=stop_after_attempt(TRIES), wait=self._wait, sleep=self.clock.sleep, reraise=True)
        asked = {**filters, "limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        try:
            return retrying(self._page, asked)
        except _Again as problem:
            raise PlatformError(f"{problem} Asked {TRIES} times.") from problem

    def _page(self, asked: dict[str, str]) -> Page:
        self._keep_pace()
        try:
            answer = self._session.get(
                f"{self.pull.url}/interaction-history", params=asked, timeout=_TIMEOUTS, allow_redirects=False)
        except requests.RequestException as problem:
            raise _Again(f"{self.pull.url} does not answer: {problem}.") from problem
        self._check(answer)
        try:
            return self._read(answer.content, asked)
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            raise _Again(f"{self.pull.url} answers with what is not a page of interactions: {problem}.") from problem

    def _read(self, body: bytes, asked: dict[str, str]) -> Page:
        envelope = _ENVELOPES.decode(body)
        told = envelope.pagination
        total, more = told.get("total"), told.get("hasMore")
        cursor = told.get("nextCursor", told.get("cursor"))
        if not isinstance(total, int) or total < 0:
            raise msgspec.DecodeError("pagination.total is not a whole number")
        if more is None:
            more = bool(cursor)
        if more and not cursor and envelope.data:
            cursor = msgspec.json.decode(envelope.data[-1].get("id", b"null"))
        if not more or not envelope.data:
            cursor = None
        elif not isinstance(cursor, str) or cursor == asked.get("cursor"):
            raise msgspec.DecodeError("its pagination does not lead to a further page")
        own = msgspec.Raw(msgspec.json.encode(self.pull.tenant))
        rows = [msgspec.json.encode({**row, "tenantId": own}).decode() for row in envelope.data]
        if asked["limit"] != "1" and more:
            self.page_rows = max(1, len(rows))
        return Page(rows, total, cursor)

    def _check(self, answer: requests.Response) -> None:
        status = answer.status_code
        if status == 200:
            return
        said = f"{self.pull.url} answers {status}: {_message(answer)}"
        if status in (401, 403):
            raise KeyRefused(said)
        if status in (408, 425, 429) or status >= 500:
            raise _Again(said, self._retry_after(answer.headers.get("Retry-After", "")))
        if status in (400, 404, 410, 422):
            raise RequestRefused(said)
        if 300 <= status < 400:
            raise PlatformError(f"{self.pull.url} leads to {answer.headers.get('Location', 'elsewhere')}. Give the address that answers itself.")
        raise PlatformError(said)

    def _retry_after(self, text: str) -> float | None:
        """The seconds that the platform asks to wait, written as a number or as a date."""
        if text.strip().isdecimal():
            return float(text)
        try:
            return max(0.0, (parsedate_to_datetime(text) - self.clock.date()).total_seconds())
        except (ValueError, TypeError):
            return None

    def _wait(self, state: RetryCallState) -> float:
        problem = state.outcome.exception() if state.outcome else None
        if isinstance(problem, _Again) and problem.after_s is not None:
            return problem.after_s
        longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (state.attempt_number - 1))
        return self.clock.spread(longest / 2, longest)

    def _keep_pace(self) -> None:
        now = self.clock.now()
        if self._next is not None and now < self._next:
            self.clock.sleep(self._next - now)
            now = max(self._next, self.clock.now())
        self._next = now + 60 / self.pull.a_minute

    def _signed(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        # The platform's own documents name different ones.
        request.headers.update({
            "Authorization": f"Bearer {self.key}",
            "X-API-Key": self.key,
            "X-Tenant-Id": self.pull.platform_tenant or self.pull.tenant,
            "X-Requested-With": "XMLHttpRequest",
            "Accept": "application/json",
        })
        return request


def _message(answer: requests.Response) -> str:
    """What an error says, in an object or flat, with the request's id."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        said = error.get("message") or error.get("code")
    else:
        said = error or (body.get("message") if isinstance(body, dict) else None) or answer.text.strip() or answer.reason
    request = answer.headers.get("X-Request-Id") or (error.get("requestId") if isinstance(error, dict) else None)
    return f"{str(said)[:_LONGEST_MESSAGE]}" + (f" (request {request})" if request else "")
