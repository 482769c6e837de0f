"""The figures of a period against the period of equal length before it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from data.tenant import Tenant
from queries.bounds import Bounds, bounds, bounds_before, within
from queries.measures import MEASURE, Figures
from queries.recent import recent
from queries.selection import Selection
from queries.spans import each
from queries.tally import tally


@dataclass(frozen=True)
class Change:
    """A measure now and before.

    `difference` is now less before, in the measure's unit; `ratio` is that as a share of before. Each is None where there is none.
    """

    now: int | float | None
    before: int | float | None

    @property
    def difference(self) -> int | float | None:
        return None if self.now is None or self.before is None else self.now - self.before

    @property
    def ratio(self) -> float | None:
        return None if self.difference is None or self.before <= 0 else self.difference / self.before


@dataclass(frozen=True)
class Comparison:
    """A period and the one before it.

    `before_period` and `before` are None where the log has nothing so old; `whole` says whether the log reaches back to the start of
    that period, without which a growth may only be the log's beginning.
    """

    period: Bounds | None
    before_period: Bounds | None
    now: Figures
    before: Figures | None
    whole: bool

    def change(self, measure: str) -> Change:
        """A measure, by its id, now and before."""
        return Change(self.now[measure], self.before[measure] if self.before else None)

    def changes(self) -> dict[str, Change]:
        """Every measure's change."""
        return {id: self.change(id) for id in MEASURE}


def comparison(tenant: Tenant, selection: Selection) -> Comparison:
    """A selection's figures in its period and in the one before; a period left open begins and ends with the log."""
    return recent(tenant, ("comparison", selection), lambda: _comparison(tenant, selection))


def _comparison(tenant: Tenant, selection: Selection) -> Comparison:
    period = bounds(tenant, selection)
    if period is None or period.start == period.end:
        return Comparison(period, None, Figures(), None, whole=False)
    before = bounds_before(period, ZoneInfo(selection.zone))
    oldest = tenant.oldest()
    if before is None or oldest is None or before.end <= oldest:
        counted = tally(tenant, within(selection, period))
        return Comparison(period, None, counted.figures(), None, whole=False)
    both = within(selection, Bounds(before.start, period.end))
    # What lies between the two is counted as well, and left aside.
    counted = tally(tenant, both, spans=each([before.start, before.end, period.start, period.end]))
    return Comparison(period, before, counted.figures(2), counted.figures(0), whole=oldest <= before.start)
