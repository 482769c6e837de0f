"""Counting a plan over runs of whole customers, small enough for the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from queries.funnel import kernel
from queries.funnel.codes import code_of_type, passing
from queries.funnel.journeys import FunnelUnits, Journeys
from queries.funnel.plan import FunnelPlan, Keys

# About 1 MB of timestamps: what the passes over a chunk share stays in the cache.
CHUNK_ROWS = 1 << 17


def chunks(journeys: Journeys, customers: Keys | None) -> Iterator[tuple[int, int]]:
    """Runs of places in journeys.customer, of at most CHUNK_ROWS rows unless one customer alone has more.

    At least one run, which is empty where nothing is asked for.
    """
    places = None
    begins, ends = journeys.starts[:-1], journeys.starts[1:]
    if customers is not None:
        places = np.flatnonzero(np.isin(journeys.customer, list(customers)))
        begins, ends = begins[places], ends[places]
    if not len(begins):
        yield 0, 0
    nth = 0
    while nth < len(begins):
        after = max(nth + 1, int(np.searchsorted(ends, begins[nth] + CHUNK_ROWS, side="right")))
        yield (nth, after) if places is None else (int(places[nth]), int(places[after - 1]) + 1)
        nth = after


@dataclass(frozen=True)
class ChunkTally:
    """What one chunk adds to a FunnelTally."""

    events: np.ndarray
    tie_difference: np.ndarray
    immature: int
    reached: np.ndarray
    milliseconds: tuple[np.ndarray, ...]
    units: FunnelUnits


class ChunkCounter:
    """Counts chunks of one plan, one after the other; a thread needs one of its own."""

    def __init__(self, journeys: Journeys, plan: FunnelPlan, newest_ms: int, list_units: bool) -> None:
        self.plan = plan
        self.list_units = list_units
        self.question = kernel.Question(
            steps=len(plan.steps),
            by_offer=plan.unit == "customer_offer",
            any_order=plan.order == "any",
            strict_order=plan.order == "strict",
            strict_ties=plan.ties == "strict",
            window=kernel.LATEST if plan.window_ms is None else plan.window_ms,
            from_ms=kernel.EARLIEST if plan.from_ms is None else plan.from_ms,
            to_ms=kernel.LATEST if plan.to_ms is None else plan.to_ms,
            newest=newest_ms,
        )
        self.starts = _read_only(journeys.starts)
        self.timestamps = _read_only(journeys.timestamp)
        self.types = _read_only(journeys.type)
        self.code_of_type = code_of_type(plan)
        self.filters = [
            (_read_only(getattr(journeys, column)), passing(keys)) for column, keys in plan.row_filters
        ]
        self.offers = _read_only(journeys.offer) if self.question.by_offer else None
        self.customers = journeys.customer

    def tallies(self, runs: list[tuple[int, int]]) -> list[ChunkTally]:
        """One tally a run, in the order of the runs."""
        steps = len(self.plan.steps)
        rows = max(int(self.starts[end] - self.starts[first]) for first, end in runs)
        self.codes = np.empty(rows, np.uint16)
        self.unit_keys = np.empty(0 if self.offers is None else rows, np.uint32)
        self.state = self._state(runs)
        self.times = np.empty((steps - 1, rows), np.int64)
        listed = rows if self.list_units else 0
        self.listed = kernel.Listed(
            customer=np.empty(listed, np.uint32),
            level=np.empty(listed, np.uint8),
            entry=np.empty(listed, np.uint32),
            reach=np.empty(listed, np.uint32),
            immature=np.empty(listed, np.bool_),
        )
        return [self._tally(first, end) for first, end in runs]

    def _state(self, runs: list[tuple[int, int]]) -> kernel.State:
        longest = max(int(np.diff(self.starts[first : end + 1]).max(initial=0)) for first, end in runs)
        keys = 2
        if self.offers is not None:
            keys += max(int(self.offers[self._rows(*run)].max(initial=0)) for run in runs)
        return kernel.state_for(longest, keys, len(self.plan.steps))

    def _rows(self, first: int, end: int) -> slice:
        return slice(int(self.starts[first]), int(self.starts[end]))

    def _tally(self, first: int, end: int) -> ChunkTally:
        steps = len(self.plan.steps)
        chunk = self._rows(first, end)
        timestamps = self.timestamps[chunk]
        codes = self.codes[: len(timestamps)]
        self._write_codes(first, end, chunk, codes)
        events = np.zeros(steps, np.int64)
        kernel.count_events(timestamps, codes, self.question.from_ms, self.question.to_ms, events)

        if self.offers is not None:
            self.unit_keys[: len(codes)] = self.offers[chunk]
        rows = kernel.Rows(timestamps, codes, self.unit_keys[: len(codes)])
        reached = kernel.Reached(np.zeros(steps, np.int64), self.times)
        tie_difference = np.zeros(steps, np.int64)
        units, immature = kernel.walk_customers(
            self.question, rows, self.starts, first, end, self.state, reached, tie_difference, self.listed
        )
        return ChunkTally(
            events=events,
            tie_difference=tie_difference,
            immature=immature,
            reached=reached.units,
            milliseconds=tuple(self.times[j - 1, : reached.units[j]].copy() for j in range(1, steps)),
            units=FunnelUnits(*(column[:units].copy() for column in self.listed)),
        )

    def _write_codes(self, first: int, end: int, chunk: slice, codes: np.ndarray) -> None:
        kernel.write_codes(self.types[chunk], self.code_of_type, codes)
        for keys, passes in self.filters:
            kernel.drop_rows(keys[chunk], passes, codes)
        if self.plan.customers is not None:
            asked = np.isin(self.customers[first:end], list(self.plan.customers))
            codes *= np.repeat(asked, np.diff(self.starts[first : end + 1]))


def _read_only(column: np.ndarray) -> np.ndarray:
    """The column as the one kind of array that the kernel is compiled for."""
    view = np.ascontiguousarray(column).view()
    view.flags.writeable = False
    return view

