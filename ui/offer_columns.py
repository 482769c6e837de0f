"""A few offers as the columns of a table, their measures as its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.names import Names
from queries.measures import MEASURE
from queries.narrowing import narrowed
from queries.selection import Selection
from queries.summary_row import SummaryRow
from ui.offer_cells import AMOUNTS, COUNTS, RATE_IDS, measure_cells, moment_cell
from ui.sortable_table import Figure, Heading

_SHOWN = (*COUNTS, "dismiss", *RATE_IDS, *AMOUNTS)


def column_headings(rows: Sequence[SummaryRow]) -> list[Heading]:
    """A column for each offer, after that of the measures."""
    return [Heading("name", "Figure", "text"), *(Heading(row.id, row.label, words=row.id) for row in rows)]


def column_rows(rows: Sequence[SummaryRow], selection: Selection, names: Names) -> list[Mapping[str, Figure]]:
    """A row for each measure; its figures lead to the rows behind them."""
    cells = {row.id: measure_cells(row, narrowed(selection, [("offerId", row.id)]), names) for row in rows}
    measures = [{"name": Figure(MEASURE[id].label), **{row.id: cells[row.id][id] for row in rows}} for id in _SHOWN]
    last = {row.id: moment_cell(row.figures.last, selection.zone) for row in rows}
    return [*measures, {"name": Figure(f"Last seen ({selection.zone})"), **last}]
