"""All offers with their figures; one offer, or a few beside one another, where the address names them."""

from __future__ import annotations

import streamlit as st

import process
from pages.offer import PARAMETERS as OF_ONE
from pages.offer import OfferPage
from pages.offer_comparison import OfferComparison
from pages.offer_frame import OfferFrame
from pages.taking import taking
from pages.visitor import visitor
from queries.answers.history import widened
from queries.answers.summary import DESCENDING, NAME, SEARCH, SORT, SORTS, Offers, offers
from queries.asking.selection import Selection, parse
from ui.components.table.figures import sortable_table
from ui.page import address, copying, messages
from ui.page.address import Field, Pairs, last
from ui.page.filter_bar import WHOLE_LOG
from ui.page.messages import no_interactions
from ui.rows.offers import offer_cells, offer_headings
from ui.rows.summary import summary_file
from ui.words import numbers

API = "/api/v1/interaction-summary"
MOST_ROWS = 500


def search_pairs(text: str) -> Pairs:
    return [("search", text.strip())] if text.strip() else []


SORT_FIELD = address.one_of("sort", [DESCENDING * first + word for word in SORTS for first in (0, 1)], SORT.default)
SEARCH_FIELD = Field("search", lambda pairs: last(pairs, "search"), search_pairs)


class OfferList(OfferFrame):
    """All offers."""

    def draw(self) -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="heading"):
            st.title("Offers", anchor=False)
        messages.not_understood(self.problems)
        self.sort, self.search = self.asked["sort"], self.asked["search"]
        found = offers(self.tenant, self.selection, self.sort, self.search)
        self.draw_filters((SORT_FIELD, SEARCH_FIELD))
        self.draw_summary(found)
        st.text_input("Find an offer", **self.bound("search"), placeholder="Find an offer by name or id",
                      icon=":material/search:", label_visibility="collapsed", width=320)
        if self.nobody_met(found):
            no_interactions(widened(self.tenant, self.selection), self.show_selection, self.clear)
        elif found.found:
            self.draw_table(found)
        else:
            hint = f"None of {numbers.count(found.total)} has “{self.search}” in its name or id."
            messages.nothing_matches("offers", hint, ways=[messages.Way("Show all offers", self.show_all)])

    def draw_summary(self, found: Offers) -> None:
        with st.container(horizontal=True, vertical_alignment="bottom", key="summary"):
            with st.container(gap="xxsmall", key="said"):
                number = numbers.counted(len(found.found), "offer")
                st.header(f"None of {number} has interactions" if self.nobody_met(found) else number, anchor=False)
                self.draw_sentence()
            with st.container(horizontal=True, gap="xsmall", width="content", key="taking"):
                copying.copy_link()
                if found.found and not self.nobody_met(found):
                    header, rows = summary_file([offer.row for offer in found.found])
                    taking("offers", header, rows, API, [*self.selection.pairs(), ("limit", str(MOST_ROWS))])

    def nobody_met(self, found: Offers) -> bool:
        """Whether there is nothing to list but offers without a single interaction, which nobody searched for."""
        return not self.search and bool(found.found) and not any(offer.row.figures.total for offer in found.found)

    def clear(self) -> None:
        """Makes the address that of all offers and their whole time."""
        self.show_selection(Selection(self.tenant.id, zone=self.selection.zone))

    def draw_table(self, found: Offers) -> None:
        rows = [offer_cells(offer, self.selection, self.tenant.names, self.address_of) for offer in found.found[:MOST_ROWS]]
        column = self.sort.removeprefix(DESCENDING)
        direction = "descending" if self.sort.startswith(DESCENDING) else "ascending"
        pressed = sortable_table(rows, offer_headings(self.selection.zone), "Offers", "offers", (column, direction))
        if len(found.found) > MOST_ROWS:
            shown = f"The first {numbers.count(MOST_ROWS)} of {numbers.count(len(found.found))}"
            st.caption(f"{shown}: search, or sort by another column, for the rest.")
        address.follow(pressed.followed)
        if pressed.heading:
            self.asked["sort"] = sort_after(self.sort, pressed.heading)
            address.show([*self.selected(), *self.words(("sort", "search"))])
            st.rerun()


def sort_after(sort: str, pressed: str) -> str:
    """The order after a heading was pressed: the largest or newest first, names from A; the same heading again turns it round."""
    if sort.removeprefix(DESCENDING) == pressed:
        return pressed if sort.startswith(DESCENDING) else DESCENDING + pressed
    return pressed if pressed == NAME else DESCENDING + pressed


with process.store().snapshot() as snapshot:
    tenant = snapshot.tenant(visitor().tenant)
    if tenant.newest() is None:
        st.title("Offers", anchor=False)
        messages.nothing_yet("interactions", f"Load a log with: python -m data load FILE --tenant {tenant.id}")
    else:
        question = parse(tenant.id, address.pairs(), (SORT, SEARCH, WHOLE_LOG, *OF_ONE))
        chosen = len(question.selection.values("offerId"))
        view = OfferList if not chosen else OfferPage if chosen == 1 else OfferComparison
        view(tenant, question).draw()
