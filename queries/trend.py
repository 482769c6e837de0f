"""The figures of a selection over time."""

from __future__ import annotations

from dataclasses import dataclass

from data.tenant import Tenant
from queries.buckets import buckets
from queries.measures import Figures
from queries.recent import recent
from queries.selection import Selection
from queries.spans import Grain
from queries.tally import by_key, tally


@dataclass(frozen=True)
class Bucket:
    """A day, week, month or year from `start` to before `end`, in milliseconds, with what the selection has in it.

    `counts` has every type that the selection has anywhere in its period. `date` is its first day in the selection's time zone (ISO);
    it is `partial` where the period, the log's beginning or the log's clock cuts it.
    """

    start: int
    end: int
    counts: dict[str, int]
    figures: Figures
    date: str
    partial: bool = False


def trend(tenant: Tenant, selection: Selection, grain: Grain = "day") -> list[Bucket]:
    """Every bucket that the selection's period touches, oldest first, in the selection's time zone; weeks begin on Mondays.

    An end that the selection leaves open is that of the tenant's whole log. The buckets are those of `fitting_grain`.
    """
    return recent(tenant, ("trend", selection, grain), lambda: _trend(tenant, selection, grain))


def _trend(tenant: Tenant, selection: Selection, grain: Grain) -> list[Bucket]:
    cut = buckets(tenant, selection, grain)
    if cut is None:
        return []
    counted = tally(tenant, selection, spans=cut.spans)
    types = {}
    for key, id in enumerate(tenant.names.type.ids):
        counts = counted.counts_of_type(key)[0]
        if id is not None and counts.any():
            types[id] = counts.tolist()
    edges = cut.spans.edges.tolist()
    return [
        Bucket(
            edges[bucket], edges[bucket + 1], {type: counts[bucket] for type, counts in types.items()}, counted.figures(bucket),
            cut.dates[bucket], cut.partial[bucket],
        )
        for bucket in range(cut.spans.size)
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
    cut = buckets(tenant, selection, grain)
    if cut is None:
        return Sparklines([], {})
    counts = tally(tenant, selection, by_key(tenant, by), cut.spans, only_rows=True).counts(measure)
    ids = tenant.names[by].ids
    return Sparklines(
        cut.spans.edges[:-1].tolist(), {ids[key]: row.tolist() for key, row in enumerate(counts) if row.any()}
    )
