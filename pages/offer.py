"""One offer: its figures against the time before and the other offers, its course, creatives, channels, hours and newest rows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from pages import offer_parts
from pages.offer_frame import OfferFrame
from pages.offer_parts import RATE_FIELD, draw_sides
from queries.answers.comparison import Standings, standings
from queries.answers.counts import count_changes
from queries.answers.history import page, record, relaxed_selections
from queries.answers.trend import Bucket
from queries.asking.filters import Condition
from queries.asking.names import Entity, visible
from queries.asking.periods import with_time_range
from queries.asking.selection import Selection
from queries.asking.sentence import touched_days
from ui.charts.looks import Looks
from ui.components.kpis import CLEAR, kpis, of_impressions, period_kpis
from ui.components.kpis import DEFAULT_MEASURES as USUAL_MEASURES
from ui.components.table import record_table
from ui.page import address, copying, messages
from ui.page.address import Pairs, link_behind
from ui.page.messages import no_interactions, plain
from ui.page.record_drawer import DEFAULT_COLUMNS, cells, headed_columns, record_drawer
from ui.page.section import ApiExport, section, summary
from ui.words import numbers
from ui.words.measures import interval_text, standing_note

COMPARISON = "/api/v1/interaction-comparison"
HISTORY = "/api/v1/interaction-history"
NEWEST_ROWS = 10

FIELDS = (*offer_parts.FIELDS, RATE_FIELD)


class OfferPage(OfferFrame):
    def draw(self) -> None:
        [self.offer] = self.chosen
        self.draw_way_back()
        entity = self.tenant.names.offer.by_id.get(self.offer)
        if entity is None:
            hint = f"The link may be incomplete, or meant for another account. The id was {self.offer}."
            messages.nothing_matches("offers", hint, ways=[messages.Action("Show all offers", self.show_all)])
            return
        self.draw_heading(entity)
        messages.not_understood(self.problems)
        self.draw_filters(FIELDS)
        found = standings(self.tenant, self.selection)
        self.draw_summary(found)
        if found.compared.now.total:
            self.draw_answers(found)
        else:
            no_interactions(relaxed_selections(self.tenant, self.selection), self.show_selection, self.clear)
        if opened := self.asked.record:
            record_drawer(opened, record(self.tenant, opened), self.selection.zone, Looks(self.tenant.names.type.ids))

    def draw_heading(self, entity: Entity) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="heading"):
            st.title(plain(visible(entity.name or entity.id)), anchor=False, width="content")
            if entity.status:
                st.badge(plain(entity.status), color="green" if entity.status == "active" else "gray")
            st.caption(plain(visible(entity.id)) if entity.name else "Only the id of this offer is known.", width="content")

    def draw_summary(self, found: Standings) -> None:
        curl = partial(copying.copy_curl, COMPARISON, self.selection.pairs())
        with summary(numbers.counted(found.compared.now.total, "interaction"), copying.copy_link, curl):
            self.draw_sentence()
            st.caption(self.compared_with(found))

    def compared_with(self, found: Standings) -> str:
        """What the changes are against, in words."""
        if found.compared.before_period is None:
            return "The log has nothing before this period to compare with."
        before = touched_days(with_time_range(self.selection, found.compared.before_period))
        short = "" if found.compared.is_complete else ", during which the log begins: apparent growth may only reflect that"
        return f"Changes are against the preceding period of the same length, {before}{short}."

    def draw_answers(self, found: Standings) -> None:
        buckets = offer_parts.buckets(self)
        self.draw_figures(found, buckets)
        offer_parts.draw_trend(self, buckets)
        funnel, channels = st.columns([1, 1.25], gap="medium")
        with funnel:
            offer_parts.draw_funnel(self)
        with channels:
            offer_parts.draw_channels(self)
        draw_sides(self, "creative", "Creatives side by side")
        offer_parts.draw_heat(self)
        self.draw_newest()

    def draw_figures(self, found: Standings, buckets: list[Bucket]) -> None:
        cards = []
        judged = count_changes(self.tenant, self.selection, found.compared, USUAL_MEASURES)
        for measure, card in zip(USUAL_MEASURES, period_kpis(found.compared, judged, buckets, self.link), strict=True):
            rate = found.of[measure].rate
            interval = interval_text(measure, rate) if rate and rate.low is not None else None
            share = of_impressions(found.compared.now) if measure == "accept" else None
            note = ", ".join(part for part in (share, standing_note(measure, found.of[measure], interval)) if part) or None
            cards.append(replace(card, note=note, verdict=f"{card.verdict} than before" if card.verdict in CLEAR else None))
        kpis(cards, "Figures of the offer")

    def link(self, measure: str) -> str | None:
        """The rows behind a measure."""
        return link_behind(self.selection, measure, self.tenant.names)

    def draw_newest(self) -> None:
        found = page(self.tenant, self.selection, NEWEST_ROWS)
        export = ApiExport("offer-newest", HISTORY, [*self.selection.pairs(), ("limit", str(NEWEST_ROWS))])
        section("newest", "Newest interactions", export, partial(
            st.page_link, "history.py", label=f"All {numbers.count(found.total)} in History", icon=":material/arrow_forward:",
            icon_position="right", query_params=address.grouped(self.selection.pairs()),
        ))
        zone = self.selection.zone
        shown = headed_columns([name for name in DEFAULT_COLUMNS if name != "offer"], zone)
        rows = {one.id: cells(one, zone) for one in found.records}
        opened = record_table(rows, shown, "Newest interactions", Looks(self.tenant.names.type.ids), self.asked.record)
        if opened and opened != self.asked.record:
            self.asked = replace(self.asked, record=opened)
            self.show(opened)

    def pairs(self) -> Pairs:
        """The address as it was understood, without the opened record."""
        return [*self.selected(), *self.parameters(field.key for field in FIELDS)]

    def show(self, opened: str | None = None) -> None:
        """Navigate to this page, with a record opened."""
        address.navigate([*self.pairs(), *([("record", opened)] if opened else [])])

    def clear(self) -> None:
        """Navigate to all of this offer's interactions."""
        self.show_selection(Selection(self.tenant.id, (Condition("offerId", (self.offer,)),), zone=self.selection.zone))
