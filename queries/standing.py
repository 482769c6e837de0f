"""How one offer stands: each measure now, in the period before, and of all other offers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from data.tenant import Tenant
from queries.comparison import Change, Comparison, comparison
from queries.figures import figures, figures_and_others
from queries.measures import RATES
from queries.rates import Contrast, Rate, arm_of, contrasts, rate_of
from queries.selection import Selection


@dataclass(frozen=True)
class Standing:
    """A measure of an offer.

    `others` is that of all other offers together, `whole` that of all offers; `rate` and `contrast`, with the others', are None
    where the measure is no rate. The contrasts are corrected for the number of rates.
    """

    change: Change
    others: int | float | None
    whole: int | float | None
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
    own, others = figures_and_others(tenant, selection, "offerId")
    whole = figures(tenant, replace(selection, filters=tuple(pair for pair in selection.filters if pair[0] != "offerId")))
    ids = [measure.id for measure in RATES]
    found = dict(zip(ids, contrasts([(arm_of(own, id), arm_of(others, id)) for id in ids]), strict=True))
    return Standings(compared, {
        id: Standing(change, others[id], whole[id], rate_of(own, id) if id in found else None, found.get(id))
        for id, change in compared.changes().items()
    })
