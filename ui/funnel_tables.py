"""A funnel's steps as a table: the numbers of its picture, and a row for every bar of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from queries.funnel.answer import FunnelAnswer, FunnelStep
from queries.funnel.bars import Bar, dropped_after, reached
from queries.rates import Arm, wilson
from ui.funnel_words import dropped_words, interval, reached_words, step_label
from ui.numbers import count, percent
from ui.sortable_table import Figure, Heading

STEP_HEADINGS = (
    Heading("step", "Step", "text"),
    Heading("units", "Units", words="How many reached the step, or went no further"),
    Heading("first", "% of first · 95%", words="Of those who entered, with its 95% interval"),
    Heading("previous", "% of previous", words="Of those who came one step less far"),
)

FigureRow = Mapping[str, Figure | str | None]


def step_rows(answer: FunnelAnswer, link: Callable[[Bar], str], current: Bar | None = None) -> list[FigureRow]:
    """A row a step, and after it one for those who went no further; each leads to its units by `link`."""
    rows: list[FigureRow] = []
    for step in answer.steps:
        rows.append(_reached(answer, step, link, current))
        if step.number < len(answer.steps):
            rows.append(_dropped(answer, step, link, current))
    return rows


def _reached(answer: FunnelAnswer, step: FunnelStep, link: Callable[[Bar], str], current: Bar | None) -> FigureRow:
    bar, later = reached(step.number), step.number > 1
    return {
        "step": Figure(step_label(answer.question, step.number), mark=_mark(bar, current), address=link(bar)),
        "units": count(step.units),
        "first": Figure(_rate(step.rate_from_first), note=interval(step.interval95) if later else None),
        "previous": Figure(_rate(step.rate_from_previous)) if later else None,
    }


def _dropped(answer: FunnelAnswer, step: FunnelStep, link: Callable[[Bar], str], current: Bar | None) -> FigureRow:
    bar, first = dropped_after(step.number), answer.steps[0].units
    lost = bar.size([each.units for each in answer.steps])
    before = f"of those who {reached_words(answer.question, step.number)}" if answer.question.order == "any" else f"of step {step.number}"
    return {
        "step": Figure(dropped_words(answer.question, step.number), mark=_mark(bar, current), address=link(bar)),
        "units": Figure(count(lost), tone="quiet"),
        "first": Figure(percent(lost, first), note=interval(wilson(Arm(lost, first))), tone="quiet"),
        "previous": Figure(percent(lost, step.units), note=before, tone="quiet"),
    }


def _mark(bar: Bar, current: Bar | None) -> str | None:
    return "listed below" if bar == current else None


def _rate(rate: float | None) -> str | None:
    return None if rate is None else percent(rate, 1)
