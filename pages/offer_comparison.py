"""A few offers next to one another: their figures, their courses, and their rates side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from api.figures import GRAIN
from data.engine import Tenant
from pages.offer_frame import MOST_OFFERS, OfferFrame
from pages.offer_parts import HEAT, HEAT_NAMES
from pages.offer_sides import RATE_FIELD, draw_sides
from pages.taking import export_buttons
from queries.answers.summary import every_row
from queries.answers.trend import GRAINS, Sparklines, fitting_grain, sparklines
from queries.asking.measures import MEASURE
from queries.asking.narrowing import clipped, rows_of_each
from queries.asking.periods import day
from queries.asking.selection import Query
from ui.charts.over_time import offers_alt_text, offers_figure, offers_file
from ui.components.table.figures import Figure, Heading, sortable_table
from ui.page import address, copying, messages
from ui.page.links import link_behind, rows_link
from ui.rows.offers import column_headings, column_rows
from ui.rows.summary import summary_file
from ui.words import numbers
from ui.words.buckets import CHOICES, CutWords, coarser_words, cut_caption, cut_words

SUMMARY, TREND = "/api/v1/interaction-summary", "/api/v1/interaction-trend"
COUNT_NAMES = {id: label for id, label in HEAT_NAMES.items() if MEASURE[id].numerator is None}
FIELDS = (
    address.choice_field(GRAIN.name, GRAINS, GRAIN.default),
    address.choice_field(HEAT.name, list(COUNT_NAMES), HEAT.default),
    RATE_FIELD,
)


class OfferComparison(OfferFrame):
    """The page of two to four offers."""

    def __init__(self, tenant: Tenant, query: Query):
        chosen = query.selection.values("offerId")
        filters = tuple(
            (name, values[:MOST_OFFERS] if name == "offerId" else values) for name, values in query.selection.filters
        )
        super().__init__(tenant, replace(query, selection=replace(query.selection, filters=filters)))
        self.problems += [f"no offer has the id {id!r}" for id in chosen if id not in tenant.names.offer]
        if len(chosen) > MOST_OFFERS:
            self.problems.append(f"offerId may be given {MOST_OFFERS} times at most to compare offers, not {len(chosen)} times")

    def draw(self) -> None:
        self.draw_way_back()
        st.title("Offers side by side", anchor=False)
        messages.not_understood(self.problems)
        self.draw_filters(FIELDS)
        every = {row.id: row for row in every_row(self.tenant, self.selection, "offer", with_empty=True)}
        self.rows = [every[id] for id in self.chosen if id in every]
        if not self.rows:
            hint = "The link may be incomplete, or meant for another account."
            messages.nothing_matches("offers", hint, ways=[messages.Action("Show all offers", self.show_all)])
            return
        self.labels = {row.id: row.label for row in self.rows}
        self.draw_summary()
        with st.container(horizontal=True, vertical_alignment="center", key="figures_heading"):
            st.header("Figures", anchor=False)
            export_buttons("offers", *summary_file(self.rows), SUMMARY, self.selection.pairs())
        cells = column_rows(self.rows, self.selection, self.tenant.names)
        pressed = sortable_table(cells, column_headings(self.rows), "Figures of the offers", "columns")
        draw_sides(self, "offer", "Rates side by side")
        self.draw_lines()
        address.follow(pressed.followed)

    def draw_summary(self) -> None:
        with st.container(horizontal=True, vertical_alignment="bottom", key="summary"):
            with st.container(gap="xxsmall", key="said"):
                st.header(numbers.counted(sum(row.figures.total for row in self.rows), "interaction"), anchor=False)
                self.draw_sentence()
            copying.copy_link()

    def draw_lines(self) -> None:
        grain, zone = self.asked[GRAIN.name], self.selection.zone
        measure = self.asked[HEAT.name] if self.asked[HEAT.name] in COUNT_NAMES else HEAT.default
        lines = sparklines(self.tenant, self.selection, "offer", measure, grain)
        with st.container(horizontal=True, vertical_alignment="center", key="trend_heading"):
            st.header("Over time", anchor=False)
            st.selectbox("Figure", list(COUNT_NAMES), **self.bound(HEAT.name), format_func=COUNT_NAMES.get,
                         label_visibility="collapsed", filter_mode=None, width=180)
            st.segmented_control("Each point is", GRAINS, **self.bound(GRAIN.name), format_func=CHOICES.get,
                                 label_visibility="collapsed", required=True)
            header, rows = offers_file(lines, self.labels, zone)
            behind = rows_of_each(self.selection, "offerId", self.labels, measure, self.tenant.names)
            export_buttons("offers-trend", header, rows, TREND, *([*one.pairs(), (GRAIN.name, grain)] for one in behind))
        fitting = fitting_grain(self.tenant, self.selection, grain)
        cut = cut_words(self.tenant, self.selection, grain)
        alt_text = offers_alt_text(lines, self.labels, COUNT_NAMES[measure], cut)
        st.plotly_chart(offers_figure(lines, self.labels, zone, fitting, cut), key="trend", alt=alt_text, config={"displayModeBar": False})
        for said in (coarser_words(grain, fitting), cut_caption(cut)):
            if said:
                st.caption(said)
        with st.expander("These lines as a table"):
            headings = [Heading("start", "Start", "text"), *(Heading(row.id, row.label) for row in self.rows)]
            sortable_table(self.line_rows(lines, measure, cut), headings, "The offers over time", "lines")

    def line_rows(self, lines: Sparklines, measure: str, cut: CutWords) -> list[Mapping[str, Figure]]:
        """A row for each point of the lines, the newest first; its date and its counts lead to their rows."""
        rows = []
        for place, (start, end) in enumerate(zip(lines.starts, [*lines.starts[1:], None], strict=True)):
            part = clipped(self.selection, start, end)
            first = day(start, self.selection.zone).isoformat()
            row = {"start": Figure(first, note=cut.get(first), address=rows_link(part))}
            for id in self.labels:
                number = lines.counts[id][place] if id in lines.counts else 0
                behind = link_behind(part, measure, self.tenant.names, [("offerId", id)]) if number else None
                row[id] = Figure(numbers.count(number), address=behind)
            rows.append(row)
        return rows[::-1]
