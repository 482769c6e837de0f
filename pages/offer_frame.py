"""What the pages of offers share: the period and the filters, what they leave, and the parameters of the address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import streamlit as st

from queries.answers.summary import SEARCH, SORT
from queries.answers.trend import GRAIN
from queries.asking.measures import MEASURE
from queries.asking.parameters import Parameter, filled, one_of, values_by_parameter
from queries.asking.selection import Query, Selection
from queries.asking.sentence import sentence
from queries.asking.times import Grain
from ui.page import address
from ui.page.address import AddressField, Pairs
from ui.page.filter_bar import ALL_TIME, FilterBar, PeriodPicker, ZonePicker, filter_field, with_default_period
from ui.page.freshness import draw_as_of
from ui.page.log import Log
from ui.page.record_drawer import RECORD_PARAMETER
from ui.page.section import RATE_NAMES

MOST_OFFERS = 4
HEAT_NAMES = {measure: MEASURE[measure].label for measure in ("impression", "click", "accept", "convert", *RATE_NAMES)}

# What only these pages' address has: the API answers the same whatever they say.
HEAT = Parameter("heat", one_of(*HEAT_NAMES), "What the hours of the week are coloured by.", "click")
RATE = Parameter("rate", one_of(*RATE_NAMES), "The rate that is compared.", "ctr")


@dataclass(frozen=True)
class OfferParameters:
    """What the pages of offers take beside the filters and the period: of all of them, of one, and of a few."""

    sort: Annotated[str, SORT]
    search: Annotated[str, SEARCH]
    period: Annotated[str | None, ALL_TIME]
    grain: Annotated[Grain, GRAIN]
    heat: Annotated[str, HEAT]
    rate: Annotated[str, RATE]
    record: Annotated[str | None, RECORD_PARAMETER]


class OfferFrame:
    """What the address asks of a tenant's offers. Without a period it asks of the last days."""

    def __init__(self, log: Log, query: Query):
        self.log, self.tenant = log, log.tenant
        self.query = query
        self.asked = filled(OfferParameters, query.parameters)
        self.selection = with_default_period(query.selection, self.asked.period, log)
        self.problems = [problem.message for problem in query.problems]
        self.chosen = self.selection.values("offerId")

    def draw_filters(self, fields: Sequence[AddressField] = ()) -> None:
        """Draws the filter bar without its offers, and the offers that are shown by themselves; `fields` are further widgets'."""
        period = PeriodPicker(self.selection, self.log, datetime.now(UTC).date(), usual=True)
        bar = FilterBar(self.tenant, self.selection, period, omitted=("offerId",), zone=ZonePicker(self.selection))
        every = (*bar.fields, filter_field("offerId"), *fields)
        self.bound = address.bind(every, [*self.selected(), *self.parameters(field.key for field in fields)])
        if self.chosen:
            bar.draw_apart("offerId", f"Offers, up to {MOST_OFFERS} side by side", MOST_OFFERS, self.bound)
        bar.draw(self.bound)

    def draw_way_back(self) -> None:
        """Draws the way to all offers."""
        # Not a link: one to the page itself would show the list and leave the address as it was.
        st.button("All offers", key="all_offers", icon=":material/arrow_back:", type="tertiary", on_click=self.show_all)

    def draw_sentence(self) -> None:
        """Says what is counted, and up to when."""
        st.text(sentence(self.selection, self.tenant.names))
        draw_as_of(self.log, self.selection)

    def selected(self) -> Pairs:
        """The selection as the address has it: the usual period goes without saying."""
        return [*self.query.selection.pairs(), *self.parameters([ALL_TIME.name])]

    def parameters(self, names: Iterable[str]) -> Pairs:
        """The further parameters with these names."""
        values = values_by_parameter(self.asked)
        return [(name, values[name]) for name in names if values[name]]

    def address_of(self, offer: str) -> str:
        """The page of an offer, with this page's period and filters."""
        return "/offers" + address.query_string([("offerId", offer), *address.without(self.selected(), ("offerId",))])

    def show_selection(self, selection: Selection) -> None:
        """Navigate to another selection; one without a period means all time."""
        open_ended = selection.start is None and selection.end is None
        address.navigate([*selection.pairs(), *([(ALL_TIME.name, "all")] if open_ended else [])])

    def show_all(self) -> None:
        """Navigate to all offers."""
        address.navigate(address.without(self.selected(), ("offerId",)))
