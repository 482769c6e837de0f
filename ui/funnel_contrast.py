"""How a difference of two rates is shown: with its sign and size, and coloured only where it is more than chance."""

from __future__ import annotations

from queries.rates import Contrast, Verdict
from ui.funnel_words import points
from ui.sortable_table import Figure

COLOURS: dict[Verdict, str] = {"higher": "#15803D", "lower": "#C2410C"}
SIGNS: dict[Verdict, str] = {"higher": "▲ ", "lower": "▼ "}


def against(contrast: Contrast) -> Figure:
    """The difference in percentage points over its verdict."""
    if contrast.difference is None:
        return Figure(None, note=contrast.verdict)
    tone = {"higher": "good", "lower": "bad"}.get(contrast.verdict, "quiet")
    return Figure(f"{SIGNS.get(contrast.verdict, '')}{points(contrast.difference)} points", note=contrast.verdict, tone=tone)
