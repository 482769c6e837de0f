"""Counting a chunk of the journeys: the tables that give each row its code, and the walk over the units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data.columns.funnel import kernel
from data.columns.funnel.plan import FunnelPlan, Keys
from data.columns.funnel.units import FunnelUnits, JourneyColumns, OfferUnits
from data.columns.row_filter import RowFilter


def code_of_type(plan: FunnelPlan) -> np.ndarray:
    """The code of each type key, uint16."""
    void = 1 << len(plan.steps)
    named = frozenset().union(plan.excluded, *plan.steps)
    codes = np.zeros(max(named, default=0) + 2, np.uint16)
    for number, step in enumerate(plan.steps):
        codes[list(step)] |= 1 << number
    codes[list(plan.excluded)] = void
    if plan.order == "strict":
        codes[codes == 0] = void
    return codes


def step_of_code(plan: FunnelPlan) -> np.ndarray:
    """The step, from 0, of each code of a single bit, uint8; the voiding code comes after the last step's."""
    steps = np.zeros(2 << len(plan.steps), np.uint8)
    steps[1 << np.arange(len(plan.steps) + 1)] = np.arange(len(plan.steps) + 1)
    return steps


# Some 2 MB of timestamps: what the passes over a chunk share stays in the cache. Half as many rows were slower, and four times as many.
CHUNK_ROWS = 1 << 18


def chunks(journeys: JourneyColumns, customers: Keys | None) -> Iterator[tuple[int, int]]:
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
class ChunkCounts:
    """What one chunk adds to a FunnelCounts; `tie_difference` is what a step's units are more than under the other ties."""

    events: np.ndarray
    tie_difference: np.ndarray
    immature: int
    reached: np.ndarray
    milliseconds: tuple[np.ndarray, ...]
    units: FunnelUnits | None


