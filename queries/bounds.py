"""The time that a selection covers, and the time before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.tenant import Tenant
from queries.periods import last_days
from queries.selection import Selection
from queries.times import LAST, midnight, milliseconds, moment


@dataclass(frozen=True)
class Bounds:
    """The time from `start` to before `end`, in milliseconds."""

    start: int
    end: int


def bounds(tenant: Tenant, selection: Selection) -> Bounds | None:
    """The time of a selection; an end left open is that of the tenant's whole log. None where the log is empty as well."""
    oldest, newest = tenant.oldest(), tenant.newest()
    start = oldest if selection.start is None else selection.start
    end = newest if selection.end is None else selection.end - 1
    if start is None or end is None:
        return None
    return Bounds(start, max(start, end + 1))


def bounds_before(covered: Bounds, zone: ZoneInfo) -> Bounds | None:
    """The time of equal length before this one. None where it would begin before the calendar does.

    Bounds that begin at a midnight of the zone are moved back by the days they touch, so that days are held against whole days and
    the first hours of a day against the same hours. Others are moved back by their length.
    """
    try:
        first, last = (moment(ms).astimezone(zone) for ms in (covered.start, min(covered.end, LAST)))
        if _is_midnight(first, zone):
            days = last.date() - first.date() + timedelta(days=not _is_midnight(last, zone))
            start = milliseconds((first.date() - days).isoformat(), zone)
            return Bounds(start, min(_moved_back(last, days, zone), covered.start))
        start = 2 * covered.start - covered.end
        moment(start)
        return Bounds(start, covered.start)
    except (OverflowError, ValueError):
        return None


def _is_midnight(local: datetime, zone: ZoneInfo) -> bool:
    return milliseconds(local.isoformat(), zone) == milliseconds(local.date().isoformat(), zone)


def _moved_back(local: datetime, days: timedelta, zone: ZoneInfo) -> int:
    # The calendar's day keeps its midnight, which clocks can make another hour than 0:00.
    moved = local - days
    return milliseconds(moved.date().isoformat() if _is_midnight(local, zone) else moved.isoformat(), zone)


def bounds_of_last_days(tenant: Tenant, days: int, zone: str) -> Bounds | None:
    """The last days of the log, from a midnight of the zone up to the log's clock. None where the log is empty."""
    clock = tenant.clock()
    return None if clock is None else Bounds(midnight(last_days(clock, days, zone), ZoneInfo(zone)), clock + 1)


def within(selection: Selection, covered: Bounds) -> Selection:
    """The selection with these bounds instead of its own."""
    return replace(selection, start=covered.start, end=covered.end)
