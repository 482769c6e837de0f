"""How one offer stands: each measure now, in the period before, and of all other offers."""

from __future__ import annotations

from dataclasses import dataclass

from data.tenant import Tenant
from queries.comparison import Change, Comparison, comparison
from queries.figures import figures
from queries.measures import MEASURE, RATES, Figures, rate
from queries.rates import Arm, Contrast, Rate, all_shares, arm_of, contrasts, rate_of
from queries.selection import Selection
from queries.summary import every_row


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
