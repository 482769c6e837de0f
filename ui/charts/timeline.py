"""One customer's interactions over time: a row for each offer, a mark for each interaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from data.results import TimelinePoint
from queries.asking.times import local_date
from ui.charts.looks import Looks
from ui.charts.parts import LEGEND_BELOW, chart_text, moment_axis
from ui.words.numbers import counted, time

NO_OFFER = "No offer"
UTC = ZoneInfo("UTC")
_ROW_HEIGHT, _BELOW_ROWS = 32, 114
_LONGEST_LABEL = 26


def timeline_figure(
    points: Sequence[TimelinePoint], offers: Mapping[str | None, str | None], channel_label: Callable[[str], str], looks: Looks,
) -> go.Figure:
    """The marks in the rows of their offers.

    `offers` gives each offer's label by its id, the topmost first; `channel_label` that of a channel; `looks` is how the
    log's types are drawn.
    """
    labels = _labels(offers)
    figure = go.Figure()
    types = Counter(mark.type for mark in points)
    for name, _ in sorted(types.items(), key=lambda pair: (-pair[1], pair[0])):
        of_type = [mark for mark in points if mark.type == name]
        figure.add_trace(go.Scatter(
            x=[time(mark.timestamp) for mark in of_type], y=[labels[mark.offer] for mark in of_type], name=chart_text(name), mode="markers",
            # A mark of the calendar's last day stands on the very edge.
            cliponaxis=False,
            marker={
                "color": looks[name].colour, "symbol": looks[name].marker, "size": 11,
                "line": {"width": 1.6, "color": looks[name].colour},
            },
            customdata=[[chart_text(name), chart_text(channel_label(mark.channel) if mark.channel else "–")] for mark in of_type],
            hovertemplate="<b>%{customdata[0]}</b><br>%{x|%-d %B %Y %H:%M:%S} UTC<br>%{y}<br>%{customdata[1]}<extra></extra>",
        ))
    rows = [labels[offer] for offer in offers]
    figure.update_layout(
        height=_ROW_HEIGHT * max(len(rows), 2) + _BELOW_ROWS, margin={"l": 0, "r": 8, "t": 8, "b": 0}, hovermode="closest", showlegend=True,
        legend=LEGEND_BELOW,
    )
    days = [local_date(mark.timestamp, UTC) for mark in points]
    if days:
        figure.update_xaxes(**moment_axis(min(days), max(days)))
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=rows[::-1], range=[-0.6, len(rows) - 0.4], showgrid=True)
    return figure


def timeline_alt_text(points: Sequence[TimelinePoint], total: int) -> str:
    """What the timeline shows, as alt text."""
    if not points:
        return "No interactions."
    offers = len({mark.offer for mark in points})
    types = Counter(mark.type for mark in points)
    said = ", ".join(f"{name} {number}" for name, number in sorted(types.items(), key=lambda pair: (-pair[1], pair[0])))
    part = "" if len(points) == total else f"The newest {len(points)} of {total}: "
    return (
        f"{part}{counted(len(points), 'interaction')} in {counted(offers, 'row')}, one for each offer, "
        f"from {time(points[0].timestamp)} to {time(points[-1].timestamp)} UTC: {said}. The table of interactions below lists them."
    )


def _labels(offers: Mapping[str | None, str | None]) -> dict[str | None, str]:
    """A label for each offer, safe within a chart, no two alike, for a row is known by its label alone."""
    labels: dict[str | None, str] = {}
    for offer, name in offers.items():
        label = NO_OFFER if offer is None else name or offer
        label = label if len(label) <= _LONGEST_LABEL else f"{label[:_LONGEST_LABEL - 1]}…"
        label = chart_text(label)
        labels[offer] = f"{label} ({chart_text(offer or '')})" if label in labels.values() else label
    return labels
