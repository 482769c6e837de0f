"""Which rows of the journeys pass a selection, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data.tenant import Tenant
from queries.passing import passing_keys
from queries.scan import allowed_places, narrowed_places
from queries.selection import Selection
from queries.tally_scan import narrowed_within, places_within

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
