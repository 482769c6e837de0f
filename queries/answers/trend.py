"""A period cut into the days, weeks, months or years of a time zone, no more than can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from data.engine import Edges, Tenant
from queries.asking.measures import Figures
from queries.asking.parameters import Parameter, one_of
from queries.asking.periods import LogSpan, TimeRange, time_range
from queries.asking.selection import Selection
from queries.asking.times import DAY, GRAINS, HOUR, Grain, calendar_edges, local_date

MOST_BUCKETS = 10_000

GRAIN = Parameter(
    "grain", one_of(*GRAINS), "How long a bucket is, in the calendar of `tz`; weeks begin on Mondays.", "day",
    schema=(("type", "string"), ("enum", list(GRAINS)), ("default", "day")),
)

_SHORTEST = {"day": DAY - 12 * HOUR, "week": 6 * DAY, "month": 27 * DAY, "year": 364 * DAY}


@dataclass(frozen=True)
class Buckets:
    """Every day, week, month or year that a period touches, oldest first.

    `grain` is the finest, from the one that was asked for on, of which there are at most MOST_BUCKETS. `dates` are their first days in
    the time zone (ISO); `partial` says which are cut by the period, by the log's beginning or by its clock. A row in the first or the
    last hour of a bucket speaks for the whole of it.
    """

    grain: Grain
    edges: Edges
    dates: list[str]
    partial: list[bool]


def buckets(tenant: Tenant, selection: Selection, grain: Grain) -> Buckets | None:
    """The buckets of a selection's period in its time zone; None where it has no time.

    Weeks begin on Mondays. An end that the selection leaves open is that of the tenant's whole log.
    """
    log = tenant.span()
    covered = time_range(log, selection)
    if covered is None or covered.start == covered.end:
        return None
    period = selection.start, selection.end, selection.zone
    return tenant.remembered(("buckets", period, grain), lambda: _buckets(log, selection, covered, grain))


def fitting_grain(tenant: Tenant, selection: Selection, grain: Grain) -> Grain:
    """The grain that a selection's period is counted by where one is asked for: that one, or a coarser one."""
    found = buckets(tenant, selection, grain)
    return grain if found is None else found.grain


def _buckets(log: LogSpan | None, selection: Selection, covered: TimeRange, asked: Grain) -> Buckets:
    zone = ZoneInfo(selection.zone)
    grain, edges = _fitting_edges(covered, asked, zone)

    def is_cut(start: int, end: int) -> bool:
        if (start < covered.start and selection.start is not None) or (covered.end < end and selection.end is not None):
            return True
        # The log does not say whether its first and last days are whole; a row in their first or last hour does.
        return log is not None and (start + HOUR <= log.oldest < end or start <= log.clock < end - HOUR)

    dates = [local_date(edge, zone).isoformat() for edge in edges[:-1]]
    cut = Edges(tuple(edges))
    return Buckets(grain, cut, dates, [is_cut(*bucket) for bucket in cut.ranges()])


def _fitting_edges(covered: TimeRange, asked: Grain, zone: ZoneInfo) -> tuple[Grain, list[int]]:
    """The finest grain from the asked one on that cuts a time range into few enough buckets, and where those begin and end."""
    for grain in GRAINS[GRAINS.index(asked):-1]:
        # A first look without the calendar.
        if (covered.end - covered.start) // _SHORTEST[grain] <= 2 * MOST_BUCKETS:
            edges = calendar_edges(covered.start, covered.end, grain, zone)
            if len(edges) <= MOST_BUCKETS + 1:
                return grain, edges
    # The calendar has fewer years than that.
    return GRAINS[-1], calendar_edges(covered.start, covered.end, GRAINS[-1], zone)


@dataclass(frozen=True)
class Part:
    """So many of a bucket's days, or of its hours, of which anything counts: each as one, however little of it does."""

    seen: int
    whole: int
    unit: Literal["days", "hours"]


def cut_buckets(tenant: Tenant, selection: Selection, grain: Grain) -> dict[str, Part]:
    """What counts of each bucket that is cut, by its first day (ISO): in days, or in hours where each of its days has its part."""
    log = tenant.span()
    cut, covered, zone = buckets(tenant, selection, grain), time_range(log, selection), ZoneInfo(selection.zone)
    if log is None or cut is None or covered is None:
        return {}
    first, last = max(covered.start, log.oldest), min(covered.end, log.clock + 1)
    return {
        date: _part(start, end, max(start, first), min(end, last), zone)
        for date, (start, end), partial in zip(cut.dates, cut.edges.ranges(), cut.partial, strict=True) if partial
    }


def _part(start: int, end: int, first: int, last: int, zone: ZoneInfo) -> Part:
    whole = _days(start, end, zone)
    seen = _days(first, last, zone)
    if seen < whole > 1:
        return Part(seen, whole, "days")
    # A begun hour counts as one: rounded down from its start, and up at its end.
    return Part(max(-((start - last) // HOUR) - (first - start) // HOUR, 0), -((start - end) // HOUR), "hours")


def _days(first: int, last: int, zone: ZoneInfo) -> int:
    return (local_date(last - 1, zone) - local_date(first, zone)).days + 1 if first < last else 0


@dataclass(frozen=True)
class Bucket:
    """A day, week, month or year from `start` to before `end`, in milliseconds, with what the selection has in it.

    `counts` has every type that the selection has anywhere in its period. `date` is its first day in the selection's time zone (ISO);
    it is `partial` where the period, the log's beginning or the log's clock cuts it.
    """

    start: int
    end: int
    counts: dict[str, int]
    figures: Figures
    date: str
    partial: bool = False


def trend(tenant: Tenant, selection: Selection, grain: Grain = "day") -> list[Bucket]:
    """Every bucket that the selection's period touches, oldest first, in the selection's time zone; weeks begin on Mondays.

    An end that the selection leaves open is that of the tenant's whole log. The buckets are those of `fitting_grain`.
    """
    return tenant.remembered(("trend", selection, grain), lambda: _trend(tenant, selection, grain))


def _trend(tenant: Tenant, selection: Selection, grain: Grain) -> list[Bucket]:
    cut = buckets(tenant, selection, grain)
    if cut is None:
        return []
    counted = tenant.counts(selection, buckets=cut.edges)
    types = counted.types()
    return [
        Bucket(start, end, {type: rows[nth] for type, rows in types.items()}, counted.figures(bucket=nth), date, partial)
        for nth, ((start, end), date, partial) in enumerate(zip(cut.edges.ranges(), cut.dates, cut.partial, strict=True))
    ]


@dataclass(frozen=True)
class Sparklines:
    """A count over time for each value of a dimension: `counts[id]` has an entry a bucket, `starts` are their milliseconds."""

    starts: list[int]
    counts: dict[str | None, list[int]]


def sparklines(tenant: Tenant, selection: Selection, by: str, measure: str, grain: Grain = "day") -> Sparklines:
    """One of the counts, such as `click`, over time for each value of a dimension that has any."""
    return tenant.remembered(("sparklines", selection, by, measure, grain), lambda: _sparklines(tenant, selection, by, measure, grain))


def _sparklines(tenant: Tenant, selection: Selection, by: str, measure: str, grain: Grain) -> Sparklines:
    cut = buckets(tenant, selection, grain)
    if cut is None:
        return Sparklines([], {})
    counted = tenant.counts(selection, by, cut.edges, only_rows=True).series(measure)
    return Sparklines(list(cut.edges.at[:-1]), {id: counts for id, counts in counted.items() if any(counts)})
