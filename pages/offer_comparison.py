"""A few offers next to one another: their figures, their courses, and their rates side by side."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from pages.offer_frame import HEAT, HEAT_NAMES, MOST_OFFERS, OfferFrame
from pages.offer_parts import RATE_FIELD, draw_sides
from queries.answers.summary import every_row
from queries.answers.trend import GRAIN, GRAINS, Sparklines, fitting_grain, sparklines
from queries.asking.measures import MEASURE
from queries.asking.periods import day
from queries.asking.selection import Query, clipped, rows_of_each
from ui.charts.over_time import offers_alt_text, offers_figure, offers_file
from ui.components.table import Cell, Column, Row, figure_table
from ui.page import address, copying, messages
from ui.page.address import link_behind, rows_link
from ui.page.log import Log
from ui.page.section import TableExport, choose_figure, choose_grain, section, summary
from ui.rows.offers import column_headings, column_rows, summary_file
from ui.words import numbers
from ui.words.measures import CutWords, coarser_words, cut_caption, cut_words

SUMMARY, TREND = "/api/v1/interaction-summary", "/api/v1/interaction-trend"
COUNT_NAMES = {measure: label for measure, label in HEAT_NAMES.items() if MEASURE[measure].numerator is None}
FIELDS = (
    address.choice_field(GRAIN.name, GRAINS, GRAIN.default),
    address.choice_field(HEAT.name, list(COUNT_NAMES), HEAT.default),
    RATE_FIELD,
)


class OfferComparison(OfferFrame):
    """The page of two to four offers."""

    def __init__(self, log: Log, query: Query):
        chosen = query.selection.values("offerId")
        conditions = tuple(
            condition._replace(values=condition.values[:MOST_OFFERS]) if condition.filter == "offerId" else condition
            for condition in query.selection.conditions
        )
        super().__init__(log, replace(query, selection=replace(query.selection, conditions=conditions)))
        self.problems += [f"no offer has the id {offer!r}" for offer in chosen if offer not in log.tenant.names.offer]
        if len(chosen) > MOST_OFFERS:
            self.problems.append(f"offerId may be given {MOST_OFFERS} times at most to compare offers, not {len(chosen)} times")

    def draw(self) -> None:
        self.draw_way_back()
        st.title("Offers side by side", anchor=False)
        messages.not_understood(self.problems)
        self.draw_filters(FIELDS)
        every = {row.id: row for row in every_row(self.tenant, self.selection, "offer", with_empty=True)}
        self.rows = {offer: every[offer] for offer in self.chosen if offer in every}
        if not self.rows:
            hint = "The link may be incomplete, or meant for another account."
            messages.nothing_matches("offers", hint, ways=[messages.Action("Show all offers", self.show_all)])
            return
        self.labels = {offer: row.label or offer for offer, row in self.rows.items()}
        self.draw_summary()
        section("figures", "Figures", TableExport("offers", *summary_file([*self.rows.values()]), SUMMARY, [self.selection.pairs()]))
        cells = column_rows(self.rows, self.selection, self.tenant.names)
        pressed = figure_table(cells, column_headings(self.rows), "Figures of the offers", "columns")
        draw_sides(self, "offer", "Rates side by side")
        self.draw_lines()
        address.follow(pressed.followed)

    def draw_summary(self) -> None:
        with summary(numbers.counted(sum(row.figures.total for row in self.rows.values()), "interaction"), copying.copy_link):
            self.draw_sentence()

    def draw_lines(self) -> None:
        grain, zone = self.asked.grain, self.selection.zone
        measure = self.asked.heat if self.asked.heat in COUNT_NAMES else HEAT.default
        lines = sparklines(self.tenant, self.selection, "offer", measure, grain)
        behind = rows_of_each(self.selection, "offerId", self.labels, measure, self.tenant.names)
        calls = [[*one.pairs(), (GRAIN.name, grain)] for one in behind]
        export = TableExport("offers-trend", *offers_file(lines, self.labels, zone), TREND, calls)
        section("trend", "Over time", export, partial(choose_figure, COUNT_NAMES, self.bound, HEAT.name), partial(choose_grain, self.bound))
        fitting = fitting_grain(self.tenant, self.selection, grain)
        cut = cut_words(self.tenant, self.selection, grain)
        alt_text = offers_alt_text(lines, self.labels, COUNT_NAMES[measure], cut)
        st.plotly_chart(offers_figure(lines, self.labels, zone, fitting, cut), key="trend", alt=alt_text, config={"displayModeBar": False})
        for said in (coarser_words(grain, fitting), cut_caption(cut)):
            if said:
                st.caption(said)
        with st.expander("These lines as a table"):
            headings = [Column("start", "Start", "text"), *(Column(offer, label) for offer, label in self.labels.items())]
            figure_table(self.line_rows(lines, measure, cut), headings, "The offers over time", "lines")

    def line_rows(self, lines: Sparklines, measure: str, cut: CutWords) -> list[Row]:
        """A row for each point of the lines, the newest first; its date and its counts lead to their rows."""
        rows: list[Row] = []
        for place, (start, end) in enumerate(zip(lines.starts, [*lines.starts[1:], None], strict=True)):
            part = clipped(self.selection, start, end)
            first = day(start, self.selection.zone).isoformat()
            row: dict[str, Cell] = {"start": Cell(first, note=cut.get(first), address=rows_link(part))}
            for offer in self.labels:
                number = lines.counts[offer][place] if offer in lines.counts else 0
                behind = link_behind(part, measure, self.tenant.names, [("offerId", offer)]) if number else None
                row[offer] = Cell(numbers.count(number), address=behind)
            rows.append(row)
        return rows[::-1]
