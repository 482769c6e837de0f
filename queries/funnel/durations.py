"""How long units take from their entry to a step."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000

# Where the bars of a histogram begin. The first holds the units that need no time at all.
EDGES = (
    0, 1, _SECOND, 10 * _SECOND, 30 * _SECOND, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR,
    12 * _HOUR, _DAY, 2 * _DAY, 3 * _DAY, 5 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 60 * _DAY, 90 * _DAY, 180 * _DAY, 366 * _DAY,
)


@dataclass(frozen=True)
class Bar:
    """So many units took from `start` to less than `end` milliseconds; an `end` of None is open."""

    start: int
    end: int | None
    units: int


@dataclass(frozen=True)
class Durations:
    """The times of `n` units in seconds, those of no time among them; all None where there are none.

    A percentile lies between the two nearest of the sorted times, in proportion (numpy's `linear`): that of share q of n times
    is at place q·(n - 1), counted from 0. `histogram` has a bar for each of EDGES up to the longest time.
    """

    n: int
    mean: float | None
    p25: float | None
    median: float | None
    p75: float | None
    p90: float | None
    histogram: tuple[Bar, ...]


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


def _histogram(ordered: np.ndarray) -> tuple[Bar, ...]:
    bars = bisect_right(EDGES, int(ordered[-1]))
    firsts = np.searchsorted(ordered, EDGES[:bars]).tolist()
    ends = [*EDGES[1:], None][:bars]
    return tuple(
        Bar(start, end, after - first) for start, end, first, after in zip(EDGES, ends, firsts, [*firsts[1:], len(ordered)], strict=False)
    )
