"""When in the week a selection's interactions happen."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from data.tenant import Tenant
from queries.bounds import Bounds, bounds
from queries.measures import COUNTS, MEASURE, rate
from queries.problems import BadQuestion, Problem
from queries.recent import recent
from queries.selection import Selection
from queries.spans import DAY, Spans, hours_of_week
from queries.tally import tally

DAYS = 7
HOURS = 24
MOST_YEARS = 100


@dataclass(frozen=True)
class Heatmap:
    """Counts by weekday and hour of a time zone: `counts[measure]` is 7 × 24, Monday and 0:00 first."""

    zone: str
    counts: dict[str, list[list[int]]]

    def values(self, measure: str) -> list[list[int | float | None]]:
        """A count or a rate, by its id, 7 × 24; a rate is None where it has no whole."""
        asked = MEASURE[measure]
        if asked.part is None:
            return self.counts[measure]
        parts, wholes = self.counts[asked.part], self.counts[asked.whole]
        return [
            [rate(asked, part, whole) for part, whole in zip(*hours, strict=True)]
            for hours in zip(parts, wholes, strict=True)
        ]


def heatmap(tenant: Tenant, selection: Selection) -> Heatmap:
    """A selection's counts by weekday and hour of its time zone; `BadQuestion` where it spans more than MOST_YEARS."""
    return recent(tenant, ("heatmap", selection), lambda: _heatmap(tenant, selection))


def _heatmap(tenant: Tenant, selection: Selection) -> Heatmap:
    covered = _counted(tenant, bounds(tenant, selection))
    if covered is None:
        empty = np.zeros((DAYS, HOURS), np.int64)
        return Heatmap(selection.zone, {measure.id: empty.tolist() for measure in COUNTS})
    spans = _spans(covered, ZoneInfo(selection.zone))
    counted = tally(tenant, selection, spans=spans, only_rows=True)
    return Heatmap(selection.zone, {
        measure.id: counted.counts(measure.id).reshape(DAYS, HOURS).tolist() for measure in COUNTS
    })


def _spans(covered: Bounds, zone: ZoneInfo) -> Spans:
    if covered.end - covered.start <= MOST_YEARS * 366 * DAY:
        with suppress(OverflowError):
            return hours_of_week(covered.start, covered.end, zone)
    message = f"the hours of a week can be counted over at most {MOST_YEARS} years; choose a later from or an earlier to"
    raise BadQuestion([Problem("from", message)])


def _counted(tenant: Tenant, covered: Bounds | None) -> Bounds | None:
    # Beyond the log there is nothing to count, and bounds may lie as far apart as the calendar's.
    oldest, newest = tenant.oldest(), tenant.newest()
    if covered is None or oldest is None:
        return None
    start, end = max(covered.start, oldest), min(covered.end, newest + 1)
    return Bounds(start, end) if start < end else None
