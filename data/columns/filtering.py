"""Which rows pass a selection: in the log, by position, and in the journeys, customer by customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numba
import numpy as np

from data.columns.arrays import LogColumns
from data.columns.tally_scan import narrowed_within, places_within
from data.columns.tenant import Tenant
from queries.asking.filters import FILTERS
from queries.asking.selection import Selection


def _signatures(*before: numba.types.Type) -> list[numba.types.Type]:
    allowed = numba.uint8[::1]
    columns = [numba.types.Array(key, 1, "C", readonly=True) for key in (numba.uint8, numba.uint16, numba.uint32)]
    return [numba.int64(numba.uint32[::1], *before, column, allowed) for column in columns]


# Both write each candidate and step on only behind one that stays: no branch for the processor to guess wrong.


@numba.njit(_signatures(), nogil=True, cache=True)
def allowed_places(places: np.ndarray, keys: np.ndarray, allowed: np.ndarray) -> int:
    """Write the places of the keys that are allowed into `places`, and answer how many; `allowed` holds 0 or 1 by key."""
    count = 0
    for place in range(len(keys)):
        places[count] = place
        count += allowed[keys[place]]
    return count


@numba.njit(_signatures(numba.int64), nogil=True, cache=True)
def narrowed_places(places: np.ndarray, count: int, keys: np.ndarray, allowed: np.ndarray) -> int:
    """Of the first `count` places, keep those whose keys are allowed, and answer how many."""
    kept = 0
    for i in range(count):
        place = places[i]
        places[kept] = place
        kept += allowed[keys[place]]
    return kept


def passing_keys(tenant: Tenant, selection: Selection) -> dict[str, list[int]]:
    """The keys that pass, by each dimension that a selection narrows, the customer apart; 0 is a row's that has no value.

    A name that never occurs has no key, so of such names alone nothing passes.
    """
    found = {}
    for filter in FILTERS:
        values = selection.passing(filter.name)
        if values and filter.dimension != "customer":
            keys = tenant.names[filter.dimension].keys
            found[filter.dimension] = [0 if value is None else keys[value] for value in values if value is None or keys.get(value)]
    return found


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


# Small enough that what is written for a piece stays in the processor's cache until it is counted.
PIECE = 1 << 17

Run = tuple[int, int]


@dataclass(frozen=True)
class Piece:
    """Rows `first` to before `end`: the first `count` of `places` are those that pass, counted from `first`.

    The next piece has the same buffer.
    """

    first: int
    end: int
    places: np.ndarray
    count: int


class JourneyPlaces:
    """The rows of a tenant's journeys that pass a selection.

    `runs` are the customers it asks for, by their places in `journeys.customer`: (first, end) pairs, none of them empty.
    """

    def __init__(self, tenant: Tenant, selection: Selection):
        journeys = tenant.journeys
        self._starts = journeys.starts
        self._timestamp = journeys.timestamp
        self._allowed: list[tuple[np.ndarray, np.ndarray]] = []
        for dimension, keys in passing_keys(tenant, selection).items():
            allowed = np.zeros(len(tenant.names[dimension].ids), np.uint8)
            allowed[keys] = 1
            self._allowed.append((getattr(journeys, dimension), allowed))
        # The filter that likely keeps least goes first, for the others then read little.
        self._allowed.sort(key=lambda pair: pair[1].mean())
        self.runs = _runs(tenant, selection)
        self._start, self._end = _bounds(tenant, selection)

    def rows(self, run: Run) -> tuple[int, int]:
        """The first row of a run of customers, and the one after its last."""
        return int(self._starts[run[0]]), int(self._starts[run[1]])

    def pieces(self, run: Run) -> Iterator[Piece]:
        """The rows of a run of customers; of a selection without filters, all of them."""
        begin, last = self.rows(run)
        places = np.arange(min(PIECE, last - begin), dtype=np.uint32)
        for first in range(begin, last, PIECE):
            end = min(first + PIECE, last)
            count = self._narrow(places, first, end)
            if count:
                yield Piece(first, end, places, count)

    def _narrow(self, places: np.ndarray, first: int, end: int) -> int:
        count = -1
        for column, allowed in self._allowed:
            piece = column[first:end]
            count = allowed_places(places, piece, allowed) if count < 0 else narrowed_places(places, count, piece, allowed)
        if self._start is not None:
            times = self._timestamp[first:end]
            if count < 0:
                return places_within(places, times, self._start, self._end)
            return narrowed_within(places, count, times, self._start, self._end)
        return end - first if count < 0 else count


def _runs(tenant: Tenant, selection: Selection) -> list[Run]:
    every = tenant.journeys.customer
    asked = selection.values("customerId")
    if not asked:
        return [(0, len(every))] if len(every) else []
    places = sorted(place for id in asked if (place := tenant.customer_place(id)) is not None)
    return [(place, place + 1) for place in places]


def _bounds(tenant: Tenant, selection: Selection) -> tuple[int | None, int]:
    # Bounds that every row passes cost nothing.
    oldest, newest = tenant.oldest(), tenant.newest()
    start, end = selection.start, selection.end
    if oldest is None or ((start is None or start <= oldest) and (end is None or end > newest)):
        return None, 0
    return oldest if start is None else start, newest + 1 if end is None else end