class ChunkCounter:
    """Counts chunks of one plan, one after the other; a thread needs one of its own.

    `offer_units` is None where the unit is the customer.
    """

    def __init__(
        self, journeys: JourneyColumns, offer_units: OfferUnits | None, plan: FunnelPlan, clock_ms: int, list_units: bool
    ) -> None:
        self.plan = plan
        self.list_units = list_units
        self.code_of_type = code_of_type(plan)
        # A window that had not run out then had not run out, whatever came later.
        last_ms = clock_ms if plan.as_of_ms is None else min(clock_ms, plan.as_of_ms)
        self.has_shared_types = bool(np.any(self.code_of_type & (self.code_of_type - 1)))
        self.kernel_plan = kernel.KernelPlan(
            steps=len(plan.steps),
            step_of_code=step_of_code(plan),
            strict_order=plan.order == "strict",
            window=kernel.LATEST if plan.window_ms is None else plan.window_ms,
            from_ms=kernel.EARLIEST if plan.from_ms is None else plan.from_ms,
            to_ms=kernel.LATEST if plan.to_ms is None else plan.to_ms,
            matured=kernel.LATEST if plan.window_ms is None else last_ms - plan.window_ms,
        )
        self.starts = _read_only(journeys.starts)
        self.timestamps = _read_only(journeys.timestamp)
        self.types = _read_only(journeys.type)
        self.filter = RowFilter(journeys, dict(plan.filters), end=None if plan.as_of_ms is None else plan.as_of_ms + 1)
        self.offer_units = offer_units
        self.customers = journeys.customer

    def tallies(self, runs: list[tuple[int, int]]) -> list[ChunkCounts]:
        """One tally a run, in the order of the runs."""
        steps = len(self.plan.steps)
        rows = max(int(self.starts[end] - self.starts[first]) for first, end in runs)
        self.codes = np.empty(rows, np.uint16)
        self.order = np.arange(rows, dtype=np.uint32)
        self.in_order = np.empty(self._longest(runs), np.int64)
        self.times, self.times_aside = (np.empty((steps, rows), np.int64) for _ in range(2))
        return [self._tally(first, end) for first, end in runs]

    def _longest(self, runs: list[tuple[int, int]]) -> int:
        return max(int(np.diff(self.starts[first : end + 1]).max(initial=0)) for first, end in runs)

    def _rows(self, first: int, end: int) -> slice:
        return slice(int(self.starts[first]), int(self.starts[end]))

    def _tally(self, first: int, end: int) -> ChunkCounts:
        steps = len(self.plan.steps)
        chunk = self._rows(first, end)
        timestamps = self.timestamps[chunk]
        codes = self.codes[: len(timestamps)]
        self._write_codes(first, end, chunk, codes)
        events = np.zeros(steps, np.int64)
        kernel.count_events(timestamps, codes, self.kernel_plan.from_ms, self.kernel_plan.to_ms, events)

        rows, units = kernel.Rows(timestamps, codes), self._units(first, end)
        reached = kernel.Reached(np.zeros(steps, np.int64), self.times)
        found, tie_difference = self._walk(rows, units, reached)
        return ChunkCounts(
            events=events,
            tie_difference=tie_difference,
            immature=int(np.count_nonzero(found.waits)),
            reached=reached.units,
            milliseconds=tuple(self.times[j, : reached.units[j]].copy() for j in range(1, steps)),
            units=self._listed(first, units, found) if self.list_units else None,
        )

    def _units(self, first: int, end: int) -> kernel.Units:
        starts = self.starts[first : end + 1] - self.starts[first]
        if self.offer_units is None:
            customers = np.arange(len(starts))
            return kernel.Units(customers, np.zeros(len(customers) - 1, np.int64), starts, self.order)
        units = self.offer_units
        of_customer = units.of_customer[first : end + 1]
        unit_starts = units.starts[of_customer[0] : of_customer[-1] + 1].astype(np.int64)
        # Copied into the one type that the kernel is compiled for.
        self.order[: unit_starts[-1] - unit_starts[0]] = units.order[unit_starts[0] : unit_starts[-1]]
        return kernel.Units(of_customer - of_customer[0], starts[:-1], unit_starts - unit_starts[0], self.order)

    def _walk(self, rows: kernel.Rows, units: kernel.Units, reached: kernel.Reached) -> tuple[kernel.UnitResults, np.ndarray]:
        """What became of the units, and how many more reach each step than would under the other ties."""
        steps = len(self.plan.steps)
        found = _found(len(units.starts) - 1)
        difference = np.zeros(steps, np.int64)
        if self.plan.order == "any":
            kernel.walk_sets(self.kernel_plan, rows, units, found, reached, self.in_order)
            return found, difference
        if self.has_shared_types:
            found.level[:] = kernel.TIED
        elif not kernel.walk_chains(self.kernel_plan, rows, units, found, reached):
            return found, difference
        otherwise = _found(len(units.starts) - 1)
        otherwise.level[:] = found.level
        aside = kernel.Reached(np.zeros(steps, np.int64), self.times_aside)
        strict_ties = self.plan.ties == "strict"
        difference -= reached.units
        kernel.walk_tied_chains(self.kernel_plan, strict_ties, rows, units, found, reached, self.in_order)
        kernel.walk_tied_chains(self.kernel_plan, not strict_ties, rows, units, otherwise, aside, self.in_order)
        return found, difference + reached.units - aside.units

    def _listed(self, first: int, units: kernel.Units, found: kernel.UnitResults) -> FunnelUnits:
        entered = np.flatnonzero(found.level)
        customers = np.repeat(np.arange(len(units.origins), dtype=np.uint32), np.diff(units.of_customer))
        row = np.uint32(self.starts[first])
        return FunnelUnits(
            customer=customers[entered] + np.uint32(first),
            level=found.level[entered].astype(np.uint8),
            entry=found.entry[entered].astype(np.uint32) + row,
            reach=found.reach[entered].astype(np.uint32) + row,
            immature=found.waits[entered],
        )

    def _write_codes(self, first: int, end: int, chunk: slice, codes: np.ndarray) -> None:
        kernel.write_codes(self.types[chunk], self.code_of_type, codes)
        self.filter.drop(codes, chunk.start, chunk.stop)
        plan = self.plan
        if plan.customers is not None or plan.excluded_customers:
            is_inverted = plan.customers is None
            asked = np.isin(self.customers[first:end], list(plan.excluded_customers if is_inverted else plan.customers or ()), invert=is_inverted)
            codes *= np.repeat(asked, np.diff(self.starts[first : end + 1]))


def _found(units: int) -> kernel.UnitResults:
    return kernel.UnitResults(*(np.empty(units, kind) for kind in (np.int8, np.int32, np.int32, np.bool_)))


def _read_only(column: np.ndarray) -> np.ndarray:
    """The column as the one kind of array that the kernel is compiled for."""
    view = np.ascontiguousarray(column).view()
    view.flags.writeable = False
    return view
