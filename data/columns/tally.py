"""The aggregates behind every figure: a selection's interactions by group and time bucket, in one pass."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from data.columns.amounts import Amounts, amounts
from data.columns.classes import Classes, classes
from data.columns.filtering import PIECE, JourneyPlaces, Piece, Run
from data.columns.tally_scan import add_amounts, add_buckets, count_rows, count_rows_and_customers, keep_newest, write_cells
from data.columns.tenant import Tenant
from queries.asking.calendar import Spans
from queries.asking.measures import Figures
from queries.asking.selection import Selection

_SHARES = 4
_WORKERS = min(_SHARES, os.cpu_count() or 1)
_ROWS_WORTH_SHARING = 1 << 18
_COUNTERS_WORTH_SHARING = 1 << 20

_NO_CUSTOMER = np.iinfo(np.uint32).max
_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Groups:
    """Rows parted by a dimension: those of key k are in group of_key[k] (uint32), below `size`."""

    dimension: str
    of_key: np.ndarray
    size: int


def by_key(tenant: Tenant, dimension: str) -> Groups:
    """A group for each key of a dimension, group 0 being the rows without one."""
    size = len(tenant.names[dimension].ids)
    return Groups(dimension, np.arange(size, dtype=np.uint32), size)


class Aggregates:
    """Counts by group and bucket; a cell is one group in one bucket.

    `rows` is by [cell, class], and by [cell] are `customers`, `newest` (milliseconds) and `values` (the limbs of the sum, as in
    `amounts.py`). All but `rows` stay empty where a caller does not ask for them.
    """

    def __init__(self, classes: Classes, cells: int, buckets: int, amounts: Amounts | None):
        self.classes = classes
        self.amounts = amounts
        self.buckets = buckets
        self.rows = np.zeros((cells, len(classes)), np.uint32)
        self.customers = np.zeros(cells, np.uint32)
        self.values = np.zeros((cells, amounts.width if amounts else 0), np.int64)
        self.newest = np.full(cells, _NEVER)

    def counts(self, measure: str) -> np.ndarray:
        """A count by [group, bucket]."""
        counts = [measure in self.classes.measures[kind] for kind in self.classes.kinds]
        return self._by_bucket(self.rows[:, counts])

    def counts_of_type(self, type: int) -> np.ndarray:
        """The rows of a type by [group, bucket]."""
        return self._by_bucket(self.rows[:, self.classes.types == type])

    def _by_bucket(self, rows: np.ndarray) -> np.ndarray:
        return rows.sum(axis=1, dtype=np.int64).reshape(-1, self.buckets)

    def figures(self, cell: int = 0) -> Figures:
        """Every measure of a cell."""
        counts: dict[str, int] = {}
        for kind, rows in zip(self.classes.kinds.tolist(), self.rows[cell].tolist(), strict=True):
            for measure in self.classes.measures[kind]:
                counts[measure] = counts.get(measure, 0) + rows
        newest = int(self.newest[cell])
        return Figures(
            **counts,
            customers=int(self.customers[cell]),
            revenue=self.amounts.number(self.values[cell].tolist()) if self.amounts else 0.0,
            last=None if newest == _NEVER else newest,
        )


def aggregate(
    tenant: Tenant, selection: Selection, groups: Groups | None = None, spans: Spans | None = None,
    only_rows: bool = False, newest: bool = False,
) -> Aggregates:
    """Count a selection; with spans, only those of its rows that lie in one.

    `only_rows` leaves out customers and revenue; `newest` finds each cell's newest time as well.
    """
    if spans is not None:
        selection = replace(
            selection,
            start=spans.start if selection.start is None else max(selection.start, spans.start),
            end=spans.end if selection.end is None else min(selection.end, spans.end),
        )
    counter = _Counter(tenant, selection, groups, spans, only_rows, newest)
    shares = counter.shares()
    if len(shares) == 1:
        return counter.part(shares[0])
    with ThreadPoolExecutor(_WORKERS) as pool:
        return counter.total(list(pool.map(counter.part, shares)))


def aggregate_runs(tenant: Tenant, selection: Selection, runs: list[Run]) -> list[Aggregates]:
    """Count a selection's rows of each run of customers apart."""
    counter = _Counter(tenant, selection, None, None, only_rows=False, newest=True)
    return [counter.part([run]) for run in runs]


