"""Values side by side as rows of a table: the counts behind a rate, its interval, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from queries.measures import MEASURE
from queries.rates import NOT_A_SHARE, TOO_FEW, Rate
from queries.sides import Side
from queries.summary_row import SummaryRow
from ui.measured import interval_text, value_text
from ui.numbers import count
from ui.offer_words import verdict_cell
from ui.sortable_table import Figure, Heading, Interval

_INTERVAL = "The dot is the rate, the bar its 95% interval after Wilson; all on one scale, from the lowest to the highest."
_AGAINST_OTHERS = (
    "Against the others", f"The rate against all others together, at 5%, corrected for the number of comparisons. {TOO_FEW} {NOT_A_SHARE}",
)
_AGAINST_OTHER = ("Against the other", f"The rate against the other one's, at 5%. {TOO_FEW} {NOT_A_SHARE}")


def side_headings(noun: str, measure: str, of_two: bool = False) -> list[Heading]:
    """The columns of `side_rows`, for sides of which there are just two or any number."""
    rate = MEASURE[measure]
    against, words = _AGAINST_OTHER if of_two else _AGAINST_OTHERS
    return [
        Heading("name", noun, "text"),
        Heading("trials", MEASURE[rate.whole].label, words=MEASURE[rate.whole].words),
        Heading("hits", MEASURE[rate.part].label, words=MEASURE[rate.part].words),
        Heading("rate", rate.label, words=rate.words),
        Heading("interval", "95% interval", "drawing", _INTERVAL),
        Heading("verdict", against, "text", words),
    ]


def side_rows(
    sides: Sequence[Side], measure: str, name: Callable[[SummaryRow], Figure], link: Callable[[SummaryRow, str], str | None],
) -> list[Mapping[str, Figure | None]]:
    """A row for each side; `name` is its first cell, `link` leads to the rows behind one of its measures."""
    lowest, highest = _scale([side.rate for side in sides])
    return [
        {
            "name": name(side.row),
            "trials": Figure(count(side.rate.trials), address=link(side.row, MEASURE[measure].whole)),
            "hits": Figure(count(side.rate.hits), address=link(side.row, MEASURE[measure].part)),
            "rate": _rate(side.rate, measure),
            "interval": _interval(side.rate, measure, lowest, highest),
            "verdict": verdict_cell(side.contrast),
        }
        for side in sides
    ]


def _rate(rate: Rate, measure: str) -> Figure:
    return Figure(value_text(measure, rate.value), note=None if rate.low is None else interval_text(measure, rate))


def _scale(rates: Sequence[Rate]) -> tuple[float, float]:
    drawn = [rate for rate in rates if rate.low is not None]
    return min((rate.low for rate in drawn), default=0.0), max((rate.high for rate in drawn), default=0.0)


def _interval(rate: Rate, measure: str, lowest: float, highest: float) -> Figure | None:
    if rate.low is None or highest == lowest:
        return None
    said = f"{value_text(measure, rate.value)}, from {value_text(measure, rate.low)} to {value_text(measure, rate.high)}"
    low, value, high = ((end - lowest) / (highest - lowest) for end in (rate.low, rate.value, rate.high))
    return Figure(said, interval=Interval(low, value, high))
