"""What is said of the buckets of time that are not whole, beside their points, in tables and under charts."""

from __future__ import annotations

from collections.abc import Mapping

from data.tenant import Tenant
from queries.cut import Part, cut_buckets
from queries.selection import Selection
from queries.spans import Grain

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
