"""A funnel over time: the rates of those who entered in each day, week or month."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from queries.funnel.answer import FunnelAnswer
from queries.funnel.parts import TrendBucket
from queries.rates import Arm, wilson
from ui.chart_parts import DATE_AXIS, chart_text
from ui.funnel_tables import FigureRow
from ui.funnel_words import interval, reached_words, step_heading, step_name
from ui.grain import HEADINGS
from ui.numbers import count, percent
from ui.sortable_table import Figure, Heading

COLOURS = ("#5B54EA", "#15803D", "#C2410C", "#0E7490", "#A16207", "#BE185D", "#7C3AED", "#4D7C0F", "#64748B")
MAY_RISE = "may still change"
_ENTRIES = "#94A0B8"


def trend_figure(answer: FunnelAnswer) -> go.Figure:
    """Above, a line a later step: its rate from the first, dashed where units of the bucket may still convert; below, the entries."""
    buckets = answer.trend
    starts = [bucket.start for bucket in buckets]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.74, 0.26], vertical_spacing=0.06)
    for step in answer.steps[1:]:
        name = chart_text(f"{step.number} {step_name(answer.question, step.number)}")
        colour = COLOURS[(step.number - 2) % len(COLOURS)]
        rates = [_rate(bucket, step.number) for bucket in buckets]
        settled = [None if bucket.immature else rate for bucket, rate in zip(buckets, rates, strict=True)]
        waiting = [rate if _beside_immature(buckets, place) else None for place, rate in enumerate(rates)]
        words = [f"{name}: {percent(bucket.units[step.number - 1], bucket.units[0])} of {count(bucket.units[0])}"
                 + (f", {MAY_RISE}" if bucket.immature else "") for bucket in buckets]
        common = {"x": starts, "name": name, "legendgroup": name, "mode": "lines+markers", "hovertemplate": "%{hovertext}<extra></extra>",
                  "hovertext": words}
        all_wait = all(bucket.immature for bucket in buckets)
        if not all_wait:
            figure.add_scatter(y=settled, line={"color": colour, "width": 2.5}, marker_size=6, row=1, col=1, **common)
        if any(bucket.immature for bucket in buckets):
            figure.add_scatter(
                y=waiting, line={"color": colour, "width": 2, "dash": "dot"}, showlegend=all_wait,
                marker={"size": 7, "symbol": ["circle-open" if bucket.immature else "circle" for bucket in buckets]}, row=1, col=1, **common,
            )
    figure.add_bar(
        x=starts, y=[bucket.units[0] for bucket in buckets], name="Entries", showlegend=False, row=2, col=1,
        marker={"color": _ENTRIES, "pattern_shape": ["/" if bucket.immature else "" for bucket in buckets]},
        hovertext=[f"{count(bucket.units[0])} entered" for bucket in buckets], hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.update_layout(
        height=400, margin={"l": 0, "r": 0, "t": 4, "b": 0}, dragmode=False, hovermode="x unified",
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "title_text": ""},
    )
    figure.update_xaxes(**DATE_AXIS, fixedrange=True)
    figure.update_yaxes(fixedrange=True, rangemode="tozero")
    figure.update_yaxes(title_text="% of first", tickformat=".0%", row=1, col=1)
    figure.update_yaxes(title_text="entries", tickformat=",d", nticks=3, row=2, col=1)
    return figure


def trend_text(answer: FunnelAnswer) -> str:
    """What the picture shows, in words."""
    last = len(answer.steps)
    parts = [f"{bucket.start} {percent(bucket.units[last - 1], bucket.units[0])} of {count(bucket.units[0])}" for bucket in answer.trend]
    return f"Share of entries that {reached_words(answer.question, last)}, by {answer.grain} of entry: {'; '.join(parts)}."


def trend_headings(answer: FunnelAnswer) -> list[Heading]:
    """The columns: the rate to the last step, then the units of each."""
    steps = [Heading(f"step{step.number}", step_heading(answer.question, step.number), words=f"Who {reached_words(answer.question, step.number)}")
             for step in answer.steps]
    return [Heading("start", HEADINGS[answer.grain], "text"), Heading("rate", f"% of 1 to {len(steps)}", words="With its 95% interval"), *steps]


def trend_rows(answer: FunnelAnswer) -> list[FigureRow]:
    """A row a bucket, oldest first."""
    return [
        {
            "start": Figure(bucket.start, mark=MAY_RISE if bucket.immature else None),
            **{f"step{number}": count(units) for number, units in enumerate(bucket.units, 1)},
            "rate": Figure(percent(bucket.units[-1], bucket.units[0]), note=interval(wilson(Arm(bucket.units[-1], bucket.units[0])))),
        }
        for bucket in answer.trend
    ]


def _rate(bucket: TrendBucket, step: int) -> float | None:
    return bucket.units[step - 1] / bucket.units[0] if bucket.units[0] else None


def _beside_immature(buckets: tuple[TrendBucket, ...], place: int) -> bool:
    return any(bucket.immature for bucket in buckets[max(place - 1, 0):place + 2])
