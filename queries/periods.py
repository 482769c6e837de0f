"""The periods that people ask for: the last days of a log, and days of their choice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from queries.selection import Selection
from queries.times import local_date, midnight, shortest

LAST_DAYS = (1, 7, 14, 30, 90)
LATEST = date(9999, 12, 30)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """Whole days, both ends included; None where an end is open."""

    first: date | None = None
    last: date | None = None


def day(ms: int, zone: str) -> date:
    """The calendar day of a moment in a time zone; never the calendar's last, so that each has one after it."""
    return min(local_date(ms, ZoneInfo(zone)), LATEST)


def last_days(clock: int, days: int, zone: str) -> date:
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
    start = midnight(last_days(clock, days, selection.zone), ZoneInfo(selection.zone))
    return replace(selection, start=start, end=end_of_day(clock, selection.zone) if has_future else None)


def chosen_last_days(selection: Selection, clock: int, has_future: bool) -> int | None:
    """Which of LAST_DAYS a selection's period is; None where it is another one, or all of the log."""
    return next((days for days in LAST_DAYS if of_last_days(selection, clock, days, has_future) == selection), None)


def days(selection: Selection) -> Days:
    """The days that a selection's period touches, in its time zone."""
    start, end, zone = selection.start, selection.end, selection.zone
    return Days(None if start is None else day(start, zone), None if end is None else day(end - 1, zone))


def whole_log(oldest: int, clock: int, zone: str) -> Days:
    """The days of a log, from its oldest interaction to its clock."""
    return Days(day(oldest, zone), day(clock, zone))


def period_pairs(chosen: Days, selection: Selection | None = None) -> list[tuple[str, str]]:
    """The words `from` and `to` for some days; `to` is the day after the last one.

    An end that is still the day of the selection's own keeps that moment, which may lie within the day.
    """
    kept = days(selection) if selection else Days()
    words = []
    if chosen.first is not None:
        unchanged = chosen.first == kept.first
        words.append(("from", shortest(selection.start, ZoneInfo(selection.zone)) if unchanged else chosen.first.isoformat()))
    if chosen.last is not None:
        unchanged = chosen.last == kept.last
        words.append(("to", shortest(selection.end, ZoneInfo(selection.zone)) if unchanged else (chosen.last + _DAY).isoformat()))
    return words
