"""A selection's interactions by type over time, as lines."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from queries.periods import day
from queries.spans import Grain
from queries.trend import Bucket
from ui.chart_parts import LEGEND_BELOW, chart_text, line_look
from ui.chart_time import bucket_axis, count_axis, shade
from ui.cut_words import CutWords, cut_caption
from ui.numbers import count
from ui.palette import Looks

HEIGHT = 320
_HEIGHT_OF_TWO = 420

# From so many times the next type's peak on, a type would press the others flat.
_TOWERS = 4

# More lines than these can hardly be followed. The others are drawn when their name in the legend is pressed.
_MOST_LINES = 6

_EACH = {"day": "a day", "week": "a week", "month": "a month", "year": "a year"}


def trend_types(buckets: Sequence[Bucket]) -> list[str]:
    """The types of a trend, most frequent first."""
    if not buckets:
        return []
    totals = {type: sum(bucket.counts[type] for bucket in buckets) for type in buckets[0].counts}
    return sorted(totals, key=lambda type: (-totals[type], type))


def trend_figure(buckets: Sequence[Bucket], zone: str, grain: Grain, looks: Looks, cut: CutWords) -> go.Figure:
    """A line for each type in its look; one that towers above the others has a panel of its own, over the same days.

    Of many types the rarer ones wait in the legend. The buckets of `cut` are shaded, and say what of them counts.
    """
    types = trend_types(buckets)
    days = [day(bucket.start, zone).isoformat() for bucket in buckets]
    peaks = {type: max(bucket.counts[type] for bucket in buckets) for type in types}
    apart = len(types) > 1 and peaks[types[0]] >= _TOWERS * max(peaks[type] for type in types[1:])
    figure = make_subplots(rows=2 if apart else 1, cols=1, shared_xaxes=True, vertical_spacing=0.07)
    for place, type in enumerate(types):
        figure.add_trace(
            go.Scatter(
                x=days, y=[bucket.counts[type] for bucket in buckets], name=chart_text(type),
                customdata=[f" ({cut[one]})" if one in cut else "" for one in days],
                hovertemplate="%{y:,}%{customdata}", visible=True if place < _MOST_LINES else "legendonly", **line_look(looks[type]),
            ),
            row=2 if apart and place else 1, col=1,
        )
    figure.update_layout(
        height=_HEIGHT_OF_TWO if apart else HEIGHT, hovermode="x unified", hoversubplots="axis",
        margin={"l": 0, "r": 8, "t": 8, "b": 0}, legend=LEGEND_BELOW,
    )
    shade(figure, days, grain, [one in cut for one in days])
    figure.update_xaxes(**bucket_axis(days, grain))
    for row, drawn in enumerate((types[:1], types[1:_MOST_LINES]) if apart else (types[:_MOST_LINES],), start=1):
        figure.update_yaxes(**count_axis(max((peaks[type] for type in drawn), default=0)), row=row, col=1)
    return figure


def trend_words(buckets: Sequence[Bucket], zone: str, grain: Grain, cut: CutWords) -> str:
    """What the lines show, for those who do not see them."""
    if not buckets:
        return "No time, no interactions."
    first, last = day(buckets[0].start, zone), day(buckets[-1].start, zone)
    lines = []
    for type in trend_types(buckets):
        most = max(buckets, key=lambda bucket: bucket.counts[type])
        total = sum(bucket.counts[type] for bucket in buckets)
        lines.append(f"{type}: {count(total)} in all, at most {count(most.counts[type])} ({day(most.start, zone)}).")
    said = [f"Lines of interactions {_EACH[grain]} by type, {first} to {last}.", *lines, cut_caption(cut)]
    return " ".join(filter(None, said))
