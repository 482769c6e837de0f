"""Funnels: how many go from step to step, who they are, and how that differs by value, over time and from before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import streamlit as st

from data.engine import Tenant
from pages.funnel_units import UnitList
from pages.funnel_views import FunnelView
from pages.parameters import FunnelPageParameters
from queries.answers.funnel import FunnelAnswer, funnel, is_funnel_ready
from queries.answers.funnel_definition import joined_by_or
from queries.answers.summary import choices
from queries.asking import funnel as funnel_parameters
from queries.asking import funnel_bars as bars
from queries.asking.funnel import AS_OF, STEP, funnel_query
from queries.asking.funnel_bars import CURSOR, DROPPED_AFTER, REACHED, FunnelBar
from queries.asking.parameters import filled, parameters_of
from queries.asking.selection import Query, Selection
from queries.asking.sentence import instant
from ui.charts.funnel import funnel_alt_text, funnel_figure
from ui.components.table import figure_table
from ui.page import address, copying, messages
from ui.page.address import Pairs
from ui.page.filter_bar import FilterBar, PeriodPicker, ZonePicker
from ui.page.freshness import draw_as_of
from ui.page.funnel_editor import PRESETS, DraftSteps, RuleEditor, StepEditor, draft_steps, is_draft, step_pairs
from ui.page.log import Log
from ui.page.section import summary
from ui.page.shell import heading, show
from ui.rows.funnels import STEP_HEADINGS, step_rows
from ui.words import numbers
from ui.words.funnels import bar_pairs, completed_phrase, interval, reached_phrase, units, warnings

PATH = "/api/v1/funnel"
STYLE = Path(__file__).parents[1] / "ui" / "page" / "funnel.css"


def query_of(tenant: Tenant, pairs: Pairs) -> Query:
    """What the address asks, which may or may not be about the units behind a bar."""
    named = {name for name, value in pairs if value}
    parse = bars.parse if named & {REACHED.name, DROPPED_AFTER.name} else funnel_parameters.parse
    return parse(tenant.id, pairs, parameters_of(FunnelPageParameters))


class Funnels:
    """What the address asks of a tenant's funnels, and the parts of the page that answer it."""

    def __init__(self, log: Log, pairs: Pairs):
        self.log, self.tenant = log, log.tenant
        asked = query_of(self.tenant, pairs)
        values = filled(FunnelPageParameters, asked.parameters)
        self.query = funnel_query(asked)
        self.steps: DraftSteps = draft_steps(pairs, self.query.steps)
        self.problems = [problem for problem in asked.problems if not (problem.parameter == STEP.name and is_draft(self.steps))]
        misread = {problem.parameter for problem in asked.problems}
        has_bar = bool(values.reached or values.dropped_after) and not misread & {REACHED.name, DROPPED_AFTER.name}
        self.bar: FunnelBar | None = bars.bar_of(values) if has_bar else None
        self.cursor = values.cursor if has_bar else None
        self.view = FunnelView(log, self.query, values.view, values.target)

    def draw(self) -> None:
        st.html(STYLE)
        heading("Funnels", [problem.message for problem in self.problems], self.draw_presets)
        self.draw_question()
        if is_draft(self.steps):
            st.info("A funnel needs at least two steps, each with a type.", icon=":material/filter_alt:")
            return
        with st.spinner("Counting" if is_funnel_ready(self.tenant) else "Preparing the funnel: a few seconds, only after a restart"):
            answer = funnel(self.tenant, self.view.query)
        self.draw_summary(answer)
        if answer.steps[0].units == 0:
            self.draw_emptiness(answer)
            return
        self.draw_steps(answer)
        if self.bar:
            UnitList(self.tenant, self.query, self.bar, self.cursor, self.show).draw()
        self.view.draw(answer, self.view_bound)

    def draw_presets(self) -> None:
        types = self.types
        steps = {preset.name: preset.among(types) for preset in PRESETS}
        st.session_state["preset"] = next((name for name, one in steps.items() if one == self.steps), None)
        st.pills("Ready-made funnels", list(steps), key="preset", on_change=self.take_preset, args=(steps,), label_visibility="collapsed")

    def draw_question(self) -> None:
        selection = self.query.selection
        period = PeriodPicker(selection, self.log, datetime.now(UTC).date())
        editor, rules = StepEditor(self.steps, self.types), RuleEditor(self.query, self.types)
        filters = FilterBar(self.tenant, selection, period, omitted=("type",), zone=ZonePicker(selection))
        everything = self.pairs(self.bar)
        kept = (*self.view.names, REACHED.name, DROPPED_AFTER.name, AS_OF.name)
        bound = address.bind((*editor.fields, *rules.fields, *filters.fields), everything, kept)
        others = {name for name, _ in everything if name not in self.view.names}
        self.view_bound = address.bind(self.view.fields, everything, others | {CURSOR.name})
        with st.container(key="funnel_question"):
            with st.container(key="funnel_steps", gap="xsmall"):
                editor.draw(bound, address.without(self.pairs(), (STEP.name,)))
            with st.container(key="funnel_rules"):
                rules.draw(bound)
        filters.draw(bound)

    def draw_summary(self, answer: FunnelAnswer) -> None:
        first, last = answer.steps[0], answer.steps[-1]
        pairs = self.view.query.pairs()
        steps_file = partial(copying.download, "Download steps as CSV", f"{PATH}.csv", [*pairs, ("table", "steps"), ("bom", "true")],
                             "funnel-steps.csv")
        reached = f"{numbers.percent(last.units, first.units)} of {units(first.units, self.query)} {completed_phrase(self.query)}"
        title = reached if first.units else "Nobody entered this funnel"
        with summary(title, steps_file, copying.copy_link, partial(copying.copy_curl, PATH, pairs)):
            if last.interval95 and first.units:
                said = f"{numbers.count(last.units)} {reached_phrase(self.query, last.number)}"
                st.text(f"{said} · 95% interval {interval(last.interval95)}")
            draw_as_of(self.log, self.query.selection)
            if self.query.as_of_ms is not None:
                self.draw_as_of(self.query.as_of_ms)

    def draw_as_of(self, as_of_ms: int) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            said = instant(as_of_ms, self.query.selection.zone)
            st.text(f"As it stood on {said}: later rows do not count.", width="content")
            st.button("Count them", key="count_later", on_click=self.count_later, type="tertiary")

    def draw_steps(self, answer: FunnelAnswer) -> None:
        with st.container(gap=None, key="funnel_warnings"):
            for said in warnings(answer, self.types):
                st.caption(f":material/info: {messages.plain(said)}")
        picture, table = st.columns([1, 1], gap="medium")
        with picture:
            st.plotly_chart(funnel_figure(answer, self.bar), key="funnel_picture", on_select=self.chosen_bar, selection_mode="points",
                            alt=funnel_alt_text(answer), config={"displayModeBar": False})
        with table:
            pressed = figure_table(step_rows(answer, self.bar_link, self.bar), STEP_HEADINGS, "Steps", key="funnel_table")
            address.follow(pressed.followed)
        st.caption(f"**What this counts.** {messages.plain(answer.definition)}")

    def draw_emptiness(self, answer: FunnelAnswer) -> None:
        types = [one for step in self.query.steps for one in step] if self.query.order == "any" else self.query.steps[0]
        hint = f"Under these filters there is no {joined_by_or(types)} to begin with."
        messages.nothing_matches("entries", hint, self.clear if self.is_filtered else None)

    @property
    def types(self) -> Sequence[str]:
        """The types that occur, most frequent first."""
        return [choice.id for choice in choices(self.tenant, "type")]

    @property
    def is_filtered(self) -> bool:
        """Whether less than the whole log is asked."""
        selection = self.query.selection
        return bool(selection.conditions) or selection.start is not None or selection.end is not None

    def pairs(self, bar: FunnelBar | None = None) -> Pairs:
        """The address as it was understood, with a bar or none, and without the place in its list."""
        pairs = replace(self.query, breakdown=None, grain=None).pairs()
        return [*step_pairs(self.steps), *address.without(pairs, (STEP.name,)), *self.view.pairs(), *(bar_pairs(bar) if bar else [])]

    def bar_link(self, bar: FunnelBar) -> str:
        """The address of this view with the units of a bar."""
        return "/funnels" + address.query_string(self.pairs(bar))

    def show(self, bar: FunnelBar | None, cursor: str | None = None) -> None:
        """Navigate to a bar's units after a cursor; of no list without a bar."""
        address.navigate([*self.pairs(bar), *([(CURSOR.name, cursor)] if cursor else [])])

    def chosen_bar(self) -> None:
        """Lists the units of the bar that was just chosen in the picture."""
        points = st.session_state["funnel_picture"].selection.points
        if points:
            name, number = points[0]["customdata"]
            self.show((bars.reached if name == REACHED.name else bars.dropped_after)(int(number)))

    def take_preset(self, steps: dict[str, DraftSteps]) -> None:
        """Makes the steps those of a preset; what they name is excluded no longer."""
        chosen = steps.get(st.session_state["preset"], self.steps)
        named = {one for step in chosen for one in step}
        excluded = tuple(one for one in self.query.excluded if one not in named)
        self.steps, self.query = chosen, replace(self.query, steps=chosen, excluded=excluded)
        self.show(None)

    def count_later(self) -> None:
        """Navigate to the same funnel with all rows."""
        self.query = replace(self.query, as_of_ms=None)
        self.show(self.bar)

    def clear(self) -> None:
        """Takes the filters and the period away."""
        self.query = replace(self.query, selection=Selection(self.tenant.id, zone=self.query.selection.zone))
        self.show(None)


show("Funnels", lambda log: Funnels(log, address.pairs()).draw())
