"""The tables of offers: figures, columns side by side, comparisons and rankings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from queries.answers.rates import FEWEST_TRIALS, NOT_A_SHARE, TOO_FEW, Rate, rate_of
from queries.answers.sides import Ranking, Side
from queries.answers.summary import OfferSummary, SummaryRow
from queries.asking.measures import MEASURE, MEASURES, RATES
from queries.asking.names import Names
from queries.asking.selection import Selection, filter_of, narrowed
from queries.asking.times import iso
from ui.components.table import Cell, Column, DrawnInterval, Row
from ui.page.address import link_behind, query_string, rows_link
from ui.words.measures import file_value, interval_text, parts_of_rate, value_text, verdict_cell
from ui.words.numbers import count, counted, time

COUNTS = ("impression", "click", "accept", "convert")
AMOUNTS = ("customers", "revenue")
RATE_IDS = tuple(measure.id for measure in RATES)


def measure_heading(measure: str, sorts: bool = False) -> Column:
    said = MEASURE[measure]
    return Column(measure, said.label, help=said.help, sorts=sorts)


def offer_headings(zone: str) -> list[Column]:
    """The columns of the offers' table; times are on the clocks of a zone."""
    return [
        Column("name", "Offer", "text", sorts=True),
        *(measure_heading(measure, sorts=True) for measure in (*COUNTS, *RATE_IDS, *AMOUNTS)),
        Column("line", "Trend", "drawing", "Interactions in equal parts of the period; each offer has its own scale."),
        Column("last", f"Last seen ({zone})", "text", "The newest interaction among those counted.", sorts=True),
    ]


CHANNEL_HEADINGS = (
    Column("name", "Channel", "text"), *(measure_heading(measure) for measure in ("impression", "click", "convert", "ctr", "cvr")),
)


def offer_cells(offer: OfferSummary, selection: Selection, names: Names, page: Callable[[str], str]) -> dict[str, Cell]:
    """An offer's cell under each of `offer_headings`; `page` is the address of the page of an offer's id."""
    row = offer.row
    own = narrowed(selection, [filter_of("offerId", row.id)])
    return {
        "name": entity_cell(row, "No offer", rows_link(own) if row.id is None else page(row.id)),
        **measure_cells(row, own, names),
        "line": Cell(line_alt_text(offer.line), line=offer.line) if any(offer.line) else Cell(None),
        "last": time_cell(row.figures.last, selection.zone),
    }


def time_cell(milliseconds: int | None, zone: str) -> Cell:
    """A day, with the time under it."""
    if milliseconds is None:
        return Cell(None)
    day, hour = time(milliseconds, zone).split()
    return Cell(day, note=hour)


def entity_cell(row: SummaryRow, nameless: str, address: str | None = None) -> Cell:
    """The name of a row, its id where it has none; `nameless` is said of the rows without a value."""
    if row.id is None:
        return Cell(nameless, address=address, tone="quiet")
    mark = None if row.status in (None, "active") else row.status
    return Cell(row.label, mark=mark, address=address, is_id=row.name is None)


def measure_cells(row: SummaryRow, behind: Selection | None, names: Names) -> dict[str, Cell]:
    """Every measure of a row, each leading to the rows of `behind` that it counts, its rates with their intervals.

    Without `behind` they lead nowhere.
    """
    addresses = {one: _address(behind, one, row, names) for one in MEASURE}
    cells = {one: _cell(one, row.figures[one], addresses[one]) for one in MEASURE}
    return cells | {rate: rate_cell(rate, rate_of(row.figures, rate), addresses[rate]) for rate in RATE_IDS}


def _cell(measure: str, value: int | float | None, address: str | None) -> Cell:
    return Cell(value_text(measure, value), address=address, tone="quiet" if value == 0 else None)


def rate_cell(measure: str, rate: Rate, address: str | None = None) -> Cell:
    """A rate with its interval under it."""
    if rate.value is None:
        return Cell(None)
    note = "too few to say" if not rate.enough else interval_text(measure, rate) if rate.low is not None else None
    return Cell(value_text(measure, rate.value), note=note, address=address, tone=None if rate.enough else "quiet")


def _address(behind: Selection | None, measure: str, row: SummaryRow, names: Names) -> str | None:
    return link_behind(behind, measure, names) if behind and row.figures[MEASURE[measure].numerator or measure] != 0 else None


def line_alt_text(line: list[int]) -> str:
    """What a small trend line shows."""
    first, last, most = count(line[0]), count(line[-1]), count(max(line))
    return f"{first} in the first of {len(line)} equal parts of the period, {last} in the last, {most} at most"


_SHOWN = (*COUNTS, "dismiss", *RATE_IDS, *AMOUNTS)


def column_headings(rows: Mapping[str, SummaryRow]) -> list[Column]:
    """A column for each offer, by its id, after that of the measures."""
    return [Column("name", "Figure", "text"), *(Column(offer, row.label or offer, help=offer) for offer, row in rows.items())]


def column_rows(rows: Mapping[str, SummaryRow], selection: Selection, names: Names) -> list[Row]:
    """A row for each measure; its figures lead to the rows behind them."""
    cells = {offer: measure_cells(row, narrowed(selection, [("offerId", offer)]), names) for offer, row in rows.items()}
    measures: list[Row] = [{"name": Cell(MEASURE[one].label), **{offer: cells[offer][one] for offer in rows}} for one in _SHOWN]
    last = {offer: time_cell(row.figures.last, selection.zone) for offer, row in rows.items()}
    return [*measures, {"name": Cell(f"Last seen ({selection.zone})"), **last}]


