"""The further looks at a funnel: by a value of the entries, over time, how long it takes, and against the period before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from queries.answers.csv_text import Value, table_text
from queries.answers.funnel import FunnelAnswer
from queries.answers.funnel_comparison import differences, funnel_comparison
from queries.asking.funnel import BREAKDOWN, BREAKDOWNS, GRAIN, GRAINS, MOST_STEPS, FunnelQuery
from queries.asking.parameters import Parameter, one_of, whole_number
from queries.asking.periods import comparable_last_days, of_last_days
from queries.asking.selection import ZONE, Selection
from queries.asking.sentence import period_phrase, touched_days
from ui.charts.funnel import BEFORE_HEADER, BEFORE_HEADINGS, before_alt_text, before_figure, before_file, before_rows, seen_text
from ui.charts.funnel_parts import MOST_BARS, breakdown_alt_text, breakdown_figure, breakdown_headings, breakdown_rows, rows_of_breakdown
from ui.charts.funnel_times import TIME_HEADER, TIME_HEADINGS, time_facts, time_file, time_rows, times_alt_text, times_figure
from ui.charts.funnel_trend import (
    FunnelTrend,
    funnel_trend_alt_text,
    funnel_trend_figure,
    funnel_trend_headings,
    funnel_trend_rows,
    waiting_caption,
)
from ui.charts.looks import Looks
from ui.components.table import figure_table
from ui.page import address, copying, messages
from ui.page.address import AddressField, Binding, Pairs
from ui.page.log import Log
from ui.words.funnels import goal_phrase, reached_phrase, step_label, units
from ui.words.measures import coarser_words, cut_caption, cut_words, how_compared

VIEWS = {"breakdown": "By value", "trend": "Over time", "times": "Time to convert", "before": "Period before"}

# What only this page's address has: the API answers the same whatever they say.
VIEW = Parameter("view", one_of(*VIEWS), "Which further look at the funnel is shown.")
TARGET = Parameter("target", whole_number(2, MOST_STEPS), "The step whose rate or time is looked at; the last one if not given.")

_DAYS = 30
_FUNNEL = "/api/v1/funnel"
_PICTURE = {"displayModeBar": False}


class FunnelView:
    """The chosen look at a funnel, its controls and their part of the address."""

    names = (VIEW.name, TARGET.name, BREAKDOWN.name, GRAIN.name)

    def __init__(self, log: Log, asked: FunnelQuery, view: str | None, target: int | None):
        self._log, self._tenant = log, log.tenant
        self._asked = asked
        self._view = view or ("trend" if asked.grain and not asked.breakdown else "breakdown")
        self._target = min(target or MOST_STEPS, len(asked.steps))
        self.fields = (
            AddressField(VIEW.name, lambda _: self._view, self._view_pairs),
            address.choice_field(BREAKDOWN.name, BREAKDOWNS, "channel"),
            address.choice_field(GRAIN.name, GRAINS, "week"),
            AddressField(TARGET.name, lambda _: self._target, self._target_pairs),
        )

    @property
    def query(self) -> FunnelQuery:
        """The query with the part that this look shows, and no other."""
        return replace(
            self._asked,
            breakdown=(self._asked.breakdown or "channel") if self._view == "breakdown" else None,
            grain=(self._asked.grain or "week") if self._view == "trend" else None,
        )

    def pairs(self) -> Pairs:
        """The parameters of the view that is shown."""
        asked = self._asked
        parts = [(parameter.name, chosen) for parameter, chosen in ((BREAKDOWN, asked.breakdown), (GRAIN, asked.grain)) if chosen]
        return [*parts, *self._view_pairs(self._view), *self._target_pairs(self._target)]

    def draw(self, answer: FunnelAnswer, bound: Binding) -> None:
        """Draws the choice of looks and the chosen one."""
        st.segmented_control("Look closer", list(VIEWS), **bound(VIEW.name), format_func=VIEWS.__getitem__, required=True,
                             label_visibility="collapsed")
        with st.container(key="funnel_view"):
            {"breakdown": self._draw_breakdown, "trend": self._draw_trend, "times": self._draw_times, "before": self._draw_before}[
                self._view](answer, bound)

    def _draw_breakdown(self, answer: FunnelAnswer, bound: Binding) -> None:
        with self._controls():
            st.selectbox("By", BREAKDOWNS, **bound(BREAKDOWN.name), format_func=str.capitalize, filter_mode=None, width=180)
            self._draw_target(bound)
            self._draw_download("breakdown")
        contrasts = differences(answer, self._target)
        picture, table = st.columns([1, 1.25], gap="medium")
        with picture:
            st.plotly_chart(breakdown_figure(answer, self._target, contrasts), key="breakdown_picture",
                            alt=breakdown_alt_text(answer, self._target, contrasts), config=_PICTURE)
            if len(rows_of_breakdown(answer)) > MOST_BARS:
                st.caption(f"The {MOST_BARS} with the most entries. The table has all {len(rows_of_breakdown(answer))}.")
        with table:
            figure_table(breakdown_rows(answer, self._target, contrasts), breakdown_headings(answer, self._target),
                           f"Funnel by {answer.query.breakdown}", key="breakdown_table")
        signs = " ▲ and ▼ appear only where the difference is significant." if len(contrasts) > 1 else ""
        st.caption(f"The value is that of the entry. {how_compared(contrasts)}{signs}")

    def _draw_trend(self, answer: FunnelAnswer, bound: Binding) -> None:
        with self._controls():
            st.selectbox("Entries", GRAINS, **bound(GRAIN.name), format_func=lambda grain: f"By {grain}", filter_mode=None, width=180)
            self._draw_download("trend")
        trend = FunnelTrend.of(answer)
        cut = cut_words(self._tenant, self._asked.selection, trend.grain)
        figure = funnel_trend_figure(answer, Looks(self._tenant.names.type.ids), cut)
        st.plotly_chart(figure, key="trend_picture", alt=funnel_trend_alt_text(answer, cut), config=_PICTURE)
        for said in (coarser_words(trend.asked, trend.grain), cut_caption(cut), waiting_caption(answer)):
            if said:
                st.caption(said)
        figure_table(funnel_trend_rows(answer, cut), funnel_trend_headings(answer), f"Funnel by {trend.grain}", key="trend_table")

    def _draw_times(self, answer: FunnelAnswer, bound: Binding) -> None:
        step = answer.steps[self._target - 1]
        times = step.from_entry
        with self._controls():
            self._draw_target(bound)
            if times and times.n:
                _draw_file("funnel-times", TIME_HEADER, time_file(times))
            self._draw_curl(self.query)
        if times is None or not times.n:
            st.text(f"None {reached_phrase(self._asked, step.number)}, so there are no times.")
            return
        with st.container(horizontal=True, key="funnel_times"):
            for name, value in time_facts(times):
                st.metric(name, value, width="content")
        picture, table = st.columns([1.6, 1], gap="medium")
        with picture:
            goal = goal_phrase(self._asked, step.number)
            st.plotly_chart(times_figure(times), key="times_picture", alt=times_alt_text(times, goal), config=_PICTURE)
        with table:
            figure_table(time_rows(times), TIME_HEADINGS, "Times", key="times_table")
        st.caption(messages.plain(f"From the entry to {goal_phrase(self._asked, step.number)}, of the {units(times.n, self._asked)} that "
                                  f"{reached_phrase(self._asked, step.number)}. Later bars cover longer stretches of time."))

    def _draw_before(self, answer: FunnelAnswer, bound: Binding) -> None:
        compared = funnel_comparison(self._tenant, self._asked)
        if compared is None:
            self._draw_choice_of_period()
            return
        with self._controls():
            _draw_file("funnel-before", BEFORE_HEADER, before_file(compared))
            self._draw_curl(compared.now.query, compared.before.query)
        before = touched_days(compared.before.query.selection)
        st.text(f"Entries {period_phrase(self._asked.selection)}, against the preceding period of the same length, {before}")
        if not compared.is_complete:
            st.caption(":material/info: The log begins during the period before, so that period may have too few entries.")
        if seen := seen_text(compared):
            st.caption(f":material/info: {messages.plain(seen)}")
        if compared.now.immature:
            st.caption(f":material/info: {units(compared.now.immature, self._asked)} of the later period may still convert, so its rates may rise.")
        picture, table = st.columns([1, 1.25], gap="medium")
        with picture:
            st.plotly_chart(before_figure(compared), key="before_picture", alt=before_alt_text(compared), config=_PICTURE)
        with table:
            figure_table(before_rows(compared), BEFORE_HEADINGS, "Now and before", key="before_table")

    def _draw_choice_of_period(self) -> None:
        log, zone = self._log, self._asked.selection.zone
        chosen = comparable_last_days(log.oldest, log.clock, _DAYS, zone)
        with st.container(border=True, gap="xsmall", key="funnel_period"):
            st.text("The log has nothing before this period to compare with.")
            if chosen is None:
                return
            others = address.without(address.pairs(), ("from", "to", ZONE.name, "cursor"))
            pairs = of_last_days(Selection(self._tenant.id, zone=zone), log.clock, chosen, log.has_future).pairs()
            label = "Choose the last day" if chosen == 1 else f"Choose the last {chosen} days"
            st.button(label, key="choose_period", on_click=lambda: address.navigate([*others, *pairs]))

    def _controls(self) -> DeltaGenerator:
        return st.container(horizontal=True, vertical_alignment="bottom", key="funnel_controls")

    def _draw_target(self, bound: Binding) -> None:
        numbers_of_steps = range(2, len(self._asked.steps) + 1)
        label = "Who" if self._asked.order == "any" else "Up to step"
        st.selectbox(label, numbers_of_steps, **bound(TARGET.name), filter_mode=None, width=280,
                     format_func=lambda number: step_label(self._asked, number))

    def _draw_download(self, table: str) -> None:
        pairs = [*self.query.pairs(), ("table", table), ("bom", "true")]
        copying.download("Download table as CSV", f"{_FUNNEL}.csv", pairs, f"funnel-{table}.csv", key=f"download_{table}")
        self._draw_curl(self.query)

    def _draw_curl(self, *calls: FunnelQuery) -> None:
        command = copying.curl_commands(_FUNNEL, (call.pairs() for call in calls))
        copying.copy_text("Copy as curl", command, "copy_curl_view")

    def _view_pairs(self, chosen: str | None) -> Pairs:
        usual = chosen in (None, "breakdown") and not self._asked.grain
        return [] if usual else [(VIEW.name, chosen or "breakdown")]

    def _target_pairs(self, chosen: int | None) -> Pairs:
        return [] if chosen in (None, len(self._asked.steps)) else [(TARGET.name, str(chosen))]


def _draw_file(name: str, header: tuple[str, ...], rows: Sequence[tuple[Value, ...]]) -> None:
    copying.save("Download table as CSV", table_text(header, rows), f"{name}.csv", key=name)
