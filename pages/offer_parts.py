"""The parts of the offers' pages that stand for themselves: an offer's course, funnel, channels and hours, and values side by side."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.offer_frame import HEAT, HEAT_NAMES, RATE, OfferFrame
from queries.answers.funnel import funnel
from queries.answers.hours import heatmap
from queries.answers.sides import sides
from queries.answers.summary import SummaryRow, every_row
from queries.answers.trend import GRAIN, GRAINS, Bucket, fitting_grain, trend
from queries.asking.funnel import FunnelQuery
from queries.asking.measures import MEASURE
from queries.asking.parameters import InvalidQuery
from queries.asking.selection import filter_of, narrowed
from ui.charts.funnel import funnel_alt_text, funnel_figure
from ui.charts.looks import Looks
from ui.charts.over_time import trend_alt_text, trend_figure, trend_file, trend_headings, trend_rows
from ui.components.heat_table import WEEKDAYS, busiest_hour, heat_table, hour_text
from ui.components.table import Cell, figure_table
from ui.page import address, messages
from ui.page.address import link_behind, part_link, rows_link
from ui.page.section import RATE_NAMES, ApiExport, TableExport, choose_figure, choose_grain, choose_one, section
from ui.rows.funnels import STEP_HEADINGS, step_rows
from ui.rows.offers import CHANNEL_HEADINGS, channel_rows, entity_cell, side_headings, side_rows, summary_file
from ui.words.funnels import bar_pairs
from ui.words.measures import coarser_words, conclusion, cut_caption, cut_words, how_compared, value_text

SUMMARY, TREND, FUNNEL = "/api/v1/interaction-summary", "/api/v1/interaction-trend", "/api/v1/funnel"
HOURS = "/api/v1/interaction-hours"

RATE_FIELD = address.choice_field(RATE.name, list(RATE_NAMES), RATE.default)
FIELDS = (address.choice_field(GRAIN.name, GRAINS, GRAIN.default), address.choice_field(HEAT.name, list(HEAT_NAMES), HEAT.default))


def buckets(frame: OfferFrame) -> list[Bucket]:
    """The offer's course."""
    return trend(frame.tenant, frame.selection, frame.asked.grain)


def draw_trend(frame: OfferFrame, buckets: list[Bucket]) -> None:
    """Draws the offer's interactions by type over time."""
    grain, selection = frame.asked.grain, frame.selection
    export = TableExport("offer-trend", *trend_file(buckets, selection.zone), TREND, [[*selection.pairs(), ("grain", grain)]])
    section("trend", "Interactions by type", export, partial(choose_grain, frame.bound))
    fitting = fitting_grain(frame.tenant, selection, grain)
    cut = cut_words(frame.tenant, selection, grain)
    alt_text = trend_alt_text(buckets, selection.zone, fitting, cut)
    figure = trend_figure(buckets, selection.zone, fitting, Looks(frame.tenant.names.type.ids), cut)
    st.plotly_chart(figure, key="trend", alt=alt_text, config={"displayModeBar": False})
    for said in (coarser_words(grain, fitting), cut_caption(cut)):
        if said:
            st.caption(said)
    with st.expander("These lines as a table"):
        rows = trend_rows(buckets, selection.zone, lambda bucket, only: part_link(selection, bucket.start, bucket.end, only), cut)
        figure_table(rows, trend_headings(buckets, fitting), "Interactions by type over time", "trend_table")


def draw_funnel(frame: OfferFrame) -> None:
    """Draws the offer's funnel of the usual steps."""
    selection = frame.selection
    # A funnel's steps say which types count.
    query = FunnelQuery(selection.dropping("type"))
    answer = funnel(frame.tenant, query)
    pairs = query.pairs()
    section("funnel", "Funnel", ApiExport("offer-funnel", FUNNEL, pairs, [("table", "steps")]), partial(
        st.page_link, "funnels.py", label="Open in Funnels", icon=":material/arrow_forward:", icon_position="right",
        query_params=address.grouped(pairs),
    ))
    st.plotly_chart(funnel_figure(answer), key="funnel", alt=funnel_alt_text(answer), config={"displayModeBar": False, "staticPlot": True})
    with st.expander("These steps as a table"):
        rows = step_rows(answer, lambda bar: "/funnels" + address.query_string([*pairs, *bar_pairs(bar)]))
        figure_table(rows, STEP_HEADINGS, "Steps of the funnel", "funnel_table")
        st.caption(f"**What this counts.** {messages.plain(answer.definition)}")


def draw_channels(frame: OfferFrame) -> None:
    """Draws the offer's figures on each channel."""
    selection, names = frame.selection, frame.tenant.names
    rows = every_row(frame.tenant, selection, "channel")
    calls = [[("groupBy", "channel"), *selection.pairs()]]
    section("channels", "Channels", TableExport("offer-channels", *summary_file(rows), SUMMARY, calls))
    figure_table(channel_rows(rows, selection, names), CHANNEL_HEADINGS, "Channels", "channels")


def draw_heat(frame: OfferFrame) -> None:
    """Draws the hours of the week in the selection's time zone."""
    measure, selection = frame.asked.heat, frame.selection
    try:
        found = heatmap(frame.tenant, selection)
    except InvalidQuery as refused:
        st.warning(messages.plain(str(refused)))
        return
    hours = [[day, hour, *(found.values(figure)[place][hour] for figure in HEAT_NAMES)]
             for place, day in enumerate(WEEKDAYS) for hour in range(24)]
    export = TableExport("offer-hours", ["weekday", "hour", *HEAT_NAMES], hours, HOURS, [selection.pairs()])
    section("heat", "Hours of the week", export, partial(choose_figure, HEAT_NAMES, frame.bound, HEAT.name))
    values = found.values(measure)
    texts = [["" if value is None else hour_text(measure, value) for value in hours] for hours in values]
    heat_table(values, texts, f"{HEAT_NAMES[measure]} by weekday and hour, {found.zone}", "heat_table")
    said = [[value_text(measure, value) for value in hours] for hours in values]
    st.caption(f"{busiest_hour(values, said, HEAT_NAMES[measure])} Hours in {found.zone}.")


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
    st.markdown(messages.plain(conclusion(found, rate, f"{by}s")))
    of_two = sum(not side.rate.outnumbers for side in found) == 2
    pressed = figure_table(side_rows(found, rate, name, link), side_headings(by.capitalize(), rate, of_two), title, f"{by}s")
    st.caption(f"{MEASURE[rate].help} {how_compared([side.contrast for side in found])}")
    address.follow(pressed.followed)
