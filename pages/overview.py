"""A period at a glance: its figures against the period before, its course, its best and weakest offers, its channels."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

import process
from api.figures import COLUMNS, unusual_rows
from data.engine import Tenant
from pages.taking import export_buttons
from pages.visitor import visitor
from queries.answers.comparison import PeriodComparison, period_comparison
from queries.answers.counts import count_changes
from queries.answers.history import relaxed_selections
from queries.answers.sides import ranking
from queries.answers.summary import every_row
from queries.answers.trend import GRAINS, Bucket, fitting_grain, trend
from queries.answers.unusual import unusual
from queries.asking.measures import MEASURES, RATES
from queries.asking.parameters import Parameter, one_of
from queries.asking.periods import TimeRange, with_time_range
from queries.asking.selection import Query, Selection, parse
from queries.asking.sentence import sentence, touched_days
from ui.charts.over_time import trend_alt_text, trend_figure, trend_file, trend_headings, trend_rows
from ui.charts.palette import Looks
from ui.components.kpis import DEFAULT_MEASURES, kpis, period_kpis
from ui.components.sentences import unusual_list
from ui.components.table.figures import sortable_table
from ui.page import address, copying, messages
from ui.page.address import Pairs
from ui.page.filter_bar import ALL_TIME, FilterBar, PeriodPicker, ZonePicker, with_default_period
from ui.page.links import link_behind, part_link
from ui.page.messages import draw_as_of, no_interactions
from ui.rows.offers import OVERVIEW_CHANNEL_HEADINGS, channel_rows, left_out, ranking_rows, side_headings
from ui.rows.summary import summary_file
from ui.words import numbers
from ui.words.buckets import CHOICES, coarser_words, cut_caption, cut_words

COMPARISON = "/api/v1/interaction-comparison"
SUMMARY = "/api/v1/interaction-summary"
TREND = "/api/v1/interaction-trend"
UNUSUAL = "/api/v1/interaction-unusual"

RATE_NAMES = {rate.id: rate.label for rate in RATES}

# What only this page's address has: the API answers the same whatever they say.
GRAIN = Parameter("grain", one_of(*GRAINS), "How long a point of the trend is.", "day")
RATE = Parameter("rate", one_of(*RATE_NAMES), "The rate by which offers are ranked.", "ctr")


class Overview:
    """What the address asks of a tenant's log, and the parts of the page that answer it."""

    def __init__(self, tenant: Tenant, query: Query):
        self.tenant = tenant
        self.query = query
        self.selection = with_default_period(query, tenant)
        self.problems = [problem.message for problem in query.problems]
        self.grain = query.parameters["grain"]
        self.rate = query.parameters["rate"]

    def draw(self) -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="heading"):
            st.title("Overview", anchor=False)
            if self.selection.filters:
                st.button("Clear filters", key="clear", on_click=self.clear, icon=":material/filter_list_off:", type="tertiary")
        messages.not_understood(self.problems)
        self.draw_filters()
        compared = period_comparison(self.tenant, self.selection)
        self.draw_summary(compared)
        if not compared.now.total:
            no_interactions(relaxed_selections(self.tenant, self.selection), self.show_selection, self.clear)
            return
        buckets = trend(self.tenant, self.selection, self.grain)
        judged = count_changes(self.tenant, self.selection, compared, DEFAULT_MEASURES)
        kpis(period_kpis(compared, judged, buckets, self.link), "Figures of the period")
        self.draw_unusual()
        self.draw_trend(buckets)
        self.draw_ranking()
        self.draw_channels()
        with st.expander("What the figures mean"):
            for measure in MEASURES:
                st.text(f"{measure.label}: {measure.help}")

    def draw_filters(self) -> None:
        period = PeriodPicker(self.selection, self.tenant, datetime.now(UTC).date(), usual=True)
        bar = FilterBar(self.tenant, self.selection, period, zone=ZonePicker(self.selection))
        fields = (*bar.fields, address.choice_field("grain", GRAINS, "day"), address.choice_field("rate", RATE_NAMES, "ctr"))
        self.bound = address.bind(fields, [*self.selection.pairs(), ("grain", self.grain), ("rate", self.rate)])
        bar.draw(self.bound)

    def draw_summary(self, compared: PeriodComparison) -> None:
        with st.container(horizontal=True, vertical_alignment="bottom", key="summary"):
            with st.container(gap="xxsmall", key="said"):
                st.header(numbers.counted(compared.now.total, "interaction"), anchor=False)
                st.text(sentence(self.selection, self.tenant.names))
                draw_as_of(self.tenant, self.selection.zone)
                st.caption(self.compared_with(compared))
            with st.container(horizontal=True, gap="xsmall", width="content", key="taking"):
                copying.copy_link()
                copying.copy_curl(COMPARISON, self.selection.pairs())

    def compared_with(self, compared: PeriodComparison) -> str:
        """What the changes are against, in words."""
        if compared.before_period is None:
            return "The log has nothing before this period to compare with."
        before = touched_days(with_time_range(self.selection, compared.before_period))
        short = "" if compared.is_complete else ", during which the log begins: apparent growth may only reflect that"
        return f"Compared with the preceding period of the same length, {before}{short}."

    def draw_unusual(self) -> None:
        watch = unusual(self.tenant, self.selection)
        with st.container(horizontal=True, vertical_alignment="center", key="unusual_heading"):
            st.header("What is unusual", anchor=False)
            export_buttons("interaction-unusual", COLUMNS, unusual_rows(watch.changes), UNUSUAL, self.selection.pairs())
        found = [
            (one.sentence, self.link(one.measure, TimeRange(one.start, one.end), channel_pairs(one.channel))) for one in watch.changes
        ]
        unusual_list(found, watch.checked)

    def draw_trend(self, buckets: list[Bucket]) -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="trend_heading"):
            st.header("Interactions by type", anchor=False)
            st.segmented_control("Each point is", GRAINS, **self.bound("grain"), format_func=CHOICES.get,
                                 label_visibility="collapsed", required=True)
            header, rows = trend_file(buckets, self.selection.zone)
            export_buttons("interaction-trend", header, rows, TREND, [*self.selection.pairs(), ("grain", self.grain)])
        grain = fitting_grain(self.tenant, self.selection, self.grain)
        cut = cut_words(self.tenant, self.selection, self.grain)
        alt_text = trend_alt_text(buckets, self.selection.zone, grain, cut)
        figure = trend_figure(buckets, self.selection.zone, grain, Looks(self.tenant.names.type.ids), cut)
        st.plotly_chart(figure, key="trend", alt=alt_text, config={"displayModeBar": False})
        for said in (coarser_words(self.grain, grain), cut_caption(cut)):
            if said:
                st.caption(said)
        with st.expander("These lines as a table"):
            rows = trend_rows(buckets, self.selection.zone, lambda bucket, only: part_link(self.selection, bucket.start, bucket.end, only), cut)
            headings = trend_headings(buckets, grain)
            sortable_table(rows, headings, "Interactions by type over time", "trend_table")

    def draw_ranking(self) -> None:
        found = ranking(self.tenant, self.selection, self.rate)
        with st.container(horizontal=True, vertical_alignment="center", key="ranking_heading"):
            st.header("Best and weakest offers", anchor=False)
            st.segmented_control("By", list(RATE_NAMES), **self.bound("rate"), format_func=RATE_NAMES.get,
                                 label_visibility="collapsed", required=True)
            self.take("offer")
        if not found.judged:
            st.caption("No offer has enough impressions to rank.")
            return
        tables = ranking_rows(found, self.rate, self.selection, self.tenant.names)
        for title, rows in zip(("Best", "Weakest"), tables, strict=True):
            if rows:
                label = f"{title} offers by {RATE_NAMES[self.rate]}"
                sortable_table(rows, side_headings(title, self.rate), label, f"offers_{title}")
        st.caption(left_out(found, self.rate))

    def draw_channels(self) -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="channels_heading"):
            st.header("Channels", anchor=False)
            self.take("channel")
        rows = channel_rows(every_row(self.tenant, self.selection, "channel"), self.selection, self.tenant.names)
        sortable_table(rows, OVERVIEW_CHANNEL_HEADINGS, "Channels", "channels")

    def take(self, by: str) -> None:
        """The buttons to take the figures by a dimension along."""
        header, rows = summary_file(every_row(self.tenant, self.selection, by))
        export_buttons(f"{by}s", header, rows, SUMMARY, [("groupBy", by), ("limit", "500"), *self.selection.pairs()])

    def link(self, measure: str, covered: TimeRange | None = None, further: Pairs = ()) -> str | None:
        """The rows behind a measure, perhaps of a part of the period."""
        selection = with_time_range(self.selection, covered) if covered else self.selection
        return link_behind(selection, measure, self.tenant.names, further)

    def pairs(self) -> Pairs:
        """The address as it was understood."""
        open_ended = self.selection.start is None and self.selection.end is None
        return [*self.selection.pairs(), *([(ALL_TIME.name, "all")] if open_ended else []), *self.looks()]

    def looks(self) -> Pairs:
        """The words of what is looked at, where it is not the usual."""
        return [(name, value) for name, value, usual in (("grain", self.grain, "day"), ("rate", self.rate, "ctr")) if value != usual]

    def show_selection(self, selection: Selection) -> None:
        """Navigate to another selection."""
        self.selection = selection
        address.navigate(self.pairs())

    def clear(self) -> None:
        """Navigate to all interactions of the period that it names: the usual one goes without saying."""
        whole = self.query.parameters[ALL_TIME.name]
        asked = replace(self.query.selection, filters=())
        address.navigate([*asked.pairs(), *([(ALL_TIME.name, whole)] if whole else []), *self.looks()])


def channel_pairs(channel: str | None) -> Pairs:
    return [] if channel is None else [("channelId", channel)]


with process.store().snapshot() as snapshot:
    tenant = snapshot.tenant(visitor().tenant)
    if tenant.span() is None:
        st.title("Overview", anchor=False)
        messages.nothing_yet("interactions", f"Load a log with: python -m data load FILE --tenant {tenant.id}")
    else:
        Overview(tenant, parse(tenant.id, address.pairs(), (ALL_TIME, GRAIN, RATE))).draw()
