"""A period at a glance: its figures against the period before, its course, its best and weakest offers, its channels."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from pages.parameters import OverviewParameters
from queries.answers.comparison import PeriodComparison, period_comparison
from queries.answers.counts import count_changes
from queries.answers.history import relaxed_selections
from queries.answers.sides import ranking
from queries.answers.summary import every_row
from queries.answers.trend import GRAINS, Bucket, fitting_grain, trend
from queries.answers.unusual import UNUSUAL_COLUMNS, unusual, unusual_rows
from queries.asking.measures import MEASURES
from queries.asking.parameters import filled, parameters_of
from queries.asking.periods import TimeRange, with_time_range
from queries.asking.selection import Query, Selection, parse
from queries.asking.sentence import sentence, touched_days
from ui.charts.looks import Looks
from ui.charts.over_time import trend_alt_text, trend_figure, trend_file, trend_headings, trend_rows
from ui.components.kpis import DEFAULT_MEASURES, kpis, period_kpis
from ui.components.sentences import unusual_list
from ui.components.table import figure_table
from ui.page import address, copying
from ui.page.address import Filters, Pairs, link_behind, part_link
from ui.page.filter_bar import ALL_TIME, FilterBar, PeriodPicker, ZonePicker, with_default_period
from ui.page.freshness import draw_as_of
from ui.page.log import Log
from ui.page.messages import no_interactions
from ui.page.section import RATE_NAMES, TableExport, choose_grain, choose_one, section, summary
from ui.page.shell import clear_filters_button, heading, show
from ui.rows.offers import OVERVIEW_CHANNEL_HEADINGS, channel_rows, left_out, ranking_rows, side_headings, summary_file
from ui.words import numbers
from ui.words.measures import coarser_words, cut_caption, cut_words

COMPARISON = "/api/v1/interaction-comparison"
SUMMARY = "/api/v1/interaction-summary"
TREND = "/api/v1/interaction-trend"
UNUSUAL = "/api/v1/interaction-unusual"


class Overview:
    """What the address asks of a tenant's log, and the parts of the page that answer it."""

    def __init__(self, log: Log, query: Query):
        self.log, self.tenant = log, log.tenant
        self.query = query
        asked = filled(OverviewParameters, query.parameters)
        self.period, self.grain, self.rate = asked.period, asked.grain, asked.rate
        self.selection = with_default_period(query.selection, asked.period, log)
        self.problems = [problem.message for problem in query.problems]

    def draw(self) -> None:
        clear = [partial(clear_filters_button, self.clear)] if self.selection.conditions else []
        heading("Overview", self.problems, *clear)
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
        period = PeriodPicker(self.selection, self.log, datetime.now(UTC).date(), usual=True)
        bar = FilterBar(self.tenant, self.selection, period, zone=ZonePicker(self.selection))
        fields = (*bar.fields, address.choice_field("grain", GRAINS, "day"), address.choice_field("rate", list(RATE_NAMES), "ctr"))
        self.bound = address.bind(fields, [*self.selection.pairs(), ("grain", self.grain), ("rate", self.rate)])
        bar.draw(self.bound)

    def draw_summary(self, compared: PeriodComparison) -> None:
        curl = partial(copying.copy_curl, COMPARISON, self.selection.pairs())
        with summary(numbers.counted(compared.now.total, "interaction"), copying.copy_link, curl):
            st.text(sentence(self.selection, self.tenant.names))
            draw_as_of(self.log, self.selection)
            st.caption(self.compared_with(compared))

    def compared_with(self, compared: PeriodComparison) -> str:
        """What the changes are against, in words."""
        if compared.before_period is None:
            return "The log has nothing before this period to compare with."
        before = touched_days(with_time_range(self.selection, compared.before_period))
        short = "" if compared.is_complete else ", during which the log begins: apparent growth may only reflect that"
        return f"Compared with the preceding period of the same length, {before}{short}."

    def draw_unusual(self) -> None:
        watch = unusual(self.tenant, self.selection)
        export = TableExport("interaction-unusual", UNUSUAL_COLUMNS, unusual_rows(watch.changes), UNUSUAL, [self.selection.pairs()])
        section("unusual", "What is unusual", export)
        found = [
            (one.sentence, self.link(one.measure, TimeRange(one.start, one.end), channel_pairs(one.channel))) for one in watch.changes
        ]
        unusual_list(found, watch.checked)

    def draw_trend(self, buckets: list[Bucket]) -> None:
        calls = [[*self.selection.pairs(), ("grain", self.grain)]]
        export = TableExport("interaction-trend", *trend_file(buckets, self.selection.zone), TREND, calls)
        section("trend", "Interactions by type", export, partial(choose_grain, self.bound))
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
            figure_table(rows, headings, "Interactions by type over time", "trend_table")

    def draw_ranking(self) -> None:
        found = ranking(self.tenant, self.selection, self.rate)
        section("ranking", "Best and weakest offers", self.export("offer"), partial(choose_one, "By", RATE_NAMES, self.bound, "rate"))
        if not found.judged:
            st.caption("No offer has enough impressions to rank.")
            return
        tables = ranking_rows(found, self.rate, self.selection, self.tenant.names)
        for title, rows in zip(("Best", "Weakest"), tables, strict=True):
            if rows:
                label = f"{title} offers by {RATE_NAMES[self.rate]}"
                figure_table(rows, side_headings(title, self.rate), label, f"offers_{title}")
        st.caption(left_out(found, self.rate))

    def draw_channels(self) -> None:
        section("channels", "Channels", self.export("channel"))
        rows = channel_rows(every_row(self.tenant, self.selection, "channel"), self.selection, self.tenant.names)
        figure_table(rows, OVERVIEW_CHANNEL_HEADINGS, "Channels", "channels")

    def export(self, by: str) -> TableExport:
        """The figures by a dimension, to take along."""
        calls = [[("groupBy", by), ("limit", "500"), *self.selection.pairs()]]
        return TableExport(f"{by}s", *summary_file(every_row(self.tenant, self.selection, by)), SUMMARY, calls)

    def link(self, measure: str, covered: TimeRange | None = None, further: Filters = ()) -> str | None:
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
        asked = replace(self.query.selection, conditions=())
        address.navigate([*asked.pairs(), *([(ALL_TIME.name, self.period)] if self.period else []), *self.looks()])


def channel_pairs(channel: str | None) -> Pairs:
    return [] if channel is None else [("channelId", channel)]


show("Overview", lambda log: Overview(log, parse(log.tenant.id, address.pairs(), parameters_of(OverviewParameters))).draw())
