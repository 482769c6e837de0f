"""All offers with their figures; one offer, or a few beside one another, where the address names them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.offer import OfferPage
from pages.offer_comparison import OfferComparison
from pages.offer_frame import OfferFrame, OfferParameters
from queries.answers.history import relaxed_selections
from queries.answers.summary import DESCENDING, NAME, SORT, SORTS, OfferSummaries, offers
from queries.asking.parameters import parameters_of
from queries.asking.selection import Selection, parse
from ui.components.table import Direction, figure_table
from ui.page import address, copying, messages
from ui.page.address import AddressField, Pairs, last
from ui.page.log import Log
from ui.page.messages import no_interactions
from ui.page.section import TableExport, summary
from ui.page.shell import heading, show
from ui.rows.offers import offer_cells, offer_headings, summary_file
from ui.words import numbers

API = "/api/v1/interaction-summary"
MOST_ROWS = 500


def search_pairs(text: str) -> Pairs:
    return [("search", text.strip())] if text.strip() else []


SORT_FIELD = address.choice_field("sort", [DESCENDING * first + word for word in SORTS for first in (0, 1)], SORT.default)
SEARCH_FIELD = AddressField("search", lambda pairs: last(pairs, "search"), search_pairs)


class OfferList(OfferFrame):
    def draw(self) -> None:
        heading("Offers", self.problems)
        self.sort, self.search = self.asked.sort, self.asked.search
        found = offers(self.tenant, self.selection, self.sort, self.search)
        self.draw_filters((SORT_FIELD, SEARCH_FIELD))
        self.draw_summary(found)
        st.text_input("Find an offer", **self.bound("search"), placeholder="Find an offer by name or id",
                      icon=":material/search:", label_visibility="collapsed", width=320)
        if self.nobody_met(found):
            no_interactions(relaxed_selections(self.tenant, self.selection), self.show_selection, self.clear)
        elif found.offers:
            self.draw_table(found)
        else:
            hint = f"None of {numbers.count(found.total)} has “{self.search}” in its name or id."
            messages.nothing_matches("offers", hint, ways=[messages.Action("Show all offers", self.show_all)])

    def draw_summary(self, found: OfferSummaries) -> None:
        number = numbers.counted(len(found.offers), "offer")
        buttons = [copying.copy_link]
        if found.offers and not self.nobody_met(found):
            header, rows = summary_file([offer.row for offer in found.offers])
            buttons.append(TableExport("offers", header, rows, API, [[*self.selection.pairs(), ("limit", str(MOST_ROWS))]]).draw)
        with summary(f"None of {number} has interactions" if self.nobody_met(found) else number, *buttons):
            self.draw_sentence()

    def nobody_met(self, found: OfferSummaries) -> bool:
        """Whether there is nothing to list but offers without a single interaction, which nobody searched for."""
        return not self.search and bool(found.offers) and not any(offer.row.figures.total for offer in found.offers)

    def clear(self) -> None:
        """Navigate to all offers and their whole time."""
        self.show_selection(Selection(self.tenant.id, zone=self.selection.zone))

    def draw_table(self, found: OfferSummaries) -> None:
        rows = [offer_cells(offer, self.selection, self.tenant.names, self.address_of) for offer in found.offers[:MOST_ROWS]]
        column = self.sort.removeprefix(DESCENDING)
        direction: Direction = "descending" if self.sort.startswith(DESCENDING) else "ascending"
        pressed = figure_table(rows, offer_headings(self.selection.zone), "Offers", "offers", (column, direction))
        if len(found.offers) > MOST_ROWS:
            shown = f"The first {numbers.count(MOST_ROWS)} of {numbers.count(len(found.offers))}"
            st.caption(f"{shown}: search, or sort by another column, for the rest.")
        address.follow(pressed.followed)
        if pressed.heading:
            self.asked = replace(self.asked, sort=sort_after(self.sort, pressed.heading))
            address.navigate([*self.selected(), *self.parameters(("sort", "search"))])
            st.rerun()


def sort_after(sort: str, pressed: str) -> str:
    """The order after a heading was pressed: the largest or newest first, names from A; the same heading again turns it round."""
    if sort.removeprefix(DESCENDING) == pressed:
        return pressed if sort.startswith(DESCENDING) else DESCENDING + pressed
    return pressed if pressed == NAME else DESCENDING + pressed


def page_of(log: Log) -> OfferList | OfferPage | OfferComparison:
    """The page of as many offers as the address names: of all, of one, or of a few side by side."""
    query = parse(log.tenant.id, address.pairs(), parameters_of(OfferParameters))
    chosen = len(query.selection.values("offerId"))
    return (OfferList if not chosen else OfferPage if chosen == 1 else OfferComparison)(log, query)


show("Offers", lambda log: page_of(log).draw())
