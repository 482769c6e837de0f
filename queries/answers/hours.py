"""When in the week a selection's interactions happen."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from data.columns.memory import recent
from data.columns.tally import aggregate
from data.columns.tenant import Tenant
from queries.asking.calendar import DAY, Spans, hours_of_week, joined
from queries.asking.measures import COUNTS, MEASURE, rate
from queries.asking.parameters import InvalidQuery, Problem
from queries.asking.periods import TimeRange, time_range
from queries.asking.selection import Selection

DAYS = 7
HOURS = 24
MOST_YEARS = 100

_YEAR = 366 * DAY


@dataclass(frozen=True)
class Heatmap:
    """Counts by weekday and hour of a time zone: `counts[measure]` is 7 × 24, Monday and 0:00 first."""

    zone: str
    counts: dict[str, list[list[int]]]

    def values(self, measure: str) -> list[list[int | float | None]]:
        """A count or a rate, by its id, 7 × 24; a rate is None where it has no whole."""
        asked = MEASURE[measure]
        if asked.numerator is None:
            return self.counts[measure]
        parts, wholes = self.counts[asked.numerator], self.counts[asked.denominator]
        return [
            [rate(asked, part, whole) for part, whole in zip(*hours, strict=True)]
            for hours in zip(parts, wholes, strict=True)
        ]


def heatmap(tenant: Tenant, selection: Selection) -> Heatmap:
    """A selection's counts by weekday and hour of its time zone; `InvalidQuery` where its rows span more than MOST_YEARS.

    A time of more than a year without any row of the log does not count towards those.
    """
    return recent(tenant, ("heatmap", selection), lambda: _heatmap(tenant, selection))


def _heatmap(tenant: Tenant, selection: Selection) -> Heatmap:
    covered = _counted(tenant, time_range(tenant, selection))
    stretches = _stretches(tenant, covered) if covered else []
    if not stretches:
        empty = np.zeros((DAYS, HOURS), np.int64)
        return Heatmap(selection.zone, {measure.id: empty.tolist() for measure in COUNTS})
    spans = _spans(stretches, ZoneInfo(selection.zone))
    counted = aggregate(tenant, selection, spans=spans, only_rows=True)
    return Heatmap(selection.zone, {
        measure.id: counted.counts(measure.id).reshape(DAYS, HOURS).tolist() for measure in COUNTS
    })


def _spans(stretches: list[TimeRange], zone: ZoneInfo) -> Spans:
    if sum(stretch.end - stretch.start for stretch in stretches) <= MOST_YEARS * _YEAR:
        return joined([hours_of_week(stretch.start, stretch.end, zone) for stretch in stretches])
    message = f"the hours of a week can be counted over at most {MOST_YEARS} years; choose a later from or an earlier to"
    raise InvalidQuery([Problem("from", message)])


def _stretches(tenant: Tenant, covered: TimeRange) -> list[TimeRange]:
    """The parts of a time that hold rows of the log; all of it where it is short enough to be looked at hour by hour."""
    if covered.end - covered.start <= MOST_YEARS * _YEAR:
        return [covered]
    times = tenant.log.timestamp
    first, end = np.searchsorted(times, [covered.start, covered.end])
    times = times[first:end]
    if not len(times):
        return []
    gaps = np.flatnonzero(np.diff(times) > _YEAR)
    firsts, lasts = times[np.append(0, gaps + 1)], times[np.append(gaps, len(times) - 1)]
    return [TimeRange(int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True)]


def _counted(tenant: Tenant, covered: TimeRange | None) -> TimeRange | None:
    # Beyond the log there is nothing to count, and bounds may lie as far apart as the calendar's.
    oldest, newest = tenant.oldest(), tenant.newest()
    if covered is None or oldest is None:
        return None
    start, end = max(covered.start, oldest), min(covered.end, newest + 1)
    return TimeRange(start, end) if start < end else None
