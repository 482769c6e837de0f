"""A funnel over time: the rates of those who entered in each day, week or month."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from palette import COMPARED
from queries.answers.funnel import FunnelAnswer, TrendBucket
from queries.answers.rates import Arm, wilson
from queries.asking.funnel import FunnelQuery
from queries.asking.times import Grain
from ui.charts.looks import Look, Looks
from ui.charts.parts import RATE_FORMAT, bucket_axis, chart_text, count_axis, line_look, shade
from ui.components.table import Cell, Column, Row
from ui.words.funnels import interval, rate_heading, reached_phrase, step_heading, step_label
from ui.words.measures import GRAIN_HEADINGS, CutWords
from ui.words.numbers import count, percent

MAY_CHANGE = "may still change"


@dataclass(frozen=True)
class FunnelTrend:
    """The buckets of a funnel that was asked by a grain, and the grain they have, which may be a coarser one."""

    asked: Grain
    grain: Grain
    buckets: tuple[TrendBucket, ...]

    @classmethod
    def of(cls, answer: FunnelAnswer) -> FunnelTrend:
        if answer.query.grain is None or answer.grain is None or answer.trend is None:
            raise ValueError("the funnel was not asked over time")
        return cls(answer.query.grain, answer.grain, answer.trend)


def funnel_trend_figure(answer: FunnelAnswer, looks: Looks, cut: CutWords) -> go.Figure:
    """Above, a line a later step: its rate from the first; below, the entries.

    The entries of a bucket with units that may still convert are hatched. The buckets of `cut`, which says what of them counts, are
    shaded. `looks` is how the log's types are drawn.
    """
    trend = FunnelTrend.of(answer)
    buckets = trend.buckets
    starts = [bucket.start for bucket in buckets]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.74, 0.26], vertical_spacing=0.06)
    for step, look in list(zip(answer.steps, step_looks(answer.query, looks), strict=True))[1:]:
        name = chart_text(step_label(answer.query, step.number))
        hover_texts = [f"{name}: {percent(bucket.units[step.number - 1], bucket.units[0])} of {count(bucket.units[0])}"
                 + "".join(f", {said}" for said in _reservations(bucket, cut)) for bucket in buckets]
        figure.add_scatter(x=starts, y=[_rate(bucket, step.number) for bucket in buckets], name=name, hovertext=hover_texts,
                           hovertemplate="%{hovertext}<extra></extra>", row=1, col=1, **line_look(look))
    figure.add_bar(
        x=starts, y=[bucket.units[0] for bucket in buckets], name="Entries", showlegend=False, row=2, col=1,
        marker={"color": COMPARED, "pattern_shape": ["/" if bucket.immature else "" for bucket in buckets]},
        hovertext=[", ".join((f"{count(bucket.units[0])} entered", *_reservations(bucket, cut))) for bucket in buckets],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    shade(figure, starts, trend.grain, [start in cut for start in starts])
    figure.update_layout(
        height=400, margin={"l": 0, "r": 0, "t": 4, "b": 0}, dragmode=False, hovermode="x unified",
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "title_text": ""},
    )
    figure.update_xaxes(**bucket_axis(starts, trend.grain), fixedrange=True)
    figure.update_yaxes(fixedrange=True, title_text="% of first", rangemode="tozero", tickformat=RATE_FORMAT, row=1, col=1)
    most = max((bucket.units[0] for bucket in buckets), default=0)
    figure.update_yaxes(fixedrange=True, title_text="entries", **count_axis(most, numbers=3), row=2, col=1)
    return figure


def step_looks(query: FunnelQuery, looks: Looks) -> list[Look]:
    """The look of each step: that of its first type, unless an earlier step has it; in any order a step is of no type, but a number."""
    found: list[Look] = []
    for number, step in enumerate(query.steps, 1):
        look = looks[step[0]]
        found.append(looks.further(number) if query.order == "any" or look in found else look)
    return found


def funnel_trend_alt_text(answer: FunnelAnswer, cut: CutWords) -> str:
    """What the chart shows, as alt text."""
    last = len(answer.steps)
    parts = [
        ", ".join((f"{bucket.start} {percent(bucket.units[last - 1], bucket.units[0])} of {count(bucket.units[0])}", *_reservations(bucket, cut)))
        for bucket in FunnelTrend.of(answer).buckets
    ]
    return f"Share of entries that {reached_phrase(answer.query, last)}, by {answer.grain} of entry: {'; '.join(parts)}."


def waiting_caption(answer: FunnelAnswer) -> str | None:
    """What the hatched bars mean; None where there are none."""
    if not any(bucket.immature for bucket in FunnelTrend.of(answer).buckets):
        return None
    return f"Hatched: a bucket that {MAY_CHANGE}, because some of its units' time has not run out."


def funnel_trend_headings(answer: FunnelAnswer) -> list[Column]:
    """The columns: the rate to the last step, then the units of each."""
    steps = [Column(f"step{step.number}", step_heading(answer.query, step.number), help=f"Units that {reached_phrase(answer.query, step.number)}")
             for step in answer.steps]
    rate = Column("rate", rate_heading(answer.query, len(steps)), help="With its 95% interval")
    return [Column("start", GRAIN_HEADINGS[FunnelTrend.of(answer).grain], "text"), rate, *steps]


def funnel_trend_rows(answer: FunnelAnswer, cut: CutWords) -> list[Row]:
    """One row per bucket, oldest first; `cut` is what is said of those that are not whole."""
    return [
        {
            "start": Cell(bucket.start, note=cut.get(bucket.start), mark=MAY_CHANGE if bucket.immature else None),
            **{f"step{number}": count(units) for number, units in enumerate(bucket.units, 1)},
            "rate": Cell(percent(bucket.units[-1], bucket.units[0]), note=interval(wilson(Arm(bucket.units[-1], bucket.units[0])))),
        }
        for bucket in FunnelTrend.of(answer).buckets
    ]


def _reservations(bucket: TrendBucket, cut: CutWords) -> list[str]:
    return [*([cut[bucket.start]] if bucket.start in cut else []), *([MAY_CHANGE] if bucket.immature else [])]


def _rate(bucket: TrendBucket, step: int) -> float | None:
    return bucket.units[step - 1] / bucket.units[0] if bucket.units[0] else None
