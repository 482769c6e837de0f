"""One customer: first and last seen, what happened with which offer and when, and the rows of the log."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.engine import Tenant
from pages.parameters import CustomerParameters
from queries.answers.customer import Customer, customer, timeline
from queries.answers.history import DEFAULT_LIMIT, exists, neighbours, page, record
from queries.answers.summary import every_row
from queries.asking.filters import FILTERS, NOT, Condition
from queries.asking.names import visible
from queries.asking.parameters import filled, parameters_of
from queries.asking.selection import Query, Selection, parse
from ui.charts.looks import Looks
from ui.charts.timeline import timeline_alt_text, timeline_figure
from ui.components.kpis import kpis
from ui.components.pager import pager
from ui.components.table import figure_table, record_table
from ui.page import address, copying, messages
from ui.page.address import AddressField, Pairs, last
from ui.page.freshness import draw_news
from ui.page.record_drawer import DEFAULT_COLUMNS, cells, headed_columns, record_drawer
from ui.page.section import TableExport, section
from ui.page.shell import heading, show
from ui.rows.customers import OFFER_HEADINGS, TYPE_HEADINGS, customer_kpis, offer_rows, offers_file, type_rows
from ui.rows.offers import summary_file
from ui.words import numbers

HISTORY = "/api/v1/interaction-history"
SUMMARY = "/api/v1/interaction-summary"
CUSTOMER = "customerId"


class Customers:
    """What the address asks of one customer's log, and the parts of the page that answer it."""

    def __init__(self, tenant: Tenant, query: Query):
        self.tenant = tenant
        self.looks = Looks(tenant.names.type.ids)
        asked = filled(CustomerParameters, query.parameters)
        self.limit, self.cursor, self.record = asked.limit, asked.cursor, asked.record
        ids = query.selection.values(CUSTOMER)
        self.id = ids[0] if ids else None
        self.problems = [problem.message for problem in query.problems] + list(left_aside(query.selection))

    @property
    def selection(self) -> Selection:
        """All interactions of the customer; of the whole log where none is named."""
        return Selection(self.tenant.id, (Condition(CUSTOMER, (self.id,)),) if self.id else ())

    def draw(self) -> None:
        heading("Customers", self.problems)
        self.draw_field()
        if self.id is None:
            messages.choose("person_search", "Which customer?", "Enter a customer's id exactly as it appears in the log.")
            return
        found = customer(self.tenant, self.id)
        if found is None:
            messages.unknown("customer", self.id, "Ids must match exactly, including case.")
            return
        self.draw_heading(found)
        draw_news(self.tenant, self.selection)
        kpis(customer_kpis(found, self.selection, self.tenant.names), "Figures of the customer")
        self.draw_timeline(found)
        self.draw_offers(found)
        self.draw_rows()
        if self.record:
            record_drawer(self.record, record(self.tenant, self.record), self.selection.zone, self.looks)

    def draw_field(self) -> None:
        field = AddressField("customer", lambda pairs: last(pairs, CUSTOMER), customer_pairs)
        bound = address.bind([field], [(CUSTOMER, self.id)] if self.id else [])
        st.text_input("Customer id", **bound("customer"), placeholder="CUST001", width=360)

    def draw_heading(self, found: Customer) -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="summary"):
            st.header(f"Customer {messages.plain(visible(found.id))}", anchor=False)
            copying.copy_link()

    def draw_timeline(self, found: Customer) -> None:
        shown = timeline(self.tenant, found.id)
        st.header("Timeline", anchor=False)
        if len(shown.points) < shown.total:
            st.caption(f"The newest {numbers.count(len(shown.points))} of {numbers.counted(shown.total, 'interaction')}.")
        offers = {offer.id: offer.label for offer in found.offers if offer.id in {point.offer for point in shown.points}}
        figure = timeline_figure(shown.points, offers, self.tenant.names.channel.label, self.looks)
        st.plotly_chart(figure, key="timeline", alt=timeline_alt_text(shown.points, shown.total), config={"displayModeBar": False})

    def draw_offers(self, found: Customer) -> None:
        calls = [[("groupBy", "offer"), *self.selection.pairs()]]
        section("offers", "Offers seen and taken", TableExport("customer-offers", *offers_file(found), SUMMARY, calls))
        figure_table(offer_rows(found, self.selection, self.tenant.names), OFFER_HEADINGS, "Offers seen and taken", "customer_offers")
        calls = [[("groupBy", "type"), *self.selection.pairs()]]
        section("types", "By type", TableExport("customer-types", *summary_file(every_row(self.tenant, self.selection, "type")), SUMMARY, calls))
        figure_table(type_rows(found, self.looks), TYPE_HEADINGS, "Interactions by type", "customer_types")

    def draw_rows(self) -> None:
        found = page(self.tenant, self.selection, self.limit, self.cursor)
        place = neighbours(self.tenant, self.selection, self.limit, self.cursor)
        moves = {}
        if self.cursor:
            moves["newest"] = self.show
            moves["newer"] = partial(self.show, cursor=place.previous_cursor)
        if found.has_more:
            moves["older"] = partial(self.show, cursor=found.next_cursor)
        with st.container(horizontal=True, vertical_alignment="center", key="rows_heading"):
            st.header(numbers.counted(found.total, "interaction"), anchor=False)
            with st.container(horizontal=True, gap="xsmall", width="content", key="taking"):
                rows = [*self.selection.pairs(), ("bom", "true")]
                copying.download("Download CSV", f"{HISTORY}.csv", rows, "interaction-history.csv")
                copying.copy_curl(HISTORY, [*self.selection.pairs(), *self.page_pairs()])
        with st.container(key="toolbar"):
            known = self.cursor is None or exists(self.tenant, self.cursor)
            pager(numbers.rows_shown(place.before, len(found.records)) if known else f"Rows with an id below {self.cursor}", moves)
        zone = self.selection.zone
        shown = headed_columns([name for name in DEFAULT_COLUMNS if name != "customer"], zone)
        opened = record_table({one.id: cells(one, zone) for one in found.records}, shown, "Interactions", self.looks, self.record)
        if opened and opened != self.record:
            self.record = opened
            self.show(self.cursor, opened)

    def page_pairs(self) -> Pairs:
        """The parameters of the page's position and size."""
        limit = [] if self.limit == DEFAULT_LIMIT else [("limit", str(self.limit))]
        return limit + ([("cursor", self.cursor)] if self.cursor else [])

    def show(self, cursor: str | None = None, opened: str | None = None) -> None:
        """Navigate to the page after a cursor, with a record opened."""
        limit = [] if self.limit == DEFAULT_LIMIT else [("limit", str(self.limit))]
        place = [(name, value) for name, value in (("cursor", cursor), ("record", opened)) if value]
        address.navigate([*self.selection.pairs(), *limit, *place])


def customer_pairs(typed: str | None) -> Pairs:
    return [(CUSTOMER, typed.strip())] if typed and typed.strip() else []


def left_aside(selection: Selection) -> list[str]:
    """What an address asks that does not narrow this page."""
    others = [one.name for one in FILTERS if one.name != CUSTOMER and selection.values(one.name)]
    others += [f"{NOT}{one.name}" for one in FILTERS if selection.excluded(one.name)]
    said = [f"{name} does not filter a customer's page" for name in others]
    if selection.start is not None or selection.end is not None:
        said.append("from and to do not filter a customer's page")
    if selection.zone != "UTC":
        said.append("tz does not change a customer's page, whose times are UTC")
    if len(selection.values(CUSTOMER)) > 1:
        said.append(f"{CUSTOMER} can be given only once here")
    return said


show("Customers", lambda log: Customers(log.tenant, parse(log.tenant.id, address.pairs(), parameters_of(CustomerParameters))).draw())
