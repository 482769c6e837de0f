"""Points in time: milliseconds since 1970 in UTC, and their spelling."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(text: str, zone: ZoneInfo) -> int:
    """The first whole millisecond at or after an ISO 8601 time.

    A time without an offset is UTC; a date alone is its midnight in the zone. `ValueError` for anything else.
    """
    if len(text) == 10:
        moment = datetime.combine(date.fromisoformat(text), time(), tzinfo=zone)
    else:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
    # The difference of two aware datetimes of one zone ignores its offset changes, hence UTC first.
    return -((_EPOCH - moment.astimezone(UTC)) // _MILLISECOND)


def moment(ms: int) -> datetime:
    """The aware datetime, in UTC."""
    return _EPOCH + ms * _MILLISECOND


def iso(ms: int) -> str:
    """ISO 8601 in UTC with milliseconds and Z, `2026-03-15T14:30:00.000Z`."""
    return moment(ms).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + f".{ms % 1000:03d}Z"


def shortest(ms: int, zone: ZoneInfo) -> str:
    """The shortest text that `milliseconds` reads back: a date where it is a midnight of the zone."""
    local = moment(ms).astimezone(zone)
    as_date = local.date().isoformat()
    try:
        same = milliseconds(as_date, zone) == ms
    except OverflowError:
        same = False
    return as_date if same else iso(ms)
