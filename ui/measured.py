"""Measures, their intervals and their changes as people read them."""

from __future__ import annotations

from queries.comparison import Change
from queries.measures import MEASURE
from queries.rates import Rate
from ui.numbers import NOTHING, TOO_LARGE, count, money


def value_text(measure: str, value: float | None) -> str:
    """A value of a measure, given by its id: `1,234`, `1,234.50`, `4.21%`; a dash where there is none, `too large` for such a sum.

    Both kinds of rate are shown in percent.
    """
    unit = MEASURE[measure].unit
    if unit == "money":
        return money(value)
    if value is None:
        return NOTHING
    return f"{_percent(measure, value):,.2f}%" if unit in ("percent", "share") else count(value)


def file_value(measure: str, value: float | None) -> str | float | None:
    """A value of a measure as it stands in a file: the number itself, nothing where there is none, `too large` for such a sum."""
    return TOO_LARGE if value is None and MEASURE[measure].unit == "money" else value


def interval_text(measure: str, rate: Rate) -> str:
    """The ends of a rate's 95% interval: `3.98–4.44%`; a dash where there is none."""
    if rate.low is None:
        return NOTHING
    return f"{_percent(measure, rate.low):,.2f}–{_percent(measure, rate.high):,.2f}%"


def change_text(measure: str, change: Change) -> str:
    """How a measure changed: `+12.4%` of what it was, for a rate `−0.32 points`; a dash where that cannot be said."""
    difference = change.difference
    if difference is None:
        return NOTHING
    if MEASURE[measure].unit in ("percent", "share"):
        return f"{_signed(_percent(measure, difference), 2)} points"
    if change.ratio is None:
        return "±0%" if difference == 0 else "new" if change.before == 0 else NOTHING
    return f"{_signed(100 * change.ratio, 1)}%"


def _percent(measure: str, value: float) -> float:
    return value if MEASURE[measure].unit == "percent" else 100 * value


def _signed(number: float, decimals: int) -> str:
    text = f"{abs(number):,.{decimals}f}"
    if not text.strip("0.,"):
        return f"±{text}"
    return f"+{text}" if number > 0 else f"−{text}"
