"""The figures of a selection over time."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from data.tenant import Tenant
from queries.bounds import Bounds, bounds
from queries.measures import Figures
from queries.problems import BadQuestion, Problem
from queries.recent import recent
from queries.selection import Selection
from queries.spans import DAY, Grain, Spans, calendar_edges, each
from queries.tally import by_key, tally

GRAINS: tuple[Grain, ...] = ("day", "week", "month")
MOST_BUCKETS = 10_000

_SHORTEST = {"day": DAY - 12 * 3_600_000, "week": 6 * DAY, "month": 27 * DAY}


@dataclass(frozen=True)
class Bucket:
    """A day, week or month from `start` to before `end`, in milliseconds, with what the selection has in it.

    `counts` has every type that the selection has anywhere in its period.
    """

    start: int
    end: int
    counts: dict[str, int]
    figures: Figures


def trend(tenant: Tenant, selection: Selection, grain: Grain = "day") -> list[Bucket]:
    """Every bucket that the selection's period touches, oldest first, in the selection's time zone; weeks begin on Mondays.

    An end that the selection leaves open is that of the tenant's whole log. `BadQuestion` where there would be more than
    MOST_BUCKETS.
    """
    return recent(tenant, ("trend", selection, grain), lambda: _trend(tenant, selection, grain))


def _trend(tenant: Tenant, selection: Selection, grain: Grain) -> list[Bucket]:
    spans = bucket_spans(tenant, selection, grain)
    if spans is None:
        return []
    counted = tally(tenant, selection, spans=spans)
    types = {}
    for key, id in enumerate(tenant.names.type.ids):
        counts = counted.counts_of_type(key)[0]
        if id is not None and counts.any():
            types[id] = counts.tolist()
    edges = spans.edges.tolist()
    return [
        Bucket(edges[bucket], edges[bucket + 1], {type: counts[bucket] for type, counts in types.items()}, counted.figures(bucket))
        for bucket in range(spans.size)
    ]


@dataclass(frozen=True)
class Sparklines:
    """A count over time for each value of a dimension: `counts[id]` has an entry a bucket, `starts` are their milliseconds."""

    starts: list[int]
    counts: dict[str | None, list[int]]


def sparklines(tenant: Tenant, selection: Selection, by: str, measure: str, grain: Grain = "day") -> Sparklines:
    """One of the counts, such as `click`, over time for each value of a dimension that has any."""
    return recent(
        tenant, ("sparklines", selection, by, measure, grain), lambda: _sparklines(tenant, selection, by, measure, grain)
    )


def _sparklines(tenant: Tenant, selection: Selection, by: str, measure: str, grain: Grain) -> Sparklines:
    spans = bucket_spans(tenant, selection, grain)
    if spans is None:
        return Sparklines([], {})
    counts = tally(tenant, selection, by_key(tenant, by), spans, only_rows=True).counts(measure)
    ids = tenant.names[by].ids
    return Sparklines(
        spans.edges[:-1].tolist(), {ids[key]: row.tolist() for key, row in enumerate(counts) if row.any()}
    )


def bucket_spans(tenant: Tenant, selection: Selection, grain: Grain) -> Spans | None:
    """Every bucket that the selection's period touches, each span one; None where it has no time. `BadQuestion` as for `trend`."""
    covered = bounds(tenant, selection)
    if covered is None or covered.start == covered.end:
        return None
    return each(_edges(covered, grain, selection.zone))


def _edges(covered: Bounds, grain: Grain, zone: str) -> list[int]:
    # A first look without the calendar, for a period may be longer than that.
    if (covered.end - covered.start) // _SHORTEST[grain] <= 2 * MOST_BUCKETS:
        try:
            edges = calendar_edges(covered.start, covered.end, grain, ZoneInfo(zone))
        except (OverflowError, ValueError):
            message = f"grain {grain!r} cannot be counted at the ends of the calendar; choose a later from or an earlier to"
            raise BadQuestion([Problem("grain", message)]) from None
        if len(edges) <= MOST_BUCKETS + 1:
            return edges
    message = f"grain {grain!r} would cut this period into more than {MOST_BUCKETS:,} pieces; choose a larger one, or a shorter period"
    raise BadQuestion([Problem("grain", message)])
