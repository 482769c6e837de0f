"""Which counts of a period differ from those of the period before by more than chance makes of them.

The rule: the four weeks before the period's first day say how the counts of days stray from their weekday's mean, and how much of a
week falls on each weekday. By the latter the two periods, of which one may have a Sunday more, are held against each other; the test is
two-sided at 5%, corrected after Holm for the counts that are judged. Of less than a week, and where the log does not reach back so far,
nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np

from data.tenant import Tenant
from queries.bounds import Bounds, within
from queries.comparison import Comparison
from queries.counts import FEWEST, WEEK, WEEKS_BEFORE, deviations, midnights, noise_of
from queries.measures import COUNTS
from queries.rates import ALARM, Verdict, holm, two_sided
from queries.recent import recent
from queries.selection import Selection
from queries.spans import DAY, calendar_edges, each
from queries.tally import tally
from queries.times import moment


def count_changes(tenant: Tenant, selection: Selection, compared: Comparison, measures: Sequence[str]) -> dict[str, Verdict]:
    """The verdict on each of some counts, by their ids; measures that are no counts are left out, and all where nothing can be said."""
    counts = tuple(measure.id for measure in COUNTS if measure.id in measures)
    return recent(tenant, ("count changes", selection, counts), lambda: _count_changes(tenant, selection, compared, counts))


def _count_changes(tenant: Tenant, selection: Selection, compared: Comparison, counts: tuple[str, ...]) -> dict[str, Verdict]:
    period, before, zone = compared.period, compared.before_period, ZoneInfo(selection.zone)
    if before is None or not compared.whole or min(period.end - period.start, before.end - before.start) < WEEK * DAY:
        return {}
    edges = midnights(moment(period.start).astimezone(zone).date(), WEEKS_BEFORE * WEEK, zone)
    if edges is None or tenant.oldest() > edges[0]:
        return {}
    weeks = tally(tenant, within(selection, Bounds(edges[0], edges[-1])), spans=each(edges), only_rows=True)
    chances: dict[str, float] = {}
    verdicts: dict[str, Verdict] = dict.fromkeys(counts, "too few to say")
    for id in counts:
        days = weeks.counts(id)[0]
        now, then = compared.now[id], compared.before[id]
        times = _times(days, period, before, zone)
        if max(now, then / times) >= FEWEST:
            chances[id] = two_sided(deviations(now, then, times, noise_of(days)))
            verdicts[id] = "higher" if now > then / times else "lower"
    for id, p in zip(chances, holm(list(chances.values())), strict=True):
        if p >= ALARM:
            verdicts[id] = "no clear difference"
    return verdicts


def _times(days: np.ndarray, period: Bounds, before: Bounds, zone: ZoneInfo) -> float:
    """How many times as much is usual in the period before, by the weekdays of both; 1 where the four weeks say nothing of them."""
    rhythm = days.reshape(WEEKS_BEFORE, WEEK).mean(axis=0)
    usual, usual_before = _usual(rhythm, period, period, zone), _usual(rhythm, before, period, zone)
    return usual_before / usual if usual and usual_before else 1.0


def _usual(rhythm: np.ndarray, covered: Bounds, period: Bounds, zone: ZoneInfo) -> float:
    # The rhythm's first weekday is that of the period's first day, from which whole weeks were counted back.
    first = moment(period.start).astimezone(zone).date()
    edges = calendar_edges(covered.start, covered.end, "day", zone)
    total = 0.0
    for start, end in zip(edges, edges[1:], strict=False):
        day = (moment(start).astimezone(zone).date() - first) // timedelta(days=1)
        total += rhythm[day % WEEK] * (min(end, covered.end) - max(start, covered.start)) / (end - start)
    return total
