"""The offers and channels of an overview as rows of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.names import Names
from queries.measures import MEASURE
from queries.narrowing import filter_of, narrowed
from queries.ranking import Ranking
from queries.rates import FEWEST_TRIALS
from queries.selection import Selection
from queries.summary_row import SummaryRow
from ui.address import query
from ui.numbers import counted
from ui.offer_cells import entity_cell, measure_cells, measure_heading
from ui.rows_link import link_behind, rows_link
from ui.side_cells import side_rows
from ui.sortable_table import Figure, Heading

Rows = list[Mapping[str, Figure | None]]

CHANNEL_HEADINGS = (
    Heading("name", "Channel", "text"),
    *(measure_heading(id) for id in ("impression", "click", "accept", "convert", "ctr", "cvr", "acceptanceRate", "customers", "revenue")),
)


def ranking_rows(found: Ranking, measure: str, selection: Selection, names: Names) -> tuple[Rows, Rows]:
    """The rows of the best and of the weakest offers, their intervals on one scale; names lead to the offers' own pages."""

    def name(row: SummaryRow) -> Figure:
        own = [("offerId", row.id), *((name, value) for name, value in selection.pairs() if name != "offerId")]
        return entity_cell(row, "No offer", f"/offers{query(own)}")

    def link(row: SummaryRow, counted: str) -> str | None:
        return link_behind(selection, counted, names, [("offerId", row.id)])

    rows = side_rows([*found.best, *found.weakest], measure, name, link)
    return rows[:len(found.best)], rows[len(found.best):]


def left_out(found: Ranking, measure: str) -> str:
    """How many offers were ranked and how many not, in words."""
    ranked = f"Of {counted(found.judged, 'offer')} with enough impressions."
    reasons = []
    if found.too_few:
        reasons.append(f"{counted(found.too_few, 'offer')} with fewer than {FEWEST_TRIALS} impressions, too few to say")
    if found.not_shares:
        hits = MEASURE[MEASURE[measure].part].label.lower()
        reasons.append(f"{counted(found.not_shares, 'offer')} with more {hits} than impressions, whose rate is not a share")
    return f"{ranked} Left out: {'; '.join(reasons)}." if reasons else ranked


def channel_rows(rows: Sequence[SummaryRow], selection: Selection, names: Names) -> Rows:
    """A row for each channel; its name and its figures lead to the rows behind them."""
    return [_channel_row(row, selection, names) for row in rows]


def _channel_row(row: SummaryRow, selection: Selection, names: Names) -> Mapping[str, Figure | None]:
    own = narrowed(selection, [filter_of("channelId", row.id)])
    return {"name": entity_cell(row, "No channel", rows_link(own)), **measure_cells(row, own, names)}
