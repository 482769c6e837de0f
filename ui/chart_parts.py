"""What the charts share: how names are written into them, the axis of days of those over time, and their legend."""

from __future__ import annotations

from html import escape

from queries.spans import HOUR
from queries.times import FIRST, LAST
from ui.numbers import time

# At the picture's own lower edge: however many rows it takes on a narrow screen, the axis keeps the room for its two lines.
LEGEND_BELOW = {"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "x": 0, "title_text": ""}

# Two short lines, which stand upright on a telephone too.
DATE_AXIS = {
    "type": "date", "tickangle": 0, "automargin": True,
    "tickformatstops": [
        {"dtickrange": [None, 86_399_999], "value": "%H:%M\n%-d %b %Y"},
        {"dtickrange": [86_400_000, 2_419_200_000], "value": "%-d %b\n%Y"},
        {"dtickrange": ["M1", "M11"], "value": "%b\n%Y"},
        {"dtickrange": ["M12", None], "value": "%Y"},
    ],
}


def time_range(first: int, last: int) -> list[str] | None:
    """The ends of an axis for points between two moments, in milliseconds; None where Plotly finds them by itself.

    Its room beside the outermost points can reach beyond the calendar, and then it draws none of them.
    """
    room = max((last - first) // 20, HOUR)
    if FIRST + room <= first and last <= LAST - room:
        return None
    return [time(max(first - room, FIRST)), time(min(last + room, LAST))]


def chart_text(text: str) -> str:
    """A text that Plotly, which reads some HTML in all that it writes, shows as it is; quotes it would show escaped."""
    return escape(text, quote=False)
