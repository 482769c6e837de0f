"""Whether a count is more, or less, than chance makes of it, given how the days before it strayed."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt
from zoneinfo import ZoneInfo

import numpy as np

from queries.times import milliseconds

WEEK = 7
WEEKS_BEFORE = 4
FEWEST = 100


def deviations(now: int, before: int, times: float, noise: float) -> float:
    """How far a count lies from the usual, in standard deviations of what chance alone would make of both.

    `before` counts a stretch in which so many `times` as much is usual; `noise` is as `noise_of` says.
    """
    mean = (now + before) / (times + 1)
    return (now - before / times) / sqrt(noise * mean * (1 + 1 / times))


def noise_of(days: np.ndarray) -> float:
    """The variance of a day's count about its weekday's mean as a multiple of that mean, at least 1, which is pure chance.

    `days` are the counts of whole weeks, day by day.
    """
    weeks = days.reshape(-1, WEEK)
    means = weeks.mean(axis=0)
    seen = means > 0
    if not seen.any():
        return 1.0
    strayed = ((weeks[:, seen] - means[seen]) ** 2 / means[seen]).sum()
    return max(1.0, float(strayed / (seen.sum() * (len(weeks) - 1))))


def midnights(last: date, days: int, zone: ZoneInfo) -> list[int] | None:
    """Where so many days before a day begin, and where the last of them ends; None where the calendar has no such days."""
    try:
        return [milliseconds((last - timedelta(days=back)).isoformat(), zone) for back in range(days, -1, -1)]
    except (OverflowError, ValueError):
        return None
