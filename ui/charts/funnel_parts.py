"""A funnel by the values of its entries: each one's rate with its interval, and whether it differs from the rest."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from palette import ASIDE, PLAIN
from queries.answers.funnel import BreakdownRow, FunnelAnswer
from queries.answers.rates import Arm, Contrast, wilson
from ui.charts.parts import RATE_FORMAT, chart_text
from ui.components.table import Cell, Column, Row
from ui.rows.funnels import COLOURS, SIGNS, difference_cell
from ui.words.funnels import interval, rate_heading, reached_phrase, step_heading
from ui.words.numbers import count, percent

MOST_BARS = 12

_ROW_HEIGHT = 44
# Right of the longest bar's interval: `▲ 100.0%`.
_LABEL_WIDTH = 72


def rows_of_breakdown(answer: FunnelAnswer) -> tuple[BreakdownRow, ...]:
    """A row for each value, most entries first; of a funnel that was not asked by a value none."""
    return answer.breakdown or ()


def breakdown_figure(answer: FunnelAnswer, target: int, contrasts: Sequence[Contrast]) -> go.Figure:
    """For each value the rate from the first step to step `target` with its 95% interval, over a line at everyone's rate.

    The MOST_BARS values with the most entries; `contrasts` has the verdict on each row of the breakdown.
    """
    rows = rows_of_breakdown(answer)[:MOST_BARS]
    arms = [Arm(row.units[target - 1], row.units[0]) for row in rows]
    shares = [arm.hits / arm.trials for arm in arms]
    # Always a share: no more can reach a step than entered.
    ends = [wilson(arm) or (0.0, 1.0) for arm in arms]
    names = [f"{chart_text(value_name(row))}<br><span style='font-size:11px'>{count(row.units[0])} entered</span>" for row in rows]
    figure = go.Figure(go.Bar(
        x=shares, y=list(range(len(rows))), orientation="h", width=0.5,
        marker_color=[COLOURS.get(contrast.verdict, PLAIN) for contrast in contrasts[:len(rows)]],
        error_x={
            "array": [high - share for share, (_, high) in zip(shares, ends, strict=True)],
            "arrayminus": [share - low for share, (low, _) in zip(shares, ends, strict=True)],
            "thickness": 1.5, "width": 5, "color": ASIDE,
        },
        hovertext=[f"{chart_text(value_name(row))}: {count(arm.hits)} of {count(arm.trials)}, {interval(end)}, {contrast.verdict}"
                   for row, arm, end, contrast in zip(rows, arms, ends, contrasts, strict=False)],
        hovertemplate="%{hovertext}<extra></extra>",
    ))
    widest = max(high for _, high in ends)
    for place, (arm, (_, high), contrast) in enumerate(zip(arms, ends, contrasts, strict=False)):
        figure.add_annotation(text=f"{SIGNS.get(contrast.verdict, '')}{percent(arm.hits, arm.trials)}", x=high, y=place, xanchor="left",
                              xshift=8, showarrow=False)
    everyone = answer.steps[target - 1].rate_from_first
    if everyone is not None:
        figure.add_vline(x=everyone, line={"dash": "dot", "width": 1.5, "color": ASIDE}, layer="below")
        figure.add_annotation(text=f"all {percent(everyone, 1)}", x=everyone, y=1, yref="paper", yanchor="bottom", showarrow=False, font_size=12)
    figure.update_layout(
        showlegend=False, dragmode=False, height=_ROW_HEIGHT * len(rows) + 60, margin={"l": 0, "r": _LABEL_WIDTH, "t": 22, "b": 0},
        xaxis={"range": [0, widest or 1], "tickformat": RATE_FORMAT, "fixedrange": True},
        yaxis={"range": [len(rows) - 0.4, -0.6], "tickvals": list(range(len(rows))), "ticktext": names, "fixedrange": True,
               "automargin": True},
    )
    return figure


def breakdown_alt_text(answer: FunnelAnswer, target: int, contrasts: Sequence[Contrast]) -> str:
    """What the chart shows, as alt text."""
    parts = [f"{value_name(row)} {percent(row.units[target - 1], row.units[0])}, {contrast.verdict}"
             for row, contrast in zip(rows_of_breakdown(answer)[:MOST_BARS], contrasts, strict=False)]
    return f"Share of entries that {reached_phrase(answer.query, target)}. {'; '.join(parts)}."


def breakdown_headings(answer: FunnelAnswer, target: int) -> list[Column]:
    """The columns: the rate to step `target` and how it compares, then the units of each step."""
    steps = [Column(f"step{step.number}", step_heading(answer.query, step.number), help=f"Units that {reached_phrase(answer.query, step.number)}")
             for step in answer.steps]
    return [
        Column("value", (answer.query.breakdown or "value").capitalize(), "text"),
        Column("rate", rate_heading(answer.query, target), help="With its 95% interval"),
        Column("rest", "Against the rest", help="All other values together, in percentage points; a difference is named where it is "
                "significant after correction for multiple comparisons"),
        *steps,
    ]


def breakdown_rows(answer: FunnelAnswer, target: int, contrasts: Sequence[Contrast]) -> list[Row]:
    """One row per value, most entries first."""
    return [
        {
            "value": Cell(value_name(row), is_id=row.name is None and row.value is not None),
            **{f"step{number}": count(units) for number, units in enumerate(row.units, 1)},
            "rate": Cell(percent(row.units[target - 1], row.units[0]), note=interval(wilson(Arm(row.units[target - 1], row.units[0])))),
            "rest": difference_cell(contrast),
        }
        for row, contrast in zip(rows_of_breakdown(answer), contrasts, strict=True)
    ]


def value_name(row: BreakdownRow) -> str:
    """What people call a value; `(none)` where the entry has none."""
    return row.name or row.value or "(none)"
