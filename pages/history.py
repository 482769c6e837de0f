"""The log: its interactions newest first, filtered, page by page, each with its whole record."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from pages.parameters import HistoryParameters
from queries.answers.history import DEFAULT_LIMIT, LARGEST_LIMIT, Page, exists, neighbours, page, record, relaxed_selections
from queries.asking.parameters import filled, parameters_of
from queries.asking.selection import Query, Selection, parse
from queries.asking.sentence import sentence
from ui.charts.looks import Looks
from ui.components.pager import pager
from ui.components.table import record_table
from ui.page import address, copying
from ui.page.address import AddressField, Pairs, choice_field
from ui.page.filter_bar import FilterBar, PeriodPicker, ZonePicker
from ui.page.freshness import draw_as_of
from ui.page.log import Log
from ui.page.messages import no_interactions
from ui.page.record_drawer import COLUMNS, DEFAULT_COLUMNS, cells, headed_columns, record_drawer
from ui.page.section import Draw, summary
from ui.page.shell import clear_filters_button, heading, show
from ui.words import numbers

PATH = "/api/v1/interaction-history"
SIZES = (25, 50, 100)
SPREADSHEET_ROWS = 1_048_576


class History:
    """What the address asks of a tenant's log, and the parts of the page that answer it."""

    def __init__(self, log: Log, query: Query):
        self.log, self.tenant = log, log.tenant
        self.selection = query.selection
        self.problems = [problem.message for problem in query.problems]
        asked = filled(HistoryParameters, query.parameters)
        self.limit = min(asked.limit, LARGEST_LIMIT)
        self.cursor, self.record, self.columns = asked.cursor, asked.record, asked.columns

    def draw(self) -> None:
        heading("History", self.problems, *([partial(clear_filters_button, self.clear)] if self.is_filtered else []))
        self.draw_filters()
        found = page(self.tenant, self.selection, self.limit, self.cursor)
        self.draw_summary(found)
        if found.total:
            self.draw_toolbar(found)
            self.draw_table(found)
        else:
            self.draw_emptiness()
        if self.record:
            record_drawer(self.record, record(self.tenant, self.record), self.selection.zone, Looks(self.tenant.names.type.ids))

    def draw_filters(self) -> None:
        period = PeriodPicker(self.selection, self.log, datetime.now(UTC).date())
        bar = FilterBar(self.tenant, self.selection, period, zone=ZonePicker(self.selection))
        self.sizes = sorted({*SIZES, self.limit})
        fields = (*bar.fields, choice_field("limit", self.sizes, DEFAULT_LIMIT), AddressField("columns", lambda _: list(self.columns), columns_pairs))
        self.bound = address.bind(fields, self.pairs())
        bar.draw(self.bound)

    def draw_summary(self, found: Page) -> None:
        is_cut = found.total >= SPREADSHEET_ROWS
        note = f"A spreadsheet holds {numbers.count(SPREADSHEET_ROWS)} rows and would cut off the rest of this file." if is_cut else None
        with summary(numbers.counted(found.total, "interaction"), *(self.exports(found) if found.total else ()), note=note):
            st.text(sentence(self.selection, self.tenant.names))
            draw_as_of(self.log, self.selection)

    def draw_toolbar(self, found: Page) -> None:
        place = neighbours(self.tenant, self.selection, self.limit, self.cursor)
        moves = {}
        if self.cursor:
            moves["newest"] = self.show
            moves["newer"] = partial(self.show, cursor=place.previous_cursor)
        if found.has_more:
            moves["older"] = partial(self.show, cursor=found.next_cursor)
        rows = numbers.rows_shown(place.before, len(found.records))
        if self.cursor and not exists(self.tenant, self.cursor):
            rows = f"Rows with an id below {self.cursor}"
        with st.container(horizontal=True, vertical_alignment="center", key="toolbar"):
            pager(rows, moves)
            st.selectbox("Rows per page", self.sizes, **self.bound("limit"), format_func=lambda size: f"{size} per page",
                         label_visibility="collapsed", filter_mode=None, width=140)
            with st.popover("Columns", icon=":material/view_column:", key="columns_menu"):
                # Set on every run: what is folded away is made anew when it opens, from the latest run alone.
                st.session_state["columns"] = list(self.columns)
                st.pills("Columns of the table", [column.name for column in COLUMNS], **self.bound("columns"),
                         selection_mode="multi", format_func={column.name: column.label for column in COLUMNS}.__getitem__)

    def exports(self, found: Page) -> tuple[Draw, ...]:
        """The buttons to take along what is shown."""
        selected, label = self.selection.pairs(), f"Download {numbers.counted(found.total, 'row')} as CSV"
        return (
            partial(copying.download, label, f"{PATH}.csv", [*selected, ("bom", "true")], "interaction-history.csv"),
            copying.copy_link,
            partial(copying.copy_curl, PATH, [*selected, *self.page_pairs()]),
        )

    def draw_table(self, found: Page) -> None:
        zone = self.selection.zone
        rows = {one.id: cells(one, zone) for one in found.records}
        opened = record_table(rows, headed_columns(self.columns, zone), "Interactions", Looks(self.tenant.names.type.ids), self.record)
        if opened and opened != self.record:
            self.record = opened
            self.show(self.cursor, opened)

    def draw_emptiness(self) -> None:
        no_interactions(relaxed_selections(self.tenant, self.selection), self.show_selection, self.clear)

    @property
    def is_filtered(self) -> bool:
        """Whether the selection is less than the whole log."""
        selection = self.selection
        return bool(selection.conditions) or selection.start is not None or selection.end is not None

    def page_pairs(self) -> Pairs:
        """The parameters of the page's position and size, beside those of its selection."""
        limit = [] if self.limit == DEFAULT_LIMIT else [("limit", str(self.limit))]
        return limit + ([("cursor", self.cursor)] if self.cursor else [])

    def pairs(self) -> Pairs:
        """The address as it was understood, without its place in the log."""
        limit = [] if self.limit == DEFAULT_LIMIT else [("limit", str(self.limit))]
        return [*self.selection.pairs(), *limit, *columns_pairs(self.columns)]

    def show(self, cursor: str | None = None, opened: str | None = None) -> None:
        """Navigate to the page after a cursor, with a record opened."""
        address.navigate([*self.pairs(), *([("cursor", cursor)] if cursor else []), *([("record", opened)] if opened else [])])

    def show_selection(self, selection: Selection) -> None:
        """Navigate to another selection."""
        self.selection = selection
        self.show()

    def clear(self) -> None:
        """Navigate to the whole log."""
        self.show_selection(Selection(self.tenant.id, zone=self.selection.zone))


def columns_pairs(chosen: tuple[str, ...] | list[str]) -> Pairs:
    names = tuple(column.name for column in COLUMNS if column.name in chosen)
    return [] if names in ((), DEFAULT_COLUMNS) else [("columns", ",".join(names))]


show("History", lambda log: History(log, parse(log.tenant.id, address.pairs(), parameters_of(HistoryParameters))).draw())