_INTERVAL = "The dot is the rate, the bar its 95% Wilson interval; all on one scale, from the lowest to the highest."
_AGAINST_OTHERS = (
    "Against the others", f"The rate against all others together, at 5%, corrected for the number of comparisons. {TOO_FEW} {NOT_A_SHARE}",
)
_AGAINST_OTHER = ("Against the other", f"The rate against the other one's, at 5%. {TOO_FEW} {NOT_A_SHARE}")


def side_headings(noun: str, measure: str, of_two: bool = False) -> list[Column]:
    """The columns of `side_rows`, for sides of which there are just two or any number."""
    rate, (hits, trials) = MEASURE[measure], parts_of_rate(measure)
    against, meaning = _AGAINST_OTHER if of_two else _AGAINST_OTHERS
    return [
        Column("name", noun, "text"),
        Column("trials", trials.label, help=trials.help),
        Column("hits", hits.label, help=hits.help),
        Column("rate", rate.label, help=rate.help),
        Column("interval", "95% interval", "drawing", _INTERVAL),
        Column("verdict", against, "text", meaning),
    ]


def side_rows(
    sides: Sequence[Side], measure: str, name: Callable[[SummaryRow], Cell], link: Callable[[SummaryRow, str], str | None],
) -> list[Row]:
    """A row for each side; `name` is its first cell, `link` leads to the rows behind one of its measures."""
    lowest, highest = _scale([side.rate for side in sides])
    hits, trials = parts_of_rate(measure)
    return [
        {
            "name": name(side.row),
            "trials": Cell(count(side.rate.trials), address=link(side.row, trials.id)),
            "hits": Cell(count(side.rate.hits), address=link(side.row, hits.id)),
            "rate": _rate(side.rate, measure),
            "interval": _interval(side.rate, measure, lowest, highest),
            "verdict": verdict_cell(side.contrast),
        }
        for side in sides
    ]


def _rate(rate: Rate, measure: str) -> Cell:
    return Cell(value_text(measure, rate.value), note=None if rate.low is None else interval_text(measure, rate))


def _scale(rates: Sequence[Rate]) -> tuple[float, float]:
    lows, highs = [rate.low for rate in rates if rate.low is not None], [rate.high for rate in rates if rate.high is not None]
    return min(lows, default=0.0), max(highs, default=0.0)


def _interval(rate: Rate, measure: str, lowest: float, highest: float) -> Cell | None:
    if rate.value is None or rate.low is None or rate.high is None or highest == lowest:
        return None
    said = f"{value_text(measure, rate.value)}, from {value_text(measure, rate.low)} to {value_text(measure, rate.high)}"
    low, value, high = ((end - lowest) / (highest - lowest) for end in (rate.low, rate.value, rate.high))
    return Cell(said, interval=DrawnInterval(low, value, high))


OVERVIEW_CHANNEL_HEADINGS = (
    Column("name", "Channel", "text"),
    *(measure_heading(one) for one in ("impression", "click", "accept", "convert", "ctr", "cvr", "acceptanceRate", "customers", "revenue")),
)


def ranking_rows(found: Ranking, measure: str, selection: Selection, names: Names) -> tuple[list[Row], list[Row]]:
    """The rows of the best and of the weakest offers, their intervals on one scale; names lead to the offers' own pages."""

    def name(row: SummaryRow) -> Cell:
        own = [filter_of("offerId", row.id), *((name, value) for name, value in selection.pairs() if name != "offerId")]
        return entity_cell(row, "No offer", f"/offers{query_string(own)}")

    def link(row: SummaryRow, counted: str) -> str | None:
        return link_behind(selection, counted, names, [filter_of("offerId", row.id)])

    rows = side_rows([*found.best, *found.weakest], measure, name, link)
    return rows[:len(found.best)], rows[len(found.best):]


def left_out(found: Ranking, measure: str) -> str:
    """How many offers were ranked and how many not, in words."""
    ranked = f"Of {counted(found.judged, 'offer')} with enough impressions."
    reasons = []
    if found.too_few:
        reasons.append(f"{counted(found.too_few, 'offer')} with fewer than {FEWEST_TRIALS} impressions, too few to say")
    if found.not_shares:
        hits = parts_of_rate(measure)[0].label.lower()
        reasons.append(f"{counted(found.not_shares, 'offer')} with more {hits} than impressions, whose rate is not a share")
    return f"{ranked} Left out: {'; '.join(reasons)}." if reasons else ranked


def channel_rows(rows: Sequence[SummaryRow], selection: Selection, names: Names) -> list[Row]:
    """A row for each channel; its name and its figures lead to the rows behind them."""
    return [_channel_row(row, selection, names) for row in rows]


def _channel_row(row: SummaryRow, selection: Selection, names: Names) -> Row:
    own = narrowed(selection, [filter_of("channelId", row.id)])
    return {"name": entity_cell(row, "No channel", rows_link(own)), **measure_cells(row, own, names)}


Value = str | int | float | None


def summary_file(rows: Sequence[SummaryRow]) -> tuple[list[str], list[list[Value]]]:
    header = ["id", "name", "status", *(measure.id for measure in MEASURES), "lastInteractionAt"]
    return header, [
        [row.id, row.name, row.status, *(file_value(measure.id, row.figures[measure.id]) for measure in MEASURES),
         None if row.figures.last is None else iso(row.figures.last)]
        for row in rows
    ]
