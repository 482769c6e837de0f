"""A period cut into the days, weeks, months or years of a time zone, no more than can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from data.tenant import Tenant
from queries.bounds import Bounds, bounds
from queries.recent import recent
from queries.selection import Selection
from queries.spans import DAY, HOUR, Grain, Spans, calendar_edges, each
from queries.times import local_date

GRAINS: tuple[Grain, ...] = ("day", "week", "month", "year")
MOST_BUCKETS = 10_000

_SHORTEST = {"day": DAY - 12 * HOUR, "week": 6 * DAY, "month": 27 * DAY, "year": 364 * DAY}


@dataclass(frozen=True)
class Buckets:
    """Every day, week, month or year that a period touches, oldest first, each span one.

    `grain` is the finest, from the one that was asked for on, of which there are at most MOST_BUCKETS. `dates` are their first days in
    the time zone (ISO); `partial` says which are cut by the period, by the log's beginning or by its clock. A row in the first or the
    last hour of a bucket speaks for the whole of it.
    """

    grain: Grain
    spans: Spans
    dates: list[str]
    partial: list[bool]


def buckets(tenant: Tenant, selection: Selection, grain: Grain) -> Buckets | None:
    """The buckets of a selection's period in its time zone; None where it has no time.

    Weeks begin on Mondays. An end that the selection leaves open is that of the tenant's whole log.
    """
    covered = bounds(tenant, selection)
    if covered is None or covered.start == covered.end:
        return None
    return recent(
        tenant, ("buckets", selection.start, selection.end, selection.zone, grain), lambda: _buckets(tenant, selection, covered, grain)
    )


def fitting_grain(tenant: Tenant, selection: Selection, grain: Grain) -> Grain:
    """The grain that a selection's period is counted by where one is asked for: that one, or a coarser one."""
    found = buckets(tenant, selection, grain)
    return grain if found is None else found.grain


def _buckets(tenant: Tenant, selection: Selection, covered: Bounds, asked: Grain) -> Buckets:
    zone = ZoneInfo(selection.zone)
    for grain in GRAINS[GRAINS.index(asked):]:
        # A first look without the calendar: years always fit.
        if (covered.end - covered.start) // _SHORTEST[grain] <= 2 * MOST_BUCKETS:
            edges = calendar_edges(covered.start, covered.end, grain, zone)
            if len(edges) <= MOST_BUCKETS + 1:
                break
    oldest, clock = tenant.oldest(), tenant.clock()

    def is_cut(start: int, end: int) -> bool:
        if start < covered.start and selection.start is not None or covered.end < end and selection.end is not None:
            return True
        # The log does not say whether its first and last days are whole; a row in their first or last hour does.
        return oldest is not None and (start + HOUR <= oldest < end or start <= clock < end - HOUR)

    dates = [local_date(edge, zone).isoformat() for edge in edges[:-1]]
    return Buckets(grain, each(edges), dates, [is_cut(*bucket) for bucket in zip(edges, edges[1:])])
