"""How numbers, durations and times are written."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

NOTHING = "–"
TOO_LARGE = "too large"

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def count(number: int) -> str:
    """A whole number with its thousands set apart: `1,234,567`."""
    return f"{number:,}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number and its noun: `1 interaction`, `1,234 interactions`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def percent(part: float, whole: float) -> str:
    """What part of the whole, in percent with one decimal: `4.2%`; a dash where there is no whole.

    A part that is not nothing never reads as 0.0%, nor one that is less or more than all as 100.0%.
    """
    if whole == 0:
        return NOTHING
    share = 100 * part / whole
    rounded = f"{share:,.1f}%"
    if rounded == "0.0%" and share > 0:
        return "<0.1%"
    if rounded == "100.0%" and share != 100:
        return ">99.9%" if share < 100 else ">100.0%"
    return rounded


def percent_of(part: int, whole: int) -> str:
    """The same with what it was measured on: `4.2% of 1,234`."""
    return f"{percent(part, whole)} of {count(whole)}"


def money(amount: float | None) -> str:
    """An amount with two decimals, without a currency: `1,234.50`; None is a sum too large for a number."""
    return TOO_LARGE if amount is None else f"{amount:,.2f}"


def duration(seconds: float | None) -> str:
    """A length of time in its two largest units: `3 d 4 h`, `12 min`, `2.5 s`, `40 ms`."""
    if seconds is None:
        return NOTHING
    if 0 < seconds < 0.9995:
        return f"{max(1, round(1000 * seconds))} ms"
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    left = round(seconds)
    largest = next(place for place, (_, size) in enumerate(_UNITS) if left >= size)
    parts = []
    for unit, size in _UNITS[largest : largest + 2]:
        whole, left = divmod(left, size)
        if whole:
            parts.append(f"{whole} {unit}")
    return " ".join(parts)


def rows_shown(before: int, rows: int) -> str:
    """Which rows a page shows: `Rows 26–50`."""
    return f"Rows {count(before + 1)}–{count(before + rows)}"


def time(milliseconds: int, zone: str = "UTC") -> str:
    """A moment on the clocks of a time zone, to the second: `2026-03-15 14:30:00`.

    In an hour that the clocks show twice also which of the two it is: `2026-11-01 01:30:00 EDT`.
    """
    return "".join(_clocks(milliseconds, zone))


def zoned_time(milliseconds: int, zone: str) -> str:
    """The same with the zone's name: `2026-03-15 14:30:00 Europe/Amsterdam`."""
    return f"{time(milliseconds, zone)} {zone}"


def exact_time(milliseconds: int, zone: str) -> str:
    """The same to the millisecond: `2026-03-15 14:30:00.000 Europe/Amsterdam`."""
    seconds, which = _clocks(milliseconds, zone)
    return f"{seconds}.{milliseconds % 1000:03d}{which} {zone}"


def _clocks(milliseconds: int, zone: str) -> tuple[str, str]:
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    # At the ends of the calendar the zone's own time may have no year.
    with suppress(OverflowError):
        moment = moment.astimezone(ZoneInfo(zone))
    comes_twice = moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()
    return moment.replace(tzinfo=None).isoformat(" ", "seconds"), f" {moment:%Z}" if comes_twice else ""
