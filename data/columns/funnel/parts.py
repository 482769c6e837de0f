"""What is said of a funnel's units: their times, and the units by value of a dimension and by bucket of time."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from data.columns.funnel.units import FunnelTenant, FunnelUnits
from data.columns.spans import one_bucket_per_span
from data.engine import Edges
from data.results import DURATION_EDGES, Durations, HistogramBin

_SECOND = 1000

# Small enough that what is worked out for a piece stays in the processor's cache.
_PIECE = 1 << 16


def durations(milliseconds: np.ndarray) -> Durations:
    """The summary of some times, in any order."""
    if not len(milliseconds):
        return Durations(0, None, None, None, None, None, ())
    ordered = np.sort(milliseconds)
    p25, median, p75, p90 = (_percentile(ordered, percent) for percent in (25, 50, 75, 90))
    return Durations(len(ordered), int(ordered.sum()) / len(ordered) / _SECOND, p25, median, p75, p90, _histogram(ordered))


def _percentile(ordered: np.ndarray, percent: int) -> float:
    place, hundredths = divmod(percent * (len(ordered) - 1), 100)
    below, above = int(ordered[place]), int(ordered[min(place + 1, len(ordered) - 1)])
    return (below + (above - below) * hundredths / 100) / _SECOND


def _histogram(ordered: np.ndarray) -> tuple[HistogramBin, ...]:
    bins = bisect_right(DURATION_EDGES, int(ordered[-1]))
    firsts = np.searchsorted(ordered, DURATION_EDGES[:bins]).tolist()
    ends = [*DURATION_EDGES[1:], None][:bins]
    return tuple(
        HistogramBin(start, end, after - first)
        for start, end, first, after in zip(DURATION_EDGES, ends, firsts, [*firsts[1:], len(ordered)], strict=False)
    )


def funnel_breakdown(tenant: FunnelTenant, units: FunnelUnits, dimension: str, steps: int) -> dict[str | None, list[int]]:
    """How many units reached each step, by the value of their entry."""
    ids, column = tenant.dictionaries[dimension].ids, getattr(tenant.journeys, dimension)
    levels = np.zeros((len(ids), steps + 1), np.int64)
    for piece in _pieces(units):
        _count(levels, column[units.entry[piece]], units.level[piece])
    return {id: counts for id, counts in zip(ids, _reached(levels), strict=True) if counts[0]}


def funnel_trend(tenant: FunnelTenant, units: FunnelUnits, buckets: Edges, steps: int) -> list[tuple[list[int], int]]:
    """How many units reached each step, by the bucket of their entry, which lies in one; and how many of them may still convert."""
    spans = one_bucket_per_span(buckets.at)
    timestamps = tenant.journeys.timestamp
    levels = np.zeros((spans.size, steps + 1), np.int64)
    waiting = np.zeros(spans.size, np.int64)
    for piece in _pieces(units):
        at = timestamps[units.entry[piece]]
        entered = spans.slots[at - spans.start >> spans.shift]
        entered += at >= spans.edges[entered + 1]
        _count(levels, entered, units.level[piece])
        waiting += np.bincount(entered[units.immature[piece]], minlength=spans.size)
    return list(zip(_reached(levels), waiting.tolist(), strict=True))


def _pieces(units: FunnelUnits) -> list[slice]:
    return [slice(first, first + _PIECE) for first in range(0, len(units.level), _PIECE)]


def _count(levels: np.ndarray, parts: np.ndarray, level: np.ndarray) -> None:
    cells = parts.astype(np.int64) * levels.shape[1] + level
    levels += np.bincount(cells, minlength=levels.size).reshape(levels.shape)


def _reached(levels: np.ndarray) -> list[list[int]]:
    # A unit at a step has reached the steps before it.
    return levels[:, :0:-1].cumsum(axis=1)[:, ::-1].tolist()
