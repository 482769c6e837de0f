"""One colour for each interaction type, the same everywhere and in both themes.

Each reads with white text on it (4.5 : 1) and stands out from the light and the dark page (3 : 1), so that
nothing has to know which theme is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

TYPE_COLOURS = {
    "impression": "#64748B",
    "click": "#5B54EA",
    "accept": "#15803D",
    "convert": "#A16207",
    "conversion": "#A16207",
    "requested_info": "#0E7490",
    "share": "#0E7490",
    "save": "#0E7490",
    "dismiss": "#C2410C",
    "not_interested": "#BE185D",
    "opt_out": "#DC2626",
    "complaint": "#DC2626",
    "deferred": "#78716C",
    "defer": "#78716C",
    "not_presented": "#78716C",
    "expired": "#78716C",
    "recommendation": "#7C3AED",
}

OUTCOME_COLOURS = {"positive": "#15803D", "negative": "#DC2626", "neutral": "#64748B"}

# For types that nobody foresaw; the hash chooses, so that one keeps its colour from page to page.
OTHER_COLOURS = ("#0F766E", "#B13AC4", "#4D7C0F", "#0872B5")


def type_colour(interaction_type: str) -> str:
    """The colour of a type as #RRGGBB, always the same for the same type."""
    known = TYPE_COLOURS.get(interaction_type)
    return known or OTHER_COLOURS[crc32(interaction_type.encode()) % len(OTHER_COLOURS)]


def type_colours(interaction_types: Iterable[str]) -> dict[str, str]:
    """The colour of each type."""
    return {interaction_type: type_colour(interaction_type) for interaction_type in interaction_types}
