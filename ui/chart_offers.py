"""A count of a few offers over time, as a line for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from queries.periods import day
from queries.spans import Grain
from queries.trend import Sparklines
from ui.chart_parts import LEGEND_BELOW, chart_text, line_look
from ui.chart_time import bucket_axis, count_axis, shade
from ui.cut_words import CutWords, cut_caption
from ui.numbers import count
from ui.palette import own_look

HEIGHT = 320


def offers_figure(lines: Sparklines, names: Mapping[str, str], zone: str, grain: Grain, cut: CutWords) -> go.Figure:
    """A line for each offer of `names`, which says its label by its id; the buckets of `cut` are shaded, and say what of them counts."""
    days = _days(lines, zone)
    figure = go.Figure([
        go.Scatter(
            x=days, y=_counts(lines, id), name=chart_text(label), hovertemplate="%{y:,}%{customdata}",
            customdata=[f" ({cut[one]})" if one in cut else "" for one in days], **line_look(own_look(place)),
        )
        for place, (id, label) in enumerate(names.items())
    ])
    figure.update_layout(height=HEIGHT, hovermode="x unified", margin={"l": 0, "r": 8, "t": 8, "b": 0}, showlegend=True,
                         legend=LEGEND_BELOW)
    shade(figure, days, grain, [one in cut for one in days])
    figure.update_xaxes(**bucket_axis(days, grain))
    figure.update_yaxes(**count_axis(max((max(_counts(lines, id), default=0) for id in names), default=0)))
    return figure


def offers_words(lines: Sparklines, names: Mapping[str, str], what: str, cut: CutWords) -> str:
    """What the lines show, for those who do not see them."""
    counts = {label: _counts(lines, id) for id, label in names.items()}
    said = (f"{label}: {count(sum(line))} in all, at most {count(max(line, default=0))}." for label, line in counts.items())
    return " ".join(filter(None, (f"Lines of {what.lower()} over time.", *said, cut_caption(cut))))


def offers_file(lines: Sparklines, names: Mapping[str, str], zone: str) -> tuple[list[str], list[list[str | int]]]:
    """The header, with the offers' ids, and a row for each point, oldest first."""
    rows: list[list[str | int]] = [
        [start, *(_counts(lines, id)[place] for id in names)] for place, start in enumerate(_days(lines, zone))
    ]
    return ["start", *names], rows


def _days(lines: Sparklines, zone: str) -> list[str]:
    return [day(start, zone).isoformat() for start in lines.starts]


def _counts(lines: Sparklines, id: str) -> Sequence[int]:
    return lines.counts.get(id) or [0] * len(lines.starts)
