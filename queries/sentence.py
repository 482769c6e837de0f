"""A selection said in words."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.names import Names
from queries.filters import BY_NAME, Filter
from queries.selection import Selection
from queries.times import moment

_MANY = 4


def sentence(selection: Selection, names: Names) -> str:
    """What a selection shows, in words: `Interactions of type click, offer Platinum Card Upgrade, 1–31 March 2026 (UTC)`."""
    parts = [_said(BY_NAME[name], values, names) for name, values in selection.filters]
    if selection.start is not None or selection.end is not None:
        parts.append(period(selection))
    return f"Interactions of {', '.join(parts)}" if selection.filters else ", ".join(["All interactions", *parts])


def period(selection: Selection) -> str:
    """The period of a selection in words, in its time zone; whole days where its ends are midnights."""
    zone = ZoneInfo(selection.zone)
    start = None if selection.start is None else moment(selection.start).astimezone(zone)
    end = None if selection.end is None else moment(selection.end).astimezone(zone)
    if end is None:
        return f"since {_spelled(start)} ({selection.zone})"
    if start is None:
        return f"before {_spelled(end)} ({selection.zone})"
    if start.time() == time() and end.time() == time() and start < end:
        return f"{_days(start, end - timedelta(days=1))} ({selection.zone})"
    return f"from {_spelled(start)} to before {_spelled(end)} ({selection.zone})"


def _said(filter: Filter, values: tuple[str, ...], names: Names) -> str:
    labels = values if filter.dimension == "customer" else [names[filter.dimension].label(value) for value in values]
    if len(labels) > _MANY:
        return f"any of {len(labels)} {filter.plural}"
    *others, last = labels
    return f"{filter.label.lower()} " + (f"{', '.join(others)} or {last}" if others else last)


def _spelled(at: datetime) -> str:
    day = f"{at.day} {at:%B %Y}"
    if at.time() == time():
        return day
    return f"{day} {at:%H:%M}" + (f":{at:%S}" if at.second or at.microsecond else "") + (
        f".{at.microsecond // 1000:03d}" if at.microsecond else "")


def _days(first: datetime, last: datetime) -> str:
    if first.date() == last.date():
        return f"{last.day} {last:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%B %Y}"
    if first.year == last.year:
        return f"{first.day} {first:%B} – {last.day} {last:%B %Y}"
    return f"{first.day} {first:%B %Y} – {last.day} {last:%B %Y}"
