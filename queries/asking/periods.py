"""Periods: the last days of a log, days from a calendar, and the time range that a selection covers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from queries.asking.selection import Selection
from queries.asking.times import LAST, local_date, midnight, milliseconds, shortest_iso, utc_datetime

LAST_DAYS = (1, 7, 14, 30, 90)
LATEST = date(9999, 12, 30)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DateRange:
    """Whole days, both ends included; None where an end is open."""

    first: date | None = None
    last: date | None = None


def day(ms: int, zone: str) -> date:
    """The calendar day of a moment in a time zone; never the calendar's last, so that each has one after it."""
    return min(local_date(ms, ZoneInfo(zone)), LATEST)


def first_of_last_days(clock: int, days: int, zone: str) -> date:
    """The first of so many days, of which the one of the log's clock is the last; the calendar's first where it has fewer."""
    return date.fromordinal(max(1, local_date(clock, ZoneInfo(zone)).toordinal() - (days - 1)))


def end_of_day(ms: int, zone: str) -> int | None:
    """The midnight after a moment in a time zone; None where the calendar ends before."""
    today = local_date(ms, ZoneInfo(zone))
    return None if today == date.max else midnight(today + _DAY, ZoneInfo(zone))


def comparable_last_days(oldest: int, clock: int, most: int, zone: str) -> int | None:
    """The largest of LAST_DAYS, no more than `most`, that a log holds twice over, one after the other; None where it holds none."""
    length = (day(clock, zone) - day(oldest, zone)).days + 1
    return max((days for days in LAST_DAYS if days <= most and 2 * days <= length), default=None)


def of_last_days(selection: Selection, clock: int, days: int, has_future: bool) -> Selection:
    """The selection of so many days, of which the one of the log's clock is the last.

    It is open to its end, unless the log has rows of the future: then it ends with that day.
    """
    start = midnight(first_of_last_days(clock, days, selection.zone), ZoneInfo(selection.zone))
    return replace(selection, start=start, end=end_of_day(clock, selection.zone) if has_future else None)


def chosen_last_days(selection: Selection, clock: int, has_future: bool) -> int | None:
    """Which of LAST_DAYS a selection's period is; None where it is another one, or all of the log."""
    return next((days for days in LAST_DAYS if of_last_days(selection, clock, days, has_future) == selection), None)


def touched_dates(selection: Selection) -> DateRange:
    """The days that a selection's period touches, in its time zone."""
    start, end, zone = selection.start, selection.end, selection.zone
    return DateRange(None if start is None else day(start, zone), None if end is None else day(end - 1, zone))


def dates_of_log(oldest: int, clock: int, zone: str) -> DateRange:
    """The days of a log, from its oldest interaction to its clock."""
    return DateRange(day(oldest, zone), day(clock, zone))


def period_pairs(chosen: DateRange, selection: Selection | None = None) -> list[tuple[str, str]]:
    """The parameters `from` and `to` for a date range; `to` is the day after its last day.

    An end that is still the day of the selection's own keeps that moment, which may lie within the day.
    """
    start = end = None
    kept, zone = DateRange(), ZoneInfo("UTC")
    if selection is not None:
        start, end, kept, zone = selection.start, selection.end, touched_dates(selection), ZoneInfo(selection.zone)
    pairs = []
    if chosen.first is not None:
        is_kept = chosen.first == kept.first
        pairs.append(("from", shortest_iso(start, zone) if is_kept and start is not None else chosen.first.isoformat()))
    if chosen.last is not None:
        is_kept = chosen.last == kept.last
        pairs.append(("to", shortest_iso(end, zone) if is_kept and end is not None else (chosen.last + _DAY).isoformat()))
    return pairs


@dataclass(frozen=True)
class TimeRange:
    """The time from `start` to before `end`, in milliseconds."""

    start: int
    end: int


@dataclass(frozen=True)
class LogSpan:
    """The time that a log with interactions covers, in milliseconds: its oldest, its newest, and the log's clock.

    It has so many `rows`, of which `future_rows` are later than the clock.
    """

    oldest: int
    newest: int
    clock: int
    rows: int
    future_rows: int


def time_range(log: LogSpan | None, selection: Selection) -> TimeRange | None:
    """The time of a selection; an end left open is that of the whole log. None where the log is empty as well."""
    start, end = selection.start, selection.end
    if log is not None:
        start = log.oldest if start is None else start
        end = log.newest + 1 if end is None else end
    return None if start is None or end is None else TimeRange(start, max(start, end))


def previous_time_range(covered: TimeRange, zone: ZoneInfo) -> TimeRange | None:
    """The time of equal length before this one. None where it would begin before the calendar does.

    Bounds that begin at a midnight of the zone are moved back by the days they touch, so that days are held against whole days and
    the first hours of a day against the same hours. Others are moved back by their length.
    """
    try:
        first, last = (utc_datetime(ms).astimezone(zone) for ms in (covered.start, min(covered.end, LAST)))
        if _is_midnight(first, zone):
            days = last.date() - first.date() + timedelta(days=not _is_midnight(last, zone))
            start = milliseconds((first.date() - days).isoformat(), zone)
            return TimeRange(start, min(_moved_back(last, days, zone), covered.start))
        start = 2 * covered.start - covered.end
        utc_datetime(start)
        return TimeRange(start, covered.start)
    except (OverflowError, ValueError):
        return None


def _is_midnight(local: datetime, zone: ZoneInfo) -> bool:
    return milliseconds(local.isoformat(), zone) == milliseconds(local.date().isoformat(), zone)


def _moved_back(local: datetime, days: timedelta, zone: ZoneInfo) -> int:
    # The calendar's day keeps its midnight, which clocks can make another hour than 0:00.
    moved = local - days
    return milliseconds(moved.date().isoformat() if _is_midnight(local, zone) else moved.isoformat(), zone)


def time_range_of_last_days(clock: int, days: int, zone: str) -> TimeRange:
    """The last days of a log, from a midnight of the zone up to the log's clock."""
    return TimeRange(midnight(first_of_last_days(clock, days, zone), ZoneInfo(zone)), clock + 1)


def with_time_range(selection: Selection, covered: TimeRange) -> Selection:
    """The selection with these bounds instead of its own."""
    return replace(selection, start=covered.start, end=covered.end)
