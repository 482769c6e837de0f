"""Timestamps: milliseconds since 1970 in UTC, read from and written as ISO 8601; and the days, weeks, months and years of a time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_BEYOND_PYTHON = re.compile(
    r"(?P<day>.+[Tt ])((?P<midnight>24(:?00){0,2}([.,]0+)?)|(?P<minute>\d\d:?\d\d:?)60([.,]\d+)?)(?P<offset>[Zz+-].*)?", re.ASCII,
)
# The calendar's first and last milliseconds.
FIRST, LAST = ((end.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND for end in (datetime.min, datetime.max))


def milliseconds(text: str, zone: ZoneInfo) -> int:
    """The first whole millisecond at or after an ISO 8601 time.

    A time without an offset is UTC; a date alone is its midnight in the zone. `ValueError` for anything else, and for an instant
    outside the years 1 to 9999 of UTC.
    """
    try:
        # The difference of two aware datetimes of one zone ignores its offset changes, hence UTC first.
        ms = -((_EPOCH - _datetime(text, zone).astimezone(UTC)) // _MILLISECOND)
    except OverflowError as problem:
        raise ValueError(f"{text} is outside the years 1 to 9999") from problem
    if ms > LAST:
        raise ValueError(f"{text} is outside the years 1 to 9999")
    return ms


def _datetime(text: str, zone: ZoneInfo) -> datetime:
    if not any(separator in text for separator in "Tt "):
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=zone)
    beyond = _BEYOND_PYTHON.fullmatch(text)
    return _after(beyond) if beyond else _aware(text)


def _after(beyond: re.Match[str]) -> datetime:
    """The instant of a day's hour 24, or the first one after a leap second."""
    day, offset = beyond["day"], beyond["offset"] or ""
    if beyond["midnight"]:
        return _aware(f"{day}00:00{offset}" if "-" in day else f"{day}0000{offset}") + timedelta(days=1)
    after = _aware(f"{day}{beyond['minute']}59{offset}") + timedelta(seconds=1)
    if after.astimezone(UTC).time() != time():
        raise ValueError(f"{beyond[0]} is not a leap second: a leap second ends a day in UTC")
    return after


def _aware(text: str) -> datetime:
    # Python knows the Z by its capital only.
    read = datetime.fromisoformat(text.upper())
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def utc_datetime(ms: int) -> datetime:
    """The aware datetime, in UTC."""
    return _EPOCH + ms * _MILLISECOND


def local_date(ms: int, zone: ZoneInfo) -> date:
    """The day of a moment in a zone; the calendar's first or last where the zone's own lies outside it."""
    try:
        return utc_datetime(ms).astimezone(zone).date()
    except OverflowError:
        return date.min if ms < 0 else date.max


def midnight(day: date, zone: ZoneInfo) -> int:
    """The moment at which a day begins in a zone; the calendar's first where it begins before that."""
    try:
        return milliseconds(day.isoformat(), zone)
    except ValueError:
        return FIRST


def iso(ms: int) -> str:
    """ISO 8601 in UTC with milliseconds and Z, `2026-03-15T14:30:00.000Z`."""
    return utc_datetime(ms).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + f".{ms % 1000:03d}Z"


def shortest_iso(ms: int, zone: ZoneInfo) -> str:
    """The shortest text that `milliseconds` reads back: a date where it is a midnight of the zone."""
    try:
        as_date = utc_datetime(ms).astimezone(zone).date().isoformat()
        return as_date if milliseconds(as_date, zone) == ms else iso(ms)
    except (OverflowError, ValueError):
        # At the ends of the calendar the zone's day may begin before year 1 or lie after 9999.
        return iso(ms)


Grain = Literal["day", "week", "month", "year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "year")

HOUR = 3_600_000
DAY = 24 * HOUR


def calendar_edges(start: int, end: int, grain: Grain, zone: ZoneInfo) -> list[int]:
    """Where the days, weeks (from Monday), months or years of a zone begin that hold [start, end), and where the last one ends.

    What would begin or end outside the calendar begins or ends with it. A day that a zone skipped is none.
    """
    edges: list[int] = []
    for first in _firsts(local_date(start, zone), grain):
        edge = midnight(first, zone)
        if not edges:
            edges.append(edge if edge <= start else FIRST)
        elif edge > edges[-1]:
            edges.append(edge)
        if edges[-1] >= end:
            return edges
    return [*edges, LAST + 1]


def _firsts(day: date, grain: Grain) -> Iterator[date]:
    if grain == "week":
        day -= timedelta(days=day.weekday())
    elif grain == "month":
        day = day.replace(day=1)
    elif grain == "year":
        day = day.replace(month=1, day=1)
    with suppress(OverflowError):
        while True:
            yield day
            if grain == "year":
                day = (day + timedelta(days=366)).replace(month=1, day=1)
            elif grain == "month":
                day = (day + timedelta(days=31)).replace(day=1)
            else:
                day += timedelta(days=7 if grain == "week" else 1)
