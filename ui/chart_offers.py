"""A count of a few offers over time, as a line for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from queries.periods import day
from queries.trend import Sparklines
from ui.chart_parts import DATE_AXIS, LEGEND_BELOW, chart_text
from ui.numbers import count

HEIGHT = 320
# The first of the theme's colours, each of which reads on both pages.
COLOURS = ("#5B54EA", "#15803D", "#C2410C", "#0E7490")
DASHES = ("solid", "dash", "dot", "dashdot")


def offers_figure(lines: Sparklines, names: Mapping[str, str], zone: str) -> go.Figure:
    """A line for each offer of `names`, which says its label by its id."""
    days = _days(lines, zone)
    figure = go.Figure([
        go.Scatter(
            x=days, y=_counts(lines, id), name=chart_text(label), mode="lines", line={"color": colour, "width": 2, "dash": dash},
            hovertemplate="%{y:,}",
        )
        for (id, label), colour, dash in zip(names.items(), COLOURS, DASHES, strict=False)
    ])
    figure.update_layout(height=HEIGHT, hovermode="x unified", margin={"l": 0, "r": 8, "t": 8, "b": 0}, showlegend=True,
                         legend=LEGEND_BELOW)
    figure.update_xaxes(**DATE_AXIS, showgrid=False, hoverformat="%A %-d %B %Y")
    figure.update_yaxes(rangemode="tozero", tickformat=",~d", nticks=5)
    return figure


def offers_words(lines: Sparklines, names: Mapping[str, str], what: str) -> str:
    """What the lines show, for those who do not see them."""
    counts = {label: _counts(lines, id) for id, label in names.items()}
    said = (f"{label}: {count(sum(line))} in all, at most {count(max(line, default=0))}." for label, line in counts.items())
    return f"Lines of {what.lower()} over time. {' '.join(said)}"


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
