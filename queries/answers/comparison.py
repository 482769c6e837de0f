"""The figures of a period against the period of equal length before it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from data.columns.memory import recent
from data.columns.tally import tally
from data.columns.tenant import Tenant
from queries.answers.rates import Arm, Contrast, Rate, all_shares, arm_of, contrasts, rate_of
from queries.answers.summary import every_row, figures
from queries.asking.calendar import each
from queries.asking.measures import MEASURE, RATES, Figures, rate
from queries.asking.periods import Bounds, bounds, bounds_before, within
from queries.asking.selection import Selection


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


@dataclass(frozen=True)
class Standing:
    """A measure of an offer.

    `whole` is that of all offers. Where the measure is a rate, `others` is that of all other offers together whose rate is a share, and
    `contrast` how `rate` compares with theirs, corrected for the number of rates; else they are None.
    """

    change: Change
    whole: int | float | None
    others: float | None = None
    rate: Rate | None = None
    contrast: Contrast | None = None


@dataclass(frozen=True)
class Standings:
    """An offer's measures by their ids; `compared` says which periods were compared."""

    compared: Comparison
    of: dict[str, Standing]


def standings(tenant: Tenant, selection: Selection) -> Standings:
    """How the offer of a selection stands; of its other filters the other offers pass all."""
    compared = comparison(tenant, selection)
    of_all = selection.dropping("offerId")
    whole = figures(tenant, of_all)
    others = [row.figures for row in every_row(tenant, of_all, "offer") if row.id not in selection.values("offerId")]
    arms = {rate.id: (arm_of(compared.now, rate.id), all_shares(arm_of(other, rate.id) for other in others)) for rate in RATES}
    found = dict(zip(arms, contrasts(list(arms.values())), strict=True))
    return Standings(compared, {
        id: Standing(change, whole[id], *_as_rate(compared.now, id, arms[id][1], found[id]) if id in arms else ())
        for id, change in compared.changes().items()
    })


def _as_rate(own: Figures, measure: str, others: Arm, contrast: Contrast) -> tuple[float | None, Rate, Contrast]:
    return rate(MEASURE[measure], others.hits, others.trials), rate_of(own, measure), contrast
