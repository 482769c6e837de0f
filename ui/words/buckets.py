"""What the lengths of a trend's points are called."""

from __future__ import annotations

from collections.abc import Mapping

from data.engine import Tenant
from queries.answers.trend import MOST_BUCKETS, Part, cut_buckets
from queries.asking.calendar import Grain
from queries.asking.selection import Selection

# As a choice, at the head of a column of first days, and in "by week".
CHOICES: dict[Grain, str] = {"day": "Days", "week": "Weeks", "month": "Months", "year": "Years"}
HEADINGS: dict[Grain, str] = {"day": "Day", "week": "Week from", "month": "Month from", "year": "Year from"}


def coarser_words(asked: Grain, grain: Grain) -> str | None:
    """Why a trend is drawn by a longer grain than the one asked for; nothing where it is not."""
    if grain == asked:
        return None
    return f"By {grain}: by {asked} this period would have more than {MOST_BUCKETS:,} points."


# By a bucket's first day (ISO).
CutWords = Mapping[str, str]

_MOST_NAMED = 3


def cut_words(tenant: Tenant, selection: Selection, grain: Grain) -> CutWords:
    """`3 of 7 days` for each bucket that the period, the log's beginning or its clock cuts."""
    return {date: part_text(part) for date, part in cut_buckets(tenant, selection, grain).items()}


def part_text(part: Part) -> str:
    """`3 of 7 days`, `14 of 24 hours`; where a part of every hour counts, that it is not whole."""
    return f"{part.seen} of {part.whole} {part.unit}" if part.seen < part.whole else "not quite whole"


def cut_caption(cut: CutWords) -> str | None:
    """What the bands of a chart mean, for the eye and the ear; None where no bucket is cut."""
    if not cut:
        return None
    named = "; ".join(f"{date}, {words}" for date, words in list(cut.items())[:_MOST_NAMED])
    return f"Shaded, for only a part of it counts: {named}."
