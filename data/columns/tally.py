"""The aggregates behind every figure: a selection's interactions by group and time bucket, in one pass."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from data.columns.amounts import Amounts, amounts
from data.columns.classes import Classes, classes
from data.columns.filtering import JourneyPlaces, Piece, Run
from data.columns.names import Dictionary
from data.columns.spans import Spans, spans_of
from data.columns.tally_scan import add_amounts, add_buckets, count_rows, count_rows_and_customers, keep_newest, write_cells
from data.columns.tenant import TenantColumns
from data.engine import Edges, HoursOfWeek
from queries.asking.measures import Figures
from queries.asking.selection import Selection

_SHARES = 4
_WORKERS = min(_SHARES, os.cpu_count() or 1)
_ROWS_WORTH_SHARING = 1 << 18
_COUNTERS_WORTH_SHARING = 1 << 20

_NO_CUSTOMER = np.iinfo(np.uint32).max
_NEVER = np.iinfo(np.int64).min


class Aggregates:
    """Counts by group and bucket; a group is a key of a dimension, or all rows, and a cell is one group in one bucket.

    `rows` is by [cell, class], and by [cell] are `customers`, `newest` (milliseconds) and `values` (the limbs of the sum, as in
    `amounts.py`). All but `rows` stay empty where a caller does not ask for them.
    """

    def __init__(self, shape: _Shape, classes: Classes, amounts: Amounts | None):
        self._shape = shape
        self.classes = classes
        self.amounts = amounts
        self.rows = np.zeros((shape.cells, len(classes)), np.uint32)
        self.customers = np.zeros(shape.cells, np.uint32)
        self.values = np.zeros((shape.cells, amounts.width if amounts else 0), np.int64)
        self.newest = np.full(shape.cells, _NEVER)

    def series(self, measure: str) -> dict[str | None, list[int]]:
        """A count bucket by bucket, of each group with rows; of all rows always."""
        counts = self._by_bucket(self.rows[:, [measure in self.classes.measures[kind] for kind in self.classes.kinds]])
        if self._shape.groups is None:
            return {None: counts[0].tolist()}
        occurring = np.flatnonzero(self.rows.reshape(len(counts), -1).any(axis=1)).tolist()
        return {self._shape.groups.ids[key]: counts[key].tolist() for key in occurring}

    def types(self) -> dict[str, list[int]]:
        """The rows of each type that occurs, bucket by bucket."""
        found = {}
        for key, id in enumerate(self._shape.types):
            counts = self._by_bucket(self.rows[:, self.classes.types == key])[0]
            if id is not None and counts.any():
                found[id] = counts.tolist()
        return found

    def _by_bucket(self, rows: np.ndarray) -> np.ndarray:
        return rows.sum(axis=1, dtype=np.int64).reshape(-1, self._shape.buckets)

    def figures(self, value: str | None = None, bucket: int = 0) -> Figures:
        """Every measure of a group in a bucket."""
        groups = self._shape.groups
        cell = bucket if groups is None or value is None else groups.keys[value] * self._shape.buckets + bucket
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


@dataclass(frozen=True)
class _Shape:
    """What the rows are parted by: the keys of a dimension, None for none, and so many buckets; `types` are the log's types by key."""

    groups: Dictionary | None
    buckets: int
    types: list[str | None]

    @property
    def cells(self) -> int:
        return (len(self.groups.ids) if self.groups else 1) * self.buckets


def aggregate(
    tenant: TenantColumns, selection: Selection, by: str | None = None, buckets: Edges | HoursOfWeek | None = None,
    only_rows: bool = False, newest: bool = False,
) -> Aggregates:
    """Count a selection by the keys of a dimension and by buckets; see `data.engine.Tenant.counts`."""
    spans = spans_of(buckets)
    if spans is not None:
        selection = replace(
            selection,
            start=spans.start if selection.start is None else max(selection.start, spans.start),
            end=spans.end if selection.end is None else min(selection.end, spans.end),
        )
    counter = _Counter(tenant, selection, by, spans, only_rows, newest)
    shares = counter.shares()
    if len(shares) == 1:
        return counter.part(shares[0])
    with ThreadPoolExecutor(_WORKERS) as pool:
        return counter.total(list(pool.map(counter.part, shares)))


def aggregate_runs(tenant: TenantColumns, selection: Selection, runs: list[Run]) -> list[Aggregates]:
    """Count a selection's rows of each run of customers apart."""
    counter = _Counter(tenant, selection, None, None, only_rows=False, newest=True)
    return [counter.part([run]) for run in runs]


@dataclass(frozen=True)
class _Worth:
    """The rows that have a value, ascending, and the values."""

    valued: np.ndarray
    amounts: Amounts


class _Counter:
    """Counts one query, share by share."""

    def __init__(
        self, tenant: TenantColumns, selection: Selection, by: str | None, spans: Spans | None, only_rows: bool, newest: bool
    ):
        journeys, groups = tenant.journeys, tenant.dictionaries[by] if by else None
        self._shape = _Shape(groups, spans.size if spans else 1, tenant.dictionaries.type.ids)
        # Read here, for a snapshot is not for sharing between the threads that count.
        self._starts, self._timestamp = journeys.starts, journeys.timestamp
        self._worth = None if only_rows else _Worth(journeys.valued, amounts(tenant))
        self._keys = getattr(journeys, by) if by else None
        self._cell_of_key = np.arange(len(groups.ids) if groups else 0, dtype=np.uint32) * np.uint32(self._shape.buckets)
        self._classes = classes(tenant)
        self._spans = spans
        self._newest = newest
        self._places = JourneyPlaces(tenant, selection)

    def shares(self) -> list[list[Run]]:
        """The customers to count, in shares for several threads; one share where that is not worth it."""
        runs = self._places.runs
        if len(runs) != 1 or self._shape.cells * len(self._classes) > _COUNTERS_WORTH_SHARING:
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
        cells = np.empty(self._places.longest_piece(runs), np.uint32)
        latest = np.full_like(part.customers, _NO_CUSTOMER)
        for run in runs:
            customer = run[0]
            for piece in self._places.pieces(run):
                self._write_cells(cells, piece)
                customer = self._add(piece, cells, customer, part, latest)
        return part

    def _empty(self) -> Aggregates:
        return Aggregates(self._shape, self._classes, self._worth.amounts if self._worth else None)

    def _add(self, piece: Piece, cells: np.ndarray, customer: int, into: Aggregates, latest: np.ndarray) -> int:
        here, places, count = slice(piece.first, piece.end), piece.places, piece.count
        classes_here = self._classes.of_row[here]
        if self._newest:
            keep_newest(cells, places, count, self._timestamp[here], into.newest)
        if self._worth is None:
            count_rows(cells, places, count, classes_here, into.rows)
            return customer
        valued, worth = self._worth.valued, self._worth.amounts
        first, end = np.searchsorted(valued, [piece.first, piece.end])
        add_amounts(cells, places, count, piece.first, valued[first:end], worth.first[first:end], worth.limbs[first:end], into.values)
        return count_rows_and_customers(
            cells, places, count, classes_here, piece.first, self._starts, customer, into.rows, latest, into.customers,
        )

    def _write_cells(self, cells: np.ndarray, piece: Piece) -> None:
        here, places, count = slice(piece.first, piece.end), piece.places, piece.count
        if self._keys is not None:
            write_cells(cells, places, count, self._keys[here], self._cell_of_key)
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
