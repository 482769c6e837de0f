"""A funnel plan counted over the journeys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from os import cpu_count
from threading import Lock

import numpy as np

from data.columns.funnel.chunk import ChunkCounter, ChunkCounts, chunks
from data.columns.funnel.plan import FunnelPlan
from data.columns.funnel.units import FunnelUnits, JourneyColumns, OfferUnits, offer_units

WORKERS = min(2, cpu_count() or 1)


@dataclass(frozen=True)
class FunnelCounts:
    """What a plan counts. `reached`, `events` and `tie_dependent` are int64, an entry a step.

    `milliseconds[j]`, int64 in no order, are the times from entry to step j + 2 of the units that reached it.
    `immature` is None without a window, `units` is None unless listed.
    """

    reached: np.ndarray
    events: np.ndarray
    tie_dependent: np.ndarray
    immature: int | None
    milliseconds: tuple[np.ndarray, ...]
    units: FunnelUnits | None


def count_funnel(
    journeys: JourneyColumns, plan: FunnelPlan, clock_ms: int, list_units: bool = False, known_units: OfferUnits | None = None
) -> FunnelCounts:
    """The units that reached each step of the plan; `clock_ms` is the log's clock.

    With unit customer_offer, a row without an offer belongs to no unit; it is still an event. With order any, an
    attempt counts the rows from its entry on, up to the first excluded one. `known_units` are the journeys' own units, if the caller
    has kept them. Listing takes 14 bytes a unit. Waits for `compile_kernel`.
    """
    compile_kernel()
    return _tally(journeys, plan, clock_ms, list_units, known_units)


_warming = Lock()
_warm = False


def compile_kernel() -> None:
    """Compile the kernel, or read it from numba's cache: once per process; concurrent callers wait."""
    global _warm
    with _warming:
        if not _warm:
            steps = (frozenset({1}), frozenset({2}))
            for keys in (np.uint8, np.uint16, np.uint32):
                for plan in (
                    FunnelPlan(steps, filters=(("offer", frozenset({1})),)),
                    FunnelPlan(steps, order="any"),
                    # Of types that steps share, instants are looked into.
                    FunnelPlan(steps[:1] * 2),
                ):
                    _tally(_EmptyJourneys(keys), plan, 0, list_units=True, known_units=None)
            _warm = True


def is_compiled() -> bool:
    """Whether the kernel is compiled, so that nobody has to wait for it."""
    return _warm


class _EmptyJourneys:
    """One customer with one row of no type, keys as wide as `keys`: the columns that a first plan reads."""

    def __init__(self, keys: type[np.unsignedinteger]) -> None:
        self.starts = np.array([0, 1], np.int64)
        self.customer = np.ones(1, np.uint32)
        self.timestamp = np.zeros(1, np.int64)
        self.type = self.offer = np.zeros(1, keys)


def _tally(
    journeys: JourneyColumns, plan: FunnelPlan, clock_ms: int, list_units: bool, known_units: OfferUnits | None
) -> FunnelCounts:
    units = (known_units or offer_units(journeys)) if plan.unit == "customer_offer" else None
    runs = list(chunks(journeys, plan.customers))
    shares = [runs[nth * len(runs) // WORKERS : (nth + 1) * len(runs) // WORKERS] for nth in range(WORKERS)]

    def tallies(share: list[tuple[int, int]]) -> list[ChunkCounts]:
        return ChunkCounter(journeys, units, plan, clock_ms, list_units).tallies(share)

    with ThreadPoolExecutor(WORKERS) as pool:
        parts = [part for tallied in pool.map(tallies, filter(None, shares)) for part in tallied]
    return _sum(plan, parts, list_units)


def _sum(plan: FunnelPlan, parts: list[ChunkCounts], list_units: bool) -> FunnelCounts:
    units = None
    if list_units:
        names = [field.name for field in fields(FunnelUnits)]
        columns = ([getattr(part.units, name) for part in parts] for name in names)
        units = FunnelUnits(*map(np.concatenate, columns))
    return FunnelCounts(
        reached=np.sum([part.reached for part in parts], axis=0),
        events=np.sum([part.events for part in parts], axis=0),
        # A chain with strict ties is one with ties included too: the difference has one sign, whichever was asked.
        tie_dependent=np.abs(np.sum([part.tie_difference for part in parts], axis=0)),
        immature=None if plan.window_ms is None else sum(part.immature for part in parts),
        milliseconds=tuple(
            np.concatenate(times) for times in zip(*(part.milliseconds for part in parts), strict=True)
        ),
        units=units,
    )
