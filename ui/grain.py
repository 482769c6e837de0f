"""What the lengths of a trend's points are called."""

from __future__ import annotations

from queries.buckets import MOST_BUCKETS
from queries.spans import Grain

# As a choice, at the head of a column of first days, and in "by week".
CHOICES: dict[Grain, str] = {"day": "Days", "week": "Weeks", "month": "Months", "year": "Years"}
HEADINGS: dict[Grain, str] = {"day": "Day", "week": "Week from", "month": "Month from", "year": "Year from"}


def coarser_words(asked: Grain, grain: Grain) -> str | None:
    """Why a trend is drawn by a longer grain than the one asked for; nothing where it is not."""
    if grain == asked:
        return None
    return f"By {grain}: by {asked} this period would have more than {MOST_BUCKETS:,} points."
