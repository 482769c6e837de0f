"""What the charts share: how names are written into them, how their lines are drawn, and their legend."""

from __future__ import annotations

from html import escape
from typing import Any

from queries.visible import visible
from ui.palette import Look

# At the picture's own lower edge: however many rows it takes on a narrow screen, the axis keeps the room for its two lines.
LEGEND_BELOW = {"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "x": 0, "title_text": ""}

# More would run into one another; the dash carries the line between them.
_MOST_MARKERS = 45


def chart_text(text: str) -> str:
    """A text that Plotly, which reads some HTML in all that it writes, shows as it is, and so that it can be told apart from others."""
    # Quotes it would show escaped.
    return escape(visible(text), quote=False)


def line_look(look: Look) -> dict[str, Any]:
    """A line with markers in a look, as arguments of a Plotly trace."""
    outline = {"width": 1.5, "color": look.colour}
    return {
        "mode": "lines+markers",
        "line": {"color": look.colour, "width": 2, "dash": look.dash},
        "marker": {"color": look.colour, "symbol": look.marker, "size": 8, "line": outline, "maxdisplayed": _MOST_MARKERS},
    }
