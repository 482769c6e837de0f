"""How much of a bucket of time counts, where the period, the log's beginning or the log's clock cuts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from data.tenant import Tenant
from queries.bounds import bounds
from queries.buckets import buckets
from queries.selection import Selection
from queries.spans import HOUR, Grain
from queries.times import local_date


@dataclass(frozen=True)
class Part:
    """So many of a bucket's days, or of its hours, of which anything counts: each as one, however little of it does."""

    seen: int
    whole: int
    unit: Literal["days", "hours"]


def cut_buckets(tenant: Tenant, selection: Selection, grain: Grain) -> dict[str, Part]:
    """What counts of each bucket that is cut, by its first day (ISO): in days, or in hours where each of its days has its part."""
    cut, covered = buckets(tenant, selection, grain), bounds(tenant, selection)
    if cut is None or covered is None:
        return {}
    first, last = max(covered.start, tenant.oldest()), min(covered.end, tenant.clock() + 1)
    edges, zone = cut.spans.edges.tolist(), ZoneInfo(selection.zone)
    return {
        date: _part(start, end, max(start, first), min(end, last), zone)
        for date, start, end, partial in zip(cut.dates, edges, edges[1:], cut.partial) if partial
    }


def _part(start: int, end: int, first: int, last: int, zone: ZoneInfo) -> Part:
    whole = _days(start, end, zone)
    seen = _days(first, last, zone)
    if seen < whole > 1:
        return Part(seen, whole, "days")
    # A begun hour counts as one: rounded down from its start, and up at its end.
    return Part(max(-((start - last) // HOUR) - (first - start) // HOUR, 0), -((start - end) // HOUR), "hours")


def _days(first: int, last: int, zone: ZoneInfo) -> int:
    return (local_date(last - 1, zone) - local_date(first, zone)).days + 1 if first < last else 0
