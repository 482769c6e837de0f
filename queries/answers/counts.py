"""Whether a count is more, or less, than chance makes of it, given how the days before it strayed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from math import fsum, sqrt
from zoneinfo import ZoneInfo

from data.engine import Edges, Tenant
from queries.answers.comparison import PeriodComparison
from queries.answers.rates import ALARM, Verdict, holm, two_sided
from queries.asking.measures import COUNTS
from queries.asking.periods import TimeRange, with_time_range
from queries.asking.selection import Selection
from queries.asking.times import DAY, calendar_edges, milliseconds, utc_datetime

WEEK = 7
WEEKS_BEFORE = 4
FEWEST = 100


def deviations(now: int, before: int, times: float, noise: float) -> float:
    """How far a count lies from the usual, in standard deviations of what chance alone would make of both.

    `before` counts a stretch in which so many `times` as much is usual; `noise` is as `noise_of` says.
    """
    mean = (now + before) / (times + 1)
    return (now - before / times) / sqrt(noise * mean * (1 + 1 / times))


def noise_of(days: Sequence[int]) -> float:
    """The variance of a day's count about its weekday's mean as a multiple of that mean, at least 1, which is pure chance.

    `days` are the counts of whole weeks, day by day.
    """
    weekdays = [(mean, days[weekday::WEEK]) for weekday, mean in enumerate(_rhythm(days)) if mean > 0]
    if not weekdays:
        return 1.0
    strayed = fsum((count - mean) ** 2 / mean for mean, counts in weekdays for count in counts)
    return max(1.0, strayed / (len(weekdays) * (len(days) // WEEK - 1)))


def _rhythm(days: Sequence[int]) -> list[float]:
    """The mean count of each weekday over whole weeks, from the first day's on."""
    return [sum(days[weekday::WEEK]) / (len(days) // WEEK) for weekday in range(WEEK)]


def midnights(last: date, days: int, zone: ZoneInfo) -> list[int] | None:
    """Where so many days before a day begin, and where the last of them ends; None where the calendar has no such days."""
    try:
        return [milliseconds((last - timedelta(days=back)).isoformat(), zone) for back in range(days, -1, -1)]
    except (OverflowError, ValueError):
        return None


def count_changes(tenant: Tenant, selection: Selection, compared: PeriodComparison, measures: Sequence[str]) -> dict[str, Verdict]:
    """The verdict on each of some counts, by their ids; measures that are no counts are left out, and all where nothing can be said."""
    counts = tuple(measure.id for measure in COUNTS if measure.id in measures)
    return tenant.remembered(("count changes", selection, counts), lambda: _count_changes(tenant, selection, compared, counts))


def _count_changes(tenant: Tenant, selection: Selection, compared: PeriodComparison, counts: tuple[str, ...]) -> dict[str, Verdict]:
    period, before, zone, log = compared.period, compared.before_period, ZoneInfo(selection.zone), tenant.span()
    if log is None or period is None or before is None or compared.before is None or not compared.is_complete:
        return {}
    if min(period.end - period.start, before.end - before.start) < WEEK * DAY:
        return {}
    edges = midnights(utc_datetime(period.start).astimezone(zone).date(), WEEKS_BEFORE * WEEK, zone)
    if edges is None or log.oldest > edges[0]:
        return {}
    weeks = tenant.counts(with_time_range(selection, TimeRange(edges[0], edges[-1])), buckets=Edges(tuple(edges)), only_rows=True)
    chances: dict[str, float] = {}
    verdicts: dict[str, Verdict] = dict.fromkeys(counts, "too few to say")
    for id in counts:
        days = weeks.series(id)[None]
        now, then = compared.now.count(id), compared.before.count(id)
        times = _times(days, period, before, zone)
        if max(now, then / times) >= FEWEST:
            chances[id] = two_sided(deviations(now, then, times, noise_of(days)))
            verdicts[id] = "higher" if now > then / times else "lower"
    for id, p in zip(chances, holm(list(chances.values())), strict=True):
        if p >= ALARM:
            verdicts[id] = "no clear difference"
    return verdicts


def _times(days: Sequence[int], period: TimeRange, before: TimeRange, zone: ZoneInfo) -> float:
    """How many times as much is usual in the period before, by the weekdays of both; 1 where the four weeks say nothing of them."""
    rhythm = _rhythm(days)
    usual, usual_before = _usual(rhythm, period, period, zone), _usual(rhythm, before, period, zone)
    return usual_before / usual if usual and usual_before else 1.0


def _usual(rhythm: Sequence[float], covered: TimeRange, period: TimeRange, zone: ZoneInfo) -> float:
    # The rhythm's first weekday is that of the period's first day, from which whole weeks were counted back.
    first = utc_datetime(period.start).astimezone(zone).date()
    edges = calendar_edges(covered.start, covered.end, "day", zone)
    total = 0.0
    for start, end in pairwise(edges):
        day = (utc_datetime(start).astimezone(zone).date() - first) // timedelta(days=1)
        total += rhythm[day % WEEK] * (min(end, covered.end) - max(start, covered.start)) / (end - start)
    return total
