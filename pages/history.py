"""The log: its interactions newest first, filtered, page by page, each with its whole record."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

import process
from data.engine import Tenant
from pages.visitor import visitor
from queries.answers.history import CURSOR, DEFAULT_LIMIT, LARGEST_LIMIT, LIMIT, Page, exists, neighbours, page, record, relaxed_selections
from queries.asking.parameters import Parameter
from queries.asking.selection import Query, Selection, parse
from queries.asking.sentence import sentence
from ui.charts.palette import Looks
from ui.components.pager import pager
from ui.components.table.rows import table
from ui.page import address, copying, messages
from ui.page.address import AddressField, Pairs, choice_field
from ui.page.filter_bar import FilterBar, PeriodPicker, ZonePicker
from ui.page.messages import draw_as_of
from ui.page.record_drawer import COLUMNS, DEFAULT_COLUMNS, RECORD_PARAMETER, cells, column_names, headed_columns, record_drawer
from ui.words import numbers

PATH = "/api/v1/interaction-history"
SIZES = (25, 50, 100)
SPREADSHEET_ROWS = 1_048_576

# What only this page's address has: the API answers the same whatever it says.
SHOWN_COLUMNS = Parameter("columns", column_names, "The columns of the table, with commas between them.", DEFAULT_COLUMNS)


class History:
    """What the address asks of a tenant's log, and the parts of the page that answer it."""

    def __init__(self, tenant: Tenant, query: Query):
        self.tenant = tenant
        self.selection = query.selection
        self.problems = [problem.message for problem in query.problems]
        self.limit = min(query.parameters["limit"], LARGEST_LIMIT)
        self.cursor: str | None = query.parameters["cursor"]
        self.record: str | None = query.parameters["record"]
        self.columns: tuple[str, ...] = query.parameters["columns"]

    def draw(self) -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="heading"):
            st.title("History", anchor=False)
            if self.is_filtered:
                st.button("Clear filters", key="clear", on_click=self.clear, icon=":material/filter_list_off:", type="tertiary")
        messages.not_understood(self.problems)
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
        period = PeriodPicker(self.selection, self.tenant, datetime.now(UTC).date())
        bar = FilterBar(self.tenant, self.selection, period, zone=ZonePicker(self.selection))
        self.sizes = sorted({*SIZES, self.limit})
        fields = (*bar.fields, choice_field("limit", self.sizes, DEFAULT_LIMIT), AddressField("columns", lambda _: list(self.columns), columns_pairs))
        self.bound = address.bind(fields, self.pairs())
        bar.draw(self.bound)

    def draw_summary(self, found: Page) -> None:
        with st.container(horizontal=True, vertical_alignment="bottom", key="summary"):
            with st.container(gap="xxsmall", key="said"):
                st.header(numbers.counted(found.total, "interaction"), anchor=False)
                st.text(sentence(self.selection, self.tenant.names))
                draw_as_of(self.tenant, self.selection.zone)
            if found.total:
                self.draw_copying(found)

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
                         selection_mode="multi", format_func={column.name: column.label for column in COLUMNS}.get)

    def draw_copying(self, found: Page) -> None:
        selected = self.selection.pairs()
        with st.container(gap="xsmall", width="content", key="taking"):
            with st.container(horizontal=True, gap="xsmall"):
                copying.download(f"Download {numbers.counted(found.total, 'row')} as CSV", f"{PATH}.csv", [*selected, ("bom", "true")],
                                 "interaction-history.csv")
                copying.copy_link()
                copying.copy_curl(PATH, [*selected, *self.page_pairs()])
            if found.total >= SPREADSHEET_ROWS:
                st.caption(f"A spreadsheet holds {numbers.count(SPREADSHEET_ROWS)} rows and would cut off the rest of this file.")

    def draw_table(self, found: Page) -> None:
        zone = self.selection.zone
        rows = [cells(record, zone) for record in found.records]
        opened = table(rows, headed_columns(self.columns, zone), "Interactions", Looks(self.tenant.names.type.ids), self.record)
        if opened and opened != self.record:
            self.record = opened
            self.show(self.cursor, opened)

    def draw_emptiness(self) -> None:
        found = relaxed_selections(self.tenant, self.selection)
        helpful = [one for one in found if one.total]
        hint = " ".join(f"Without the filter {one.dropped} there would be {numbers.count(one.total)}." for one in helpful)
        ways = [messages.Action(f"Remove {one.dropped}", partial(self.show_selection, one.selection)) for one in helpful]
        hint = hint or "Removing any one filter would not help."
        messages.nothing_matches("interactions", hint, self.clear, ways)

    @property
    def is_filtered(self) -> bool:
        """Whether the selection is less than the whole log."""
        selection = self.selection
        return bool(selection.filters) or selection.start is not None or selection.end is not None

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


with process.store().snapshot() as snapshot:
    tenant = snapshot.tenant(visitor().tenant)
    if tenant.span() is None:
        st.title("History", anchor=False)
        messages.nothing_yet("interactions", f"Load a log with: python -m data load FILE --tenant {tenant.id}")
    else:
        History(tenant, parse(tenant.id, address.pairs(), (LIMIT, CURSOR, RECORD_PARAMETER, SHOWN_COLUMNS))).draw()