class _Counter:
    """Counts one query, share by share."""

    def __init__(
        self, tenant: Tenant, selection: Selection, groups: Groups | None, spans: Spans | None, only_rows: bool, newest: bool
    ):
        journeys = tenant.journeys
        # Read here, for a snapshot is not for sharing between the threads that count.
        self._starts, self._timestamp = journeys.starts, journeys.timestamp
        self._valued, self._amounts = (None, None) if only_rows else (journeys.valued, amounts(tenant))
        self._keys = getattr(journeys, groups.dimension) if groups else None
        self._classes = classes(tenant)
        self._groups, self._spans = groups, spans
        self._only_rows, self._newest = only_rows, newest
        self._places = JourneyPlaces(tenant, selection)
        self._buckets = spans.size if spans else 1
        self._cells = (groups.size if groups else 1) * self._buckets

    def shares(self) -> list[list[Run]]:
        """The customers to count, in shares for several threads; one share where that is not worth it."""
        runs = self._places.runs
        if len(runs) != 1 or self._cells * len(self._classes) > _COUNTERS_WORTH_SHARING:
            return [runs]
        [(first, end)] = runs
        begin, last = self._places.rows(runs[0])
        if last - begin < _ROWS_WORTH_SHARING:
            return [runs]
        ends = [begin + (last - begin) * nth // _SHARES for nth in range(_SHARES)]
        cuts = (first + np.searchsorted(self._starts[first:end], ends)).tolist()
        return [[run] for run in zip(cuts, [*cuts[1:], end], strict=True)]

    def part(self, runs: list[Run]) -> Aggregates:
        """What some of the customers come to."""
        part = self._empty()
        longest = max((last - begin for begin, last in map(self._places.rows, runs)), default=0)
        cells = np.empty(min(PIECE, longest), np.uint32)
        latest = np.full_like(part.customers, _NO_CUSTOMER)
        for run in runs:
            customer = run[0]
            for piece in self._places.pieces(run):
                self._write_cells(cells, piece)
                customer = self._add(piece, cells, customer, part, latest)
        return part

    def _empty(self) -> Aggregates:
        return Aggregates(self._classes, self._cells, self._buckets, self._amounts)

    def _add(self, piece: Piece, cells: np.ndarray, customer: int, into: Aggregates, latest: np.ndarray) -> int:
        here, places, count = slice(piece.first, piece.end), piece.places, piece.count
        classes_here = self._classes.of_row[here]
        if self._newest:
            keep_newest(cells, places, count, self._timestamp[here], into.newest)
        if self._only_rows:
            count_rows(cells, places, count, classes_here, into.rows)
            return customer
        first, end = np.searchsorted(self._valued, [piece.first, piece.end])
        add_amounts(cells, places, count, piece.first, self._valued[first:end], self._amounts.first[first:end],
                    self._amounts.limbs[first:end], into.values)
        return count_rows_and_customers(
            cells, places, count, classes_here, piece.first, self._starts, customer, into.rows, latest, into.customers,
        )

    def _write_cells(self, cells: np.ndarray, piece: Piece) -> None:
        here, places, count = slice(piece.first, piece.end), piece.places, piece.count
        if self._groups:
            cell_of_key = self._groups.of_key * np.uint32(self._buckets)
            write_cells(cells, places, count, self._keys[here], cell_of_key)
        else:
            cells[:count] = 0
        if self._spans:
            spans = self._spans
            add_buckets(cells, places, count, self._timestamp[here], spans.start, spans.shift, spans.slots,
                        spans.edges[1:], spans.buckets)

    def total(self, parts: list[Aggregates]) -> Aggregates:
        """What parts of different customers come to together."""
        total = self._empty()
        for part in parts:
            for name in ("rows", "customers", "values"):
                getattr(total, name)[...] += getattr(part, name)
            np.maximum(total.newest, part.newest, out=total.newest)
        return total
