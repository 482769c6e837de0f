"""Points in time: milliseconds since 1970 in UTC, and their spelling."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND


def milliseconds(text: str, zone: ZoneInfo) -> int:
    """The first whole millisecond at or after an ISO 8601 time.

    A time without an offset is UTC; a date alone is its midnight in the zone. `ValueError` for anything else, and for an instant
    outside the years 1 to 9999 of UTC.
    """
    try:
        # The difference of two aware datetimes of one zone ignores its offset changes, hence UTC first.
        ms = -((_EPOCH - _datetime(text, zone).astimezone(UTC)) // _MILLISECOND)
    except OverflowError as problem:
        raise ValueError(f"{text} lies outside the years 1 to 9999") from problem
    if ms > _LAST:
        raise ValueError(f"{text} lies outside the years 1 to 9999")
    return ms


def _datetime(text: str, zone: ZoneInfo) -> datetime:
    if not any(separator in text for separator in "Tt "):
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=zone)
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def moment(ms: int) -> datetime:
    """The aware datetime, in UTC."""
    return _EPOCH + ms * _MILLISECOND


def iso(ms: int) -> str:
    """ISO 8601 in UTC with milliseconds and Z, `2026-03-15T14:30:00.000Z`."""
    return moment(ms).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + f".{ms % 1000:03d}Z"


def shortest(ms: int, zone: ZoneInfo) -> str:
    """The shortest text that `milliseconds` reads back: a date where it is a midnight of the zone."""
    try:
        as_date = moment(ms).astimezone(zone).date().isoformat()
        return as_date if milliseconds(as_date, zone) == ms else iso(ms)
    except (OverflowError, ValueError):
        # At the ends of the calendar the zone's day may begin before year 1 or lie after 9999.
        return iso(ms)
