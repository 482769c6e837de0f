"""A period at a glance: its figures against the period before, its course, its best and weakest offers, its channels."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

import process
from api.unusual import COLUMNS, unusual_rows
from data.tenant import Tenant
from pages.taking import taking
from pages.visitor import visitor
from queries.bounds import Bounds, within
from queries.buckets import GRAINS, fitting_grain
from queries.comparison import Comparison, comparison
from queries.count_changes import count_changes
from queries.emptiness import widened
from queries.measures import MEASURES, RATES
from queries.parameters import Parameter, one_of
from queries.ranking import ranking
from queries.selection import Question, Selection, parse
from queries.sentence import sentence, touched_days
from queries.summary import every_row
from queries.trend import Bucket, trend
from queries.unusual import unusual
from ui import address, copying, messages, numbers
from ui.address import Pairs
from ui.as_of import draw_as_of
from ui.chart_trend import trend_figure, trend_words
from ui.cut_words import cut_caption, cut_words
from ui.emptiness import no_interactions
from ui.filter_bar import FilterBar
from ui.grain import CHOICES, coarser_words
from ui.kpis import kpis
from ui.overview_rows import CHANNEL_HEADINGS, channel_rows, left_out, ranking_rows
from ui.palette import Looks
from ui.period import WHOLE_LOG, Period, usual_selection
from ui.period_kpis import USUAL, period_kpis
from ui.rows_link import link_behind, part_link
from ui.side_cells import side_headings
from ui.sortable_table import sortable_table
from ui.summary_file import summary_file
from ui.trend_rows import trend_file, trend_headings, trend_rows
from ui.unusual_list import unusual_list
from ui.zone import Zone

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

    def __init__(self, tenant: Tenant, question: Question):
        self.tenant = tenant
        self.question = question
        self.selection = usual_selection(question, tenant)
        self.problems = [problem.message for problem in question.problems]
        self.grain = question.parameters["grain"]
        self.rate = question.parameters["rate"]

    def draw(self) -> None:
        """Draws the page."""
        with st.container(horizontal=True, vertical_alignment="center", key="heading"):
            st.title("Overview", anchor=False)
            if self.selection.filters:
                st.button("Clear filters", key="clear", on_click=self.clear, icon=":material/filter_list_off:", type="tertiary")
        messages.not_understood(self.problems)
        self.draw_filters()
        compared = comparison(self.tenant, self.selection)
        self.draw_summary(compared)
        if not compared.now.total:
            no_interactions(widened(self.tenant, self.selection), self.show_selection, self.clear)
            return
        buckets = trend(self.tenant, self.selection, self.grain)
        judged = count_changes(self.tenant, self.selection, compared, USUAL)
        kpis(period_kpis(compared, judged, buckets, self.link), "Figures of the period")
        self.draw_unusual()
        self.draw_trend(buckets)
        self.draw_ranking()
        self.draw_channels()
        with st.expander("What the figures mean"):
            for measure in MEASURES:
                st.text(f"{measure.label}: {measure.words}")

    def draw_filters(self) -> None:
        period = Period(self.selection, self.tenant, datetime.now(UTC).date(), usual=True)
        bar = FilterBar(self.tenant, self.selection, period, zone=Zone(self.selection))
        fields = (*bar.fields, address.one_of("grain", GRAINS, "day"), address.one_of("rate", RATE_NAMES, "ctr"))
        self.bound = address.mirror(fields, [*self.selection.pairs(), ("grain", self.grain), ("rate", self.rate)])
        bar.draw(self.bound)

    def draw_summary(self, compared: Comparison) -> None:
        with st.container(horizontal=True, vertical_alignment="bottom", key="summary"):
            with st.container(gap="xxsmall", key="said"):
                st.header(numbers.counted(compared.now.total, "interaction"), anchor=False)
                st.text(sentence(self.selection, self.tenant.names))
                draw_as_of(self.tenant, self.selection.zone)
                st.caption(self.compared_with(compared))
            with st.container(horizontal=True, gap="xsmall", width="content", key="taking"):
                copying.copy_link()
                copying.copy_curl(COMPARISON, self.selection.pairs())

    def compared_with(self, compared: Comparison) -> str:
        """What the changes are against, in words."""
        if compared.before_period is None:
            return "The log has nothing from before this period to compare with."
        before = touched_days(within(self.selection, compared.before_period))
        short = "" if compared.whole else ", in which the log only begins: what looks like growth may be just that"
        return f"Compared with the equally long period before, {before}{short}."

    def draw_unusual(self) -> None:
        watch = unusual(self.tenant, self.selection)
        with st.container(horizontal=True, vertical_alignment="center", key="unusual_heading"):
            st.header("What is unusual", anchor=False)
            taking("interaction-unusual", COLUMNS, unusual_rows(watch.found), UNUSUAL, self.selection.pairs())
        found = [
            (one.sentence, self.link(one.measure, Bounds(one.start, one.end), channel_pairs(one.channel))) for one in watch.found
        ]
        unusual_list(found, watch.checked)

    def draw_trend(self, buckets: list[Bucket]) -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="trend_heading"):
            st.header("Interactions by type", anchor=False)
            st.segmented_control("Each point is", GRAINS, **self.bound("grain"), format_func=CHOICES.get,
                                 label_visibility="collapsed", required=True)
            header, rows = trend_file(buckets, self.selection.zone)
            taking("interaction-trend", header, rows, TREND, [*self.selection.pairs(), ("grain", self.grain)])
        grain = fitting_grain(self.tenant, self.selection, self.grain)
        cut = cut_words(self.tenant, self.selection, self.grain)
        words = trend_words(buckets, self.selection.zone, grain, cut)
        figure = trend_figure(buckets, self.selection.zone, grain, Looks(self.tenant.names.type.ids), cut)
        st.plotly_chart(figure, key="trend", alt=words, config={"displayModeBar": False})
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
            st.caption("No offer has enough impressions to say.")
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
        sortable_table(rows, CHANNEL_HEADINGS, "Channels", "channels")

    def take(self, by: str) -> None:
        """The buttons to take the figures by a dimension along."""
        header, rows = summary_file(every_row(self.tenant, self.selection, by))
        taking(f"{by}s", header, rows, SUMMARY, [("groupBy", by), ("limit", "500"), *self.selection.pairs()])

    def link(self, measure: str, covered: Bounds | None = None, further: Pairs = ()) -> str | None:
        """The rows behind a measure, perhaps of a part of the period."""
        selection = within(self.selection, covered) if covered else self.selection
        return link_behind(selection, measure, self.tenant.names, further)

    def pairs(self) -> Pairs:
        """The address as it was understood."""
        open_ended = self.selection.start is None and self.selection.end is None
        return [*self.selection.pairs(), *([(WHOLE_LOG.name, "all")] if open_ended else []), *self.looks()]

    def looks(self) -> Pairs:
        """The words of what is looked at, where it is not the usual."""
        return [(name, value) for name, value, usual in (("grain", self.grain, "day"), ("rate", self.rate, "ctr")) if value != usual]

    def show_selection(self, selection: Selection) -> None:
        """Makes the address that of another selection."""
        self.selection = selection
        address.show(self.pairs())

    def clear(self) -> None:
        """Makes the address that of all interactions of the period that it names: the usual one goes without saying."""
        whole = self.question.parameters[WHOLE_LOG.name]
        asked = replace(self.question.selection, filters=())
        address.show([*asked.pairs(), *([(WHOLE_LOG.name, whole)] if whole else []), *self.looks()])


def channel_pairs(channel: str | None) -> Pairs:
    return [] if channel is None else [("channelId", channel)]


with process.store().snapshot() as snapshot:
    tenant = snapshot.tenant(visitor().tenant)
    if tenant.newest() is None:
        st.title("Overview", anchor=False)
        messages.nothing_yet("interactions", f"Load a log with: python -m data load FILE --tenant {tenant.id}")
    else:
        Overview(tenant, parse(tenant.id, address.pairs(), (WHOLE_LOG, GRAIN, RATE))).draw()
