"""The rows that pass a selection: of the log by position, and of the journeys customer by customer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from data.columns.arrays import LogColumns
from data.columns.row_filter import RowFilter, all_but, allowed_keys
from data.columns.tenant import TenantColumns
from queries.asking.selection import Selection

# Small enough that what is read and written for a piece stays in the processor's cache until it is counted.
PIECE = 1 << 17


class Matches:
    """The entries of a log that pass a selection, by their positions in it, oldest first.

    The log is the tenant's, or one customer's where the selection names one customer; it is empty where there is none such.
    """

    def __init__(self, tenant: TenantColumns, selection: Selection):
        self._mask: np.ndarray | None = None
        keys, sizes = allowed_keys(tenant.dictionaries, selection), tenant.key_counts()
        excluded = selection.excluded("customerId")
        customers = keys_of_customers(tenant, [id for id in selection.values("customerId") if id not in excluded])
        self.first = self.end = 0
        if not selection.values("customerId"):
            self.log = tenant.log
            if excluded:
                sizes["customer"] = tenant.customer_count() + 1
                keys["customer"] = all_but(sizes["customer"], keys_of_customers(tenant, excluded))
        elif len(customers) <= 1:
            self.log = tenant.customer_log(customers[0]) if customers else LogColumns(lambda name: np.empty(0, np.int64))
        else:
            self.log = tenant.log
            keys["customer"], sizes["customer"] = customers, tenant.customer_count() + 1
        if not len(self.log):
            return
        self._filter = RowFilter(self.log, keys, sizes=sizes)
        self.end = len(self.log)
        if selection.start is not None:
            self.first = int(np.searchsorted(self.log.timestamp, selection.start))
        if selection.end is not None:
            self.end = int(np.searchsorted(self.log.timestamp, selection.end))

    def keep_only(self, mask: np.ndarray) -> None:
        """Of the whole log, keep just the entries where the mask is true."""
        self._mask = mask

    def count(self, first: int | None = None) -> int:
        """How many entries match; from a position on, if one is given."""
        first = self.first if first is None else max(first, self.first)
        if first >= self.end:
            return 0
        if self._filter.is_open and self._mask is None:
            return self.end - first
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
        if self._filter.is_open:
            found = np.arange(stop - start, dtype=np.uint32)
        else:
            places = np.empty(stop - start, np.uint32)
            found = places[:self._filter.narrow(places, start, stop)]
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
    for start in range(first, end, PIECE):
        yield start, min(start + PIECE, end)


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

    def __init__(self, tenant: TenantColumns, selection: Selection):
        journeys = tenant.journeys
        self._starts = journeys.starts
        self.runs = _runs(tenant, selection)
        self._filter = RowFilter(journeys, allowed_keys(tenant.dictionaries, selection), *_bounds(tenant, selection), tenant.key_counts())

    def rows(self, run: Run) -> tuple[int, int]:
        """The first row of a run of customers, and the one after its last."""
        return int(self._starts[run[0]]), int(self._starts[run[1]])

    def longest_piece(self, runs: Sequence[Run]) -> int:
        """How many rows the longest piece of some runs has."""
        return min(PIECE, max((last - begin for begin, last in map(self.rows, runs)), default=0))

    def pieces(self, run: Run) -> Iterator[Piece]:
        """The rows of a run of customers; of a selection without filters, all of them."""
        begin, last = self.rows(run)
        places = np.arange(min(PIECE, last - begin), dtype=np.uint32)
        for first in range(begin, last, PIECE):
            end = min(first + PIECE, last)
            count = self._filter.narrow(places, first, end)
            if count:
                yield Piece(first, end, places, count)


def _runs(tenant: TenantColumns, selection: Selection) -> list[Run]:
    every = tenant.journeys.customer
    asked, excluded = selection.values("customerId"), selection.excluded("customerId")
    if asked:
        return [(place, place + 1) for place in _places(tenant, [id for id in asked if id not in excluded])]
    gone = _places(tenant, excluded)
    runs = zip([0, *(place + 1 for place in gone)], [*gone, len(every)], strict=True)
    return [(first, end) for first, end in runs if first < end]


def _places(tenant: TenantColumns, ids: Sequence[str]) -> list[int]:
    return sorted(place for id in ids if (place := tenant.customer_place(id)) is not None)


class _KeepsCustomers(Protocol):
    def customer_key(self, id: str) -> int | None: ...


def keys_of_customers(tenant: _KeepsCustomers, ids: Sequence[str]) -> list[int]:
    """The keys of those of some customers that there are."""
    return [key for id in ids if (key := tenant.customer_key(id)) is not None]


def _bounds(tenant: TenantColumns, selection: Selection) -> tuple[int | None, int | None]:
    # Bounds that every row passes cost nothing.
    oldest, newest = tenant.oldest(), tenant.newest()
    start, end = selection.start, selection.end
    return (
        None if start is None or oldest is None or start <= oldest else start,
        None if end is None or newest is None or end > newest else end,
    )
