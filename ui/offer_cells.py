"""How an offer and its figures stand in a table."""

from __future__ import annotations

from collections.abc import Callable

from data.names import Names
from queries.measures import MEASURE, RATES
from queries.narrowing import filter_of, narrowed
from queries.offers import Offer
from queries.rates import Rate, rate_of
from queries.selection import Selection
from queries.summary_row import SummaryRow
from ui.measured import interval_text, value_text
from ui.numbers import count, time
from ui.rows_link import link_behind, rows_link
from ui.sortable_table import Figure, Heading

COUNTS = ("impression", "click", "accept", "convert")
AMOUNTS = ("customers", "revenue")
RATE_IDS = tuple(measure.id for measure in RATES)


def measure_heading(measure: str, sorts: bool = False) -> Heading:
    """The heading of a measure, given by its id."""
    said = MEASURE[measure]
    return Heading(measure, said.label, words=said.words, sorts=sorts)


def offer_headings(zone: str) -> list[Heading]:
    """The columns of the offers' table; times are on the clocks of a zone."""
    return [
        Heading("name", "Offer", "text", sorts=True),
        *(measure_heading(measure, sorts=True) for measure in (*COUNTS, *RATE_IDS, *AMOUNTS)),
        Heading("line", "Trend", "drawing", "Interactions in equal parts of the period; each offer on a scale of its own."),
        Heading("last", f"Last seen ({zone})", "text", "The newest interaction of those that are counted.", sorts=True),
    ]


CHANNEL_HEADINGS = (
    Heading("name", "Channel", "text"), *(measure_heading(measure) for measure in ("impression", "click", "convert", "ctr", "cvr")),
)


def offer_cells(offer: Offer, selection: Selection, names: Names, page: Callable[[str], str]) -> dict[str, Figure]:
    """An offer's cell under each of `offer_headings`; `page` is the address of the page of an offer's id."""
    row = offer.row
    own = narrowed(selection, [filter_of("offerId", row.id)])
    return {
        "name": entity_cell(row, "No offer", rows_link(own) if row.id is None else page(row.id)),
        **measure_cells(row, own, names),
        "line": Figure(line_words(offer.line), line=offer.line) if any(offer.line) else Figure(None),
        "last": moment_cell(row.figures.last, selection.zone),
    }


def moment_cell(milliseconds: int | None, zone: str) -> Figure:
    """A day, with the time under it."""
    if milliseconds is None:
        return Figure(None)
    day, hour = time(milliseconds, zone).split()
    return Figure(day, note=hour)


def entity_cell(row: SummaryRow, nameless: str, address: str | None = None) -> Figure:
    """The name of a row, its id where it has none; `nameless` is said of the rows without a value."""
    if row.id is None:
        return Figure(nameless, address=address, tone="quiet")
    mark = None if row.status in (None, "active") else row.status
    return Figure(row.label, mark=mark, address=address, is_id=row.name is None)


def measure_cells(row: SummaryRow, behind: Selection | None, names: Names) -> dict[str, Figure]:
    """Every measure of a row, each leading to the rows of `behind` that it counts, its rates with their intervals.

    Without `behind` they lead nowhere.
    """
    addresses = {id: _address(behind, id, row, names) for id in MEASURE}
    cells = {id: _cell(id, row.figures[id], addresses[id]) for id in MEASURE}
    return cells | {id: rate_cell(id, rate_of(row.figures, id), addresses[id]) for id in RATE_IDS}


def _cell(measure: str, value: int | float | None, address: str | None) -> Figure:
    return Figure(value_text(measure, value), address=address, tone="quiet" if value == 0 else None)


def rate_cell(measure: str, rate: Rate, address: str | None = None) -> Figure:
    """A rate with its interval under it."""
    if rate.value is None:
        return Figure(None)
    note = "too few to say" if not rate.enough else interval_text(measure, rate) if rate.low is not None else None
    return Figure(value_text(measure, rate.value), note=note, address=address, tone=None if rate.enough else "quiet")


def _address(behind: Selection | None, measure: str, row: SummaryRow, names: Names) -> str | None:
    return link_behind(behind, measure, names) if behind and row.figures[MEASURE[measure].part or measure] != 0 else None


def line_words(line: list[int]) -> str:
    """What a small trend line shows."""
    first, last, most = count(line[0]), count(line[-1]), count(max(line))
    return f"{first} in the first of {len(line)} equal parts of the period, {last} in the last, {most} at most"
