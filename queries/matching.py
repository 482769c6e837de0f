"""Which entries of a log pass a selection, counted or taken from either end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from data.columns import LogColumns
from data.tenant import Tenant
from queries.passing import passing_keys
from queries.scan import allowed_places, narrowed_places
from queries.selection import Selection

# Small enough that a piece of a column stays in the processor's cache.
_PIECE = 1 << 17


class Matches:
    """The entries of a log that pass a selection, by their positions in it, oldest first.

    The log is the tenant's, or one customer's where the selection names one customer.
    """

    def __init__(self, tenant: Tenant, selection: Selection):
        self._allowed: list[tuple[np.ndarray, np.ndarray]] = []
        self._mask: np.ndarray | None = None
        self.log = self._log(tenant, selection)
        self.first, self.end = 0, len(self.log) if self.log else 0
        if self.log is None:
            return
        if selection.start is not None:
            self.first = int(np.searchsorted(self.log.timestamp, selection.start))
        if selection.end is not None:
            self.end = int(np.searchsorted(self.log.timestamp, selection.end))
        for dimension, keys in passing_keys(tenant, selection).items():
            self._allow(getattr(self.log, dimension), keys, len(tenant.names[dimension].ids))
        # The filter that likely keeps least goes first, for the others then read little.
        self._allowed.sort(key=lambda pair: pair[1].mean())

    def _log(self, tenant: Tenant, selection: Selection) -> LogColumns | None:
        customers = selection.values("customerId")
        if not customers:
            return tenant.log
        keys = [key for customer in customers if (key := tenant.customer_key(customer)) is not None]
        if len(keys) <= 1:
            return tenant.customer_log(keys[0]) if keys else None
        self._allow(tenant.log.customer, keys, tenant.customer_count() + 1)
        return tenant.log

    def _allow(self, column: np.ndarray, keys: list[int], size: int) -> None:
        allowed = np.zeros(size, np.uint8)
        allowed[keys] = 1
        self._allowed.append((column, allowed))

    def keep_only(self, mask: np.ndarray) -> None:
        """Of the whole log, keep just the entries where the mask is true."""
        self._mask = mask

    def count(self, first: int | None = None) -> int:
        """How many entries match; from a position on, if one is given."""
        first = self.first if first is None else max(first, self.first)
        if not self._allowed and self._mask is None:
            return max(self.end - first, 0)
        return sum(len(self._places(start, stop)) for start, stop in _pieces(first, self.end))

    def newest_first(self, before: int | None = None) -> Iterator[np.ndarray]:
        """Positions that match, newest first, in arrays of bounded length; only those before a position, if one is given."""
        end = self.end if before is None else min(before, self.end)
        for start, stop in reversed(list(_pieces(self.first, end))):
            yield start + self._places(start, stop)[::-1].astype(np.int64)

    def oldest_first(self, after: int) -> Iterator[np.ndarray]:
        """Positions that match, from a position on, oldest first, in arrays of bounded length."""
        for start, stop in _pieces(max(after, self.first), self.end):
            yield start + self._places(start, stop).astype(np.int64)

    def _places(self, start: int, stop: int) -> np.ndarray:
        # The matching positions of a piece, counted from its start.
        places = np.empty(stop - start, np.uint32)
        count = -1
        for column, allowed in self._allowed:
            piece = column[start:stop]
            count = allowed_places(places, piece, allowed) if count < 0 else narrowed_places(places, count, piece, allowed)
        found = places[:count] if count >= 0 else np.arange(stop - start, dtype=np.uint32)
        return found if self._mask is None else found[self._mask[start:stop][found]]


def first_of(pieces: Iterator[np.ndarray], limit: int) -> np.ndarray:
    """The first so many of some positions; no piece is read beyond them."""
    taken: list[np.ndarray] = [np.empty(0, np.int64)]
    missing = limit
    for piece in pieces:
        taken.append(piece[:missing])
        missing -= len(taken[-1])
        if missing <= 0:
            break
    return np.concatenate(taken)


def _pieces(first: int, end: int) -> Iterator[tuple[int, int]]:
    for start in range(first, end, _PIECE):
        yield start, min(start + _PIECE, end)
