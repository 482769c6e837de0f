"""The figures of a period against the preceding one of the same length, and an offer's against all others."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from data.engine import Edges, Tenant
from queries.answers.rates import Arm, Contrast, Rate, all_shares, arm_of, contrasts, rate_of
from queries.answers.summary import every_row, figures
from queries.asking.measures import MEASURE, RATES, Figures, rate
from queries.asking.periods import TimeRange, previous_time_range, time_range, with_time_range
from queries.asking.selection import Selection


@dataclass(frozen=True)
class Change:
    """A measure now and before.

    `difference` is now less before, in the measure's unit; `ratio` is that as a share of before. Each is None if undefined.
    """

    now: int | float | None
    before: int | float | None

    @property
    def difference(self) -> int | float | None:
        return None if self.now is None or self.before is None else self.now - self.before

    @property
    def ratio(self) -> float | None:
        return self.difference / self.before if self.difference is not None and self.before is not None and self.before > 0 else None


@dataclass(frozen=True)
class PeriodComparison:
    """A period and the one before it.

    `before_period` and `before` are None if the log does not reach that far back; `is_complete` is whether the log reaches back to the
    start of that period. If not, apparent growth may only reflect where the log begins.
    """

    period: TimeRange | None
    before_period: TimeRange | None
    now: Figures
    before: Figures | None
    is_complete: bool

    def change(self, measure: str) -> Change:
        """A measure, by its id, now and before."""
        return Change(self.now[measure], self.before[measure] if self.before else None)

    def changes(self) -> dict[str, Change]:
        return {id: self.change(id) for id in MEASURE}


def period_comparison(tenant: Tenant, selection: Selection) -> PeriodComparison:
    """A selection's figures in its period and in the one before; a period left open begins and ends with the log."""
    return tenant.remembered(("comparison", selection), lambda: _comparison(tenant, selection))


def _comparison(tenant: Tenant, selection: Selection) -> PeriodComparison:
    log = tenant.span()
    period = time_range(log, selection)
    if period is None or period.start == period.end:
        return PeriodComparison(period, None, Figures(), None, is_complete=False)
    before = previous_time_range(period, ZoneInfo(selection.zone))
    if before is None or log is None or before.end <= log.oldest:
        counted = tenant.counts(with_time_range(selection, period))
        return PeriodComparison(period, None, counted.figures(), None, is_complete=False)
    both = with_time_range(selection, TimeRange(before.start, period.end))
    # What lies between the two is counted as well, and left aside.
    counted = tenant.counts(both, buckets=Edges((before.start, before.end, period.start, period.end)))
    return PeriodComparison(period, before, counted.figures(bucket=2), counted.figures(bucket=0), is_complete=log.oldest <= before.start)


@dataclass(frozen=True)
class Standing:
    """A measure of an offer.

    `whole` is that of all offers. Where the measure is a rate, `others` is that of all other offers together whose rate is a share, and
    `contrast` how `rate` compares with theirs, corrected for the number of rates; else they are None.
    """

    change: Change
    all_offers: int | float | None
    others: float | None = None
    rate: Rate | None = None
    contrast: Contrast | None = None


@dataclass(frozen=True)
class Standings:
    """An offer's measures by their ids; `compared` says which periods were compared."""

    compared: PeriodComparison
    of: dict[str, Standing]


def standings(tenant: Tenant, selection: Selection) -> Standings:
    """How the offer of a selection compares with the other offers under the selection's other filters."""
    compared = period_comparison(tenant, selection)
    of_all = selection.dropping("offerId")
    all_offers = figures(tenant, of_all)
    others = [row.figures for row in every_row(tenant, of_all, "offer") if row.id not in selection.values("offerId")]
    arms = {rate.id: (arm_of(compared.now, rate.id), all_shares(arm_of(other, rate.id) for other in others)) for rate in RATES}
    found = dict(zip(arms, contrasts(list(arms.values())), strict=True))
    return Standings(compared, {
        id: Standing(change, all_offers[id], *_as_rate(compared.now, id, arms[id][1], found[id]) if id in arms else ())
        for id, change in compared.changes().items()
    })


def _as_rate(own: Figures, measure: str, others: Arm, contrast: Contrast) -> tuple[float | None, Rate, Contrast]:
    return rate(MEASURE[measure], others.hits, others.trials), rate_of(own, measure), contrast
