"""A selection as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from queries.asking.filters import FILTERS, Filter
from queries.asking.names import Names, visible
from queries.asking.periods import touched_dates
from queries.asking.selection import Selection
from queries.asking.times import iso, shortest_iso, utc_datetime

_MANY = 4


def sentence(selection: Selection, names: Names) -> str:
    """What a selection shows, in words: `Interactions of type click, offer Platinum Card Upgrade, 1–31 March 2026 (UTC)`."""
    parts = [_said(filter, selection, names) for filter in FILTERS if selection.values(filter.name)]
    of = "of " if parts else ""
    parts += [_said_not(filter, selection, names) for filter in FILTERS if selection.excluded(filter.name)]
    without = [f"without {filter.a}" for filter in FILTERS if selection.passing(filter.name) == (None,)]
    said = f"Interactions {of}{', '.join(parts)}" if parts else "Interactions" if without else "All interactions"
    if without:
        said += f"{', ' if parts else ' '}{', '.join(without)}"
    return f"{said}, {period_phrase(selection)}" if selection.start is not None or selection.end is not None else said


def period_phrase(selection: Selection) -> str:
    """The period of a selection in words, in its time zone; whole days where its ends are the beginnings of days."""
    zone = ZoneInfo(selection.zone)
    if selection.start is None:
        return "the whole log" if selection.end is None else f"before {_spelled(selection.end, zone)} ({zone.key})"
    if selection.end is None:
        return f"since {_spelled(selection.start, zone)} ({zone.key})"
    first, end = _day(selection.start, zone), _day(selection.end, zone)
    if first and end and first < end:
        return f"{_days(first, end - timedelta(days=1))} ({zone.key})"
    return f"from {_spelled(selection.start, zone)} to before {_spelled(selection.end, zone)} ({zone.key})"


def touched_days(selection: Selection) -> str:
    """The days that a period with two ends touches, in its time zone: `24 September – 23 October 2026`.

    Where it ends within its last day, by more than that day's last minute, up to when: `23 November 2026 until 08:59`.
    """
    touched = touched_dates(selection)
    assert selection.end is not None and touched.first is not None and touched.last is not None, "a period with two ends"
    said = _days(touched.first, touched.last)
    last_minute = utc_datetime(selection.end - 1).astimezone(ZoneInfo(selection.zone)).strftime("%H:%M")
    return said if last_minute == "23:59" else f"{said} until {last_minute}"


def instant(ms: int, zone: str) -> str:
    """An instant in words, in a time zone: `15 March 2026 14:30 (Europe/Amsterdam)`, with seconds where they are not 0."""
    return f"{_spelled(ms, ZoneInfo(zone))} ({zone})"


def _said(filter: Filter, selection: Selection, names: Names) -> str:
    labels = _labels(filter, selection.values(filter.name), names)
    if len(labels) > _MANY:
        none = " or none" if None in selection.passing(filter.name) else ""
        return f"any of {len(labels)} {filter.plural}{none}"
    return f"{filter.label.lower()} {_either([*labels, 'none'] if None in selection.passing(filter.name) else labels)}"


def _said_not(filter: Filter, selection: Selection, names: Names) -> str:
    labels = _labels(filter, selection.excluded(filter.name), names)
    if len(labels) > _MANY:
        return f"not of {len(labels)} {filter.plural}"
    return f"not of {filter.label.lower()} {_either(labels)}"


def _labels(filter: Filter, values: Sequence[str], names: Names) -> list[str]:
    return [visible(value if filter.dimension == "customer" else names[filter.dimension].label(value)) for value in values]


def _either(labels: Sequence[str]) -> str:
    *others, last = labels
    return f"{', '.join(others)} or {last}" if others else last


def _day(ms: int, zone: ZoneInfo) -> date | None:
    """The day of the zone that begins at this instant, if one does."""
    text = shortest_iso(ms, zone)
    return date.fromisoformat(text) if len(text) == 10 else None


def _spelled(ms: int, zone: ZoneInfo) -> str:
    if day := _day(ms, zone):
        return f"{day.day} {day:%B} {day.year}"
    try:
        at = utc_datetime(ms).astimezone(zone)
    except OverflowError:
        # At the ends of the calendar the zone's own time may have no year.
        return iso(ms)
    seconds = f":{at:%S}" if at.second or at.microsecond else ""
    return f"{at.day} {at:%B} {at.year} {at:%H:%M}{seconds}" + (f".{ms % 1000:03d}" if at.microsecond else "")


def _days(first: date, last: date) -> str:
    if first == last:
        return f"{last.day} {last:%B} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%B} {last.year}"
    if first.year == last.year:
        return f"{first.day} {first:%B} – {last.day} {last:%B} {last.year}"
    return f"{first.day} {first:%B} {first.year} – {last.day} {last:%B} {last.year}"
