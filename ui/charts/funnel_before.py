"""A funnel beside the same one of the period before."""

from __future__ import annotations

import plotly.graph_objects as go

from palette import ASIDE, COMPARED, COUNTED
from queries.answers.funnel_comparison import FunnelComparison
from queries.asking.sentence import instant
from ui.charts.parts import RATE_FORMAT, chart_text
from ui.components.table import Cell, Column, Row
from ui.rows.funnels import difference_cell
from ui.words.funnels import interval, step_heading, step_label, step_name, step_types
from ui.words.numbers import NOTHING, count, duration, percent

BEFORE_HEADER = (
    "step", "types", "unitsNow", "unitsBefore", "rateNow", "low95Now", "high95Now", "rateBefore", "low95Before", "high95Before",
    "difference", "verdict",
)
BEFORE_HEADINGS = (
    Column("step", "Step", "text"), Column("now", "Units now"), Column("before", "Before"),
    Column("now_rate", "% of first now", help="With its 95% interval"), Column("before_rate", "Before", help="With its 95% interval"),
    Column("difference", "Difference", help="In percentage points; named where it is significant after correction for multiple comparisons"),
)



def before_figure(compared: FunnelComparison) -> go.Figure:
    """For each later step two bars, now and before: the rate from the first step with its 95% interval."""
    figure = go.Figure()
    for name, answer, colour in (("Now", compared.now, COUNTED), ("Before", compared.before, COMPARED)):
        steps = answer.steps[1:]
        shares = [step.rate_from_first or 0 for step in steps]
        ends = [step.interval95 or (0, 0) for step in steps]
        figure.add_bar(
            name=name, orientation="h", marker_color=colour, x=shares,
            y=[chart_text(step_heading(answer.query, step.number)) for step in steps],
            error_x={
                "array": [high - share for share, (_, high) in zip(shares, ends, strict=True)],
                "arrayminus": [share - low for share, (low, _) in zip(shares, ends, strict=True)],
                "thickness": 1.5, "width": 4, "color": ASIDE,
            },
            hovertext=[f"{name}: {count(step.units)}, {percent(share, 1)} of the first, {interval(step.interval95)}"
                       for step, share in zip(steps, shares, strict=True)],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.update_layout(
        barmode="group", bargap=0.35, height=62 * len(compared.steps) + 90, margin={"l": 0, "r": 8, "t": 4, "b": 0}, dragmode=False,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "title_text": ""},
        xaxis={"tickformat": RATE_FORMAT, "rangemode": "tozero", "fixedrange": True},
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True},
    )
    return figure


def before_alt_text(compared: FunnelComparison) -> str:
    """What the chart shows, as alt text."""
    parts = [
        f"{step_name(compared.now.query, now.number)} {_rate(now.rate_from_first)} now, {_rate(before.rate_from_first)} before, "
        f"{contrast.verdict}"
        for now, before, contrast in zip(compared.now.steps[1:], compared.before.steps[1:], compared.steps, strict=True)
    ]
    return f"Share of the entries, now and in the period before. {'; '.join(parts)}."


def seen_text(compared: FunnelComparison) -> str | None:
    """For how long both periods are seen, and which rows of the earlier one therefore do not count; None where both have run out."""
    asked = compared.before.query
    if compared.seen_ms is None or asked.as_of_ms is None:
        return None
    return (f"Both are seen for the same time, {duration(compared.seen_ms / 1000)} from the beginning of their period: of the earlier one, "
            f"rows later than {instant(asked.as_of_ms, asked.selection.zone)} do not count.")


def before_rows(compared: FunnelComparison) -> list[Row]:
    """One row per step; of the first one the numbers alone."""
    return [
        {
            "step": step_label(compared.now.query, now.number),
            "now": count(now.units),
            "before": count(before.units),
            "now_rate": Cell(_rate(now.rate_from_first), note=interval(now.interval95)) if contrast else None,
            "before_rate": Cell(_rate(before.rate_from_first), note=interval(before.interval95)) if contrast else None,
            "difference": difference_cell(contrast) if contrast else None,
        }
        for now, before, contrast in zip(compared.now.steps, compared.before.steps, (None, *compared.steps), strict=True)
    ]


def before_file(compared: FunnelComparison) -> list[tuple[str | int | float | None, ...]]:
    """The same for a file, under BEFORE_HEADER."""
    return [
        (
            now.number, step_types(compared.now.query, now.number), now.units, before.units,
            now.rate_from_first, *(now.interval95 or (None, None)), before.rate_from_first, *(before.interval95 or (None, None)),
            contrast.difference if contrast else None, contrast.verdict if contrast else None,
        )
        for now, before, contrast in zip(compared.now.steps, compared.before.steps, (None, *compared.steps), strict=True)
    ]


def _rate(rate: float | None) -> str:
    return NOTHING if rate is None else percent(rate, 1)
