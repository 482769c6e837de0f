"""What one caller may have of the server at once, so that none stops the others."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil

from anyio import CapacityLimiter

from accounts import Identity
from api.errors import ApiError
from data.store.settings import whole_number_setting

# Downloads that may be open at once: of one caller, of all callers of a tenant, and of all.
_DOWNLOADS_OF_CALLER = 4
_DOWNLOADS_OF_TENANT = 16
_DOWNLOADS = 64
# Queries of one caller that may be at work at once, and that may wait for that; there are 40 threads for all.
_QUERIES_OF_CALLER = 8
_WAITING_OF_CALLER = 200
_AGAIN_S = "5"
RATE = "IH_KEY_RATE"
_MOST_RATE = 1_000_000

Caller = tuple[str, str, str]


def _caller(identity: Identity) -> Caller:
    return identity.tenant, identity.kind, identity.name


class Downloads:
    """The downloads that are open; what they read and write has `threads` of its own, so that each piece waits for other downloads alone."""

    def __init__(self) -> None:
        self.threads = CapacityLimiter(max(1, (os.cpu_count() or 1) // 2))
        self._of_callers: Counter[Caller] = Counter()

    @contextmanager
    def place(self, identity: Identity) -> Iterator[None]:
        """While a download of a caller is open; `ApiError` 429 where it has too many, and 503 where all have."""
        caller = _caller(identity)
        of_tenant = sum(count for (tenant, _, _), count in self._of_callers.items() if tenant == identity.tenant)
        shares = (("you have", self._of_callers[caller], _DOWNLOADS_OF_CALLER), ("your tenant has", of_tenant, _DOWNLOADS_OF_TENANT))
        for whose, count, most in shares:
            if count >= most:
                message = f"{whose} {count} downloads under way, and no more run at once: try again when one has ended"
                raise ApiError(HTTPStatus.TOO_MANY_REQUESTS, message, {"Retry-After": _AGAIN_S})
        if self._of_callers.total() >= _DOWNLOADS:
            raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "too many downloads are under way", {"Retry-After": _AGAIN_S})
        self._of_callers[caller] += 1
        try:
            yield
        finally:
            self._of_callers[caller] -= 1
            if not self._of_callers[caller]:
                del self._of_callers[caller]


@dataclass
class _Turns:
    limiter: CapacityLimiter
    asking: int = 0


class Queries:
    """The queries that are at work or wait; those of one caller wait for each other, and so never fill all threads."""

    def __init__(self) -> None:
        self._of_callers: dict[Caller, _Turns] = {}

    @asynccontextmanager
    async def turn(self, identity: Identity) -> AsyncIterator[None]:
        """While a query of a caller is at work; `ApiError` 429 where too many of them wait."""
        caller = _caller(identity)
        turns = self._of_callers.setdefault(caller, _Turns(CapacityLimiter(_QUERIES_OF_CALLER)))
        if turns.asking >= _QUERIES_OF_CALLER + _WAITING_OF_CALLER:
            raise ApiError(HTTPStatus.TOO_MANY_REQUESTS, "too many of your requests wait for their answers", {"Retry-After": _AGAIN_S})
        turns.asking += 1
        try:
            async with turns.limiter:
                yield
        finally:
            turns.asking -= 1
            if not turns.asking:
                del self._of_callers[caller]


def key_rate() -> int:
    """How many requests a minute a key may make: setting `IH_KEY_RATE`, else 0, which is any number."""
    return whole_number_setting(RATE, 0, 0, _MOST_RATE)


class Rates:
    """How many requests each key has left: a minute's worth at first, and then as many again each minute."""

    def __init__(self, a_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        """With `a_minute` 0 there is no limit."""
        self._a_minute = a_minute
        self._now = now
        self._left: dict[Caller, tuple[float, float]] = {}

    def count(self, identity: Identity) -> None:
        """Count a request; `ApiError` 429 where the key has none left."""
        if not self._a_minute or identity.kind != "key":
            return
        caller, now = _caller(identity), self._now()
        left, at = self._left.get(caller, (float(self._a_minute), now))
        left = min(self._a_minute, left + (now - at) * self._a_minute / 60)
        if left < 1:
            self._left[caller] = left, now
            again = ceil((1 - left) * 60 / self._a_minute)
            message = f"the key {identity.name} may make {self._a_minute} requests a minute: try again in {again} s"
            raise ApiError(HTTPStatus.TOO_MANY_REQUESTS, message, {"Retry-After": str(again)})
        self._left[caller] = left - 1, now
