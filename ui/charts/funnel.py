"""The pictures of a funnel: a bar a step, as long as the units that reached it, and behind it those that were lost on the way; and its rates
beside those of the period before.
"""

from __future__ import annotations

import plotly.graph_objects as go

from palette import ASIDE, COMPARED, COUNTED, LOST
from queries.answers.funnel import FunnelAnswer, FunnelStep
from queries.answers.funnel_comparison import FunnelComparison
from queries.asking.funnel_bars import FunnelBar, dropped_after, reached
from queries.asking.sentence import instant
from ui.charts.parts import RATE_FORMAT, chart_text
from ui.components.table import Cell, Column, Row
from ui.rows.funnels import difference_cell
from ui.words.funnels import bar_name, interval, step_heading, step_label, step_name, step_types, units
from ui.words.numbers import NOTHING, count, duration, percent

_ROW_HEIGHT = 84
_BAR_WIDTH = 0.34
_QUIET = 0.35
# How much of a bar of the lost is drawn: usually, and when its units are listed.
_LOST, _LOST_CHOSEN = 0.18, 0.5


def funnel_figure(answer: FunnelAnswer, current: FunnelBar | None = None) -> go.Figure:
    """The bars from the first step at the top; each has the parameters of its bar (`reached`, `2`) as its custom data.

    `current` is the bar whose units are listed: the others stand back.
    """
    counts = [step.units for step in answer.steps]
    rows = [-step.number for step in answer.steps]
    lost = [dropped_after(number) for number in range(1, len(counts))]
    figure = go.Figure([
        go.Bar(
            x=counts, y=rows, orientation="h", width=_BAR_WIDTH, name="Reached",
            marker={"color": COUNTED, "opacity": [_opacity(reached(-row), current) for row in rows]},
            customdata=[["reached", str(-row)] for row in rows],
            hovertext=[_pointed_at(answer, reached(step.number)) for step in answer.steps],
            hovertemplate="%{hovertext}<extra></extra>",
        ),
        go.Bar(
            x=[bar.size(counts) for bar in lost], y=rows[1:], orientation="h", width=_BAR_WIDTH, name="Lost before this step",
            marker={"color": LOST, "opacity": [_opacity(bar, current) for bar in lost], "line": {"color": LOST, "width": 1},
                    "pattern": {"shape": "/", "size": 6, "solidity": [_LOST_CHOSEN if bar == current else _LOST for bar in lost]}},
            customdata=[["droppedAfter", str(bar.lowest)] for bar in lost],
            hovertext=[_pointed_at(answer, bar) for bar in lost],
            hovertemplate="%{hovertext}<extra></extra>",
        ),
    ])
    # What is chosen shows by the opacity above; the chart's own way would outlive a step back in the browser.
    figure.update_traces(selected_marker_opacity=None, unselected_marker_opacity=None)
    for step in answer.steps:
        _write(figure, step, _title(answer, step), "left", 22)
        _write(figure, step, f"<b>{count(step.units)}</b>", "right", 22)
        _write(figure, step, _rates(step), "left", -23, small=True)
    figure.update_layout(
        barmode="stack", showlegend=False, height=_ROW_HEIGHT * len(rows) + 8, margin={"l": 0, "r": 0, "t": 4, "b": 4},
        xaxis={"visible": False, "range": [0, max(counts[0], 1)], "fixedrange": True},
        yaxis={"visible": False, "range": [rows[-1] - 0.55, -0.45], "fixedrange": True},
        dragmode=False, hovermode="closest", clickmode="event+select",
    )
    return figure


def funnel_alt_text(answer: FunnelAnswer) -> str:
    """What the chart shows, as alt text."""
    steps = "; ".join(
        f"{step_label(answer.query, step.number)}: {count(step.units)}, {percent(step.rate_from_first or 0, 1)} of the first"
        for step in answer.steps
    )
    return f"Funnel of {len(answer.steps)} steps. {steps}."


def _pointed_at(answer: FunnelAnswer, bar: FunnelBar) -> str:
    number = bar.size([step.units for step in answer.steps])
    return f"{units(number, answer.query)} {chart_text(bar_name(answer.query, bar))}"


def _opacity(bar: FunnelBar, current: FunnelBar | None) -> float:
    return 1 if current in (None, bar) else _QUIET


def _title(answer: FunnelAnswer, step: FunnelStep) -> str:
    name = chart_text(_shortened(step_name(answer.query, step.number)))
    return f"<b>{name}</b>" if answer.query.order == "any" else f"<b>{step.number}</b>  {name}"


def _rates(step: FunnelStep) -> str:
    if step.number == 1:
        return "100% · the entries" if step.units else "no entries"
    if step.rate_from_first is None:
        return ""
    of_first = f"<b>{percent(step.rate_from_first, 1)}</b> of first (95%: {interval(step.interval95)})"
    if step.number == 2 or step.rate_from_previous is None:
        return of_first
    return f"{of_first} · {percent(step.rate_from_previous, 1)} of previous"


def _write(figure: go.Figure, step: FunnelStep, text: str, side: str, shift: int, small: bool = False) -> None:
    figure.add_annotation(
        text=text, xref="paper", x=0 if side == "left" else 1, xanchor=side, y=-step.number, yshift=shift, showarrow=False,
        align=side, font={"size": 12 if small else 14},
    )


def _shortened(name: str) -> str:
    return name if len(name) <= 42 else name[:40].rstrip(" ,") + "…"


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
