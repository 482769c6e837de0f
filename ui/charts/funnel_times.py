"""How long units took from their entry to a step: percentiles and a histogram."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from data.results import Durations, HistogramBin
from palette import COUNTED
from ui.charts.parts import count_axis
from ui.components.table import Column, Row
from ui.words.numbers import count, counted, duration, percent

TIME_HEADER = ("fromSeconds", "toSeconds", "units")
TIME_HEADINGS = (Column("took", "Time from the entry", "text"), Column("units", "Units"), Column("share", "Share"))


def time_facts(times: Durations) -> list[tuple[str, str]]:
    """Names and values of the summary."""
    return [
        ("Median", duration(times.median)), ("A quarter within", duration(times.p25)), ("Three quarters within", duration(times.p75)),
        ("Nine in ten within", duration(times.p90)), ("Mean", duration(times.mean)),
    ]


def times_figure(times: Durations) -> go.Figure:
    """A bar a stretch of time, longer stretches as time goes on, from the first that has units."""
    bars = shown_bins(times)
    edges = [duration(bar.start / 1000) for bar in bars] + [duration(bars[-1].end / 1000) if bars[-1].end else "longer"]
    figure = go.Figure(go.Bar(
        x=list(range(len(bars))), y=[bar.units for bar in bars], width=0.94, marker_color=COUNTED,
        hovertext=[f"{_span(bar)}: {counted(bar.units, 'unit')}, {percent(bar.units, times.n)}" for bar in bars],
        hovertemplate="%{hovertext}<extra></extra>",
    ))
    figure.update_layout(
        height=360, margin={"l": 0, "r": 14, "t": 8, "b": 0}, dragmode=False, showlegend=False,
        # The labels stand between the bars, for a bar holds what lies between two of them.
        xaxis={"tickvals": [place - 0.5 for place in range(len(edges))], "ticktext": edges, "range": [-0.6, len(bars) - 0.4],
               "showgrid": False, "fixedrange": True},
        yaxis={"title_text": "units", "fixedrange": True, **count_axis(max(bar.units for bar in bars))},
    )
    return figure


def times_alt_text(times: Durations, step: str) -> str:
    """What the chart shows, as alt text."""
    return f"Time from the entry to {step} of {counted(times.n, 'unit')}: median {duration(times.median)}, nine in ten within {duration(times.p90)}."


def time_rows(times: Durations) -> list[Row]:
    """One row per bar."""
    return [
        {"took": _span(bar), "units": count(bar.units), "share": percent(bar.units, times.n)}
        for bar in shown_bins(times)
    ]


def time_file(times: Durations) -> list[tuple[int | float | None, ...]]:
    """The same for a file, under TIME_HEADER."""
    return [(bar.start / 1000, None if bar.end is None else bar.end / 1000, bar.units) for bar in shown_bins(times)]


def shown_bins(times: Durations) -> Sequence[HistogramBin]:
    """The histogram from its first bar with units on."""
    first = next(place for place, bar in enumerate(times.histogram) if bar.units)
    return times.histogram[first:]


def _span(bar: HistogramBin) -> str:
    if bar.end == 1:
        return "the same instant"
    start = duration(bar.start / 1000)
    return f"{start} or longer" if bar.end is None else f"{start} to {duration(bar.end / 1000)}"
