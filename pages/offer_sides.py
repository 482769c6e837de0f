"""A part of the offers' pages: values side by side, by one of the rates."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.offer_frame import RATE, OfferFrame
from queries.answers.sides import sides
from queries.answers.summary import SummaryRow, every_row
from queries.asking.measures import MEASURE
from queries.asking.narrowing import filter_of, narrowed
from ui.components.table import Cell, figure_table
from ui.page import address
from ui.page.address import link_behind, rows_link
from ui.page.section import RATE_NAMES, TableExport, choose_one, section
from ui.rows.offers import entity_cell, side_headings, side_rows, summary_file
from ui.words.measures import conclusion, how_compared

SUMMARY = "/api/v1/interaction-summary"
RATE_FIELD = address.choice_field(RATE.name, list(RATE_NAMES), RATE.default)


def draw_sides(frame: OfferFrame, by: str, title: str) -> None:
    """Draws the values of a dimension, offer or creative, side by side, with what their comparison comes to."""
    rate, selection, names = frame.asked.rate, frame.selection, frame.tenant.names
    found = sides(frame.tenant, selection, by, rate)

    def link(row: SummaryRow, measure: str) -> str | None:
        return link_behind(selection, measure, names, [filter_of(f"{by}Id", row.id)]) if row.figures[measure] else None

    def name(row: SummaryRow) -> Cell:
        if by == "offer" and row.id is not None:
            return entity_cell(row, "", frame.address_of(row.id))
        return entity_cell(row, f"No {by}", rows_link(narrowed(selection, [filter_of(f"{by}Id", row.id)])))

    calls = [[("groupBy", by), *selection.pairs()]]
    export = TableExport(f"offer-{by}s", *summary_file(every_row(frame.tenant, selection, by)), SUMMARY, calls)
    section(by, title, export, partial(choose_one, "Rate", RATE_NAMES, frame.bound, RATE.name))
    st.markdown(conclusion(found, rate, f"{by}s"))
    of_two = sum(not side.rate.outnumbers for side in found) == 2
    pressed = figure_table(side_rows(found, rate, name, link), side_headings(by.capitalize(), rate, of_two), title, f"{by}s")
    st.caption(f"{MEASURE[rate].help} {how_compared([side.contrast for side in found])}")
    address.follow(pressed.followed)
