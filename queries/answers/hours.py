"""When in the week a selection's interactions happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.engine import HoursOfWeek, Tenant
from queries.asking.measures import COUNTS, MEASURE, rate
from queries.asking.parameters import InvalidQuery, Problem
from queries.asking.periods import LogSpan, TimeRange, time_range
from queries.asking.selection import Selection
from queries.asking.times import DAY

DAYS = 7
HOURS = 24
MOST_YEARS = 100

_YEAR = 366 * DAY


@dataclass(frozen=True)
class Heatmap:
    """Counts by weekday and hour of a time zone: `counts[measure]` is 7 × 24, Monday and 0:00 first."""

    zone: str
    counts: dict[str, list[list[int]]]

    def values(self, measure: str) -> Sequence[Sequence[int | float | None]]:
        """A count or a rate, by its id, 7 × 24; a rate is None where it has no whole."""
        asked = MEASURE[measure]
        if asked.numerator is None or asked.denominator is None:
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
    return tenant.remembered(("heatmap", selection), lambda: _heatmap(tenant, selection))


def _heatmap(tenant: Tenant, selection: Selection) -> Heatmap:
    covered = _counted(tenant.span(), selection)
    stretches = _stretches(tenant, covered) if covered else []
    if not stretches:
        return Heatmap(selection.zone, {measure.id: [[0] * HOURS for _ in range(DAYS)] for measure in COUNTS})
    if sum(stretch.end - stretch.start for stretch in stretches) > MOST_YEARS * _YEAR:
        message = f"the hours of a week can be counted over at most {MOST_YEARS} years; choose a later from or an earlier to"
        raise InvalidQuery([Problem("from", message)])
    counted = tenant.counts(selection, buckets=HoursOfWeek(selection.zone, tuple(stretches)), only_rows=True)
    return Heatmap(selection.zone, {measure.id: _by_day(counted.series(measure.id)[None]) for measure in COUNTS})


def _by_day(hours: list[int]) -> list[list[int]]:
    return [hours[day * HOURS:(day + 1) * HOURS] for day in range(DAYS)]


def _stretches(tenant: Tenant, covered: TimeRange) -> list[TimeRange]:
    """The parts of a time that hold rows of the log; all of it where it is short enough to be looked at hour by hour."""
    return [covered] if covered.end - covered.start <= MOST_YEARS * _YEAR else tenant.stretches(covered, _YEAR)


def _counted(log: LogSpan | None, selection: Selection) -> TimeRange | None:
    # Beyond the log there is nothing to count, and bounds may lie as far apart as the calendar's.
    covered = time_range(log, selection)
    if covered is None or log is None:
        return None
    start, end = max(covered.start, log.oldest), min(covered.end, log.newest + 1)
    return TimeRange(start, end) if start < end else None
