"""One customer: when first and last seen, what happened, which offers were seen and taken."""

from __future__ import annotations

from dataclasses import dataclass

from data.engine import Tenant
from data.results import Timeline
from queries.asking.filters import Condition
from queries.asking.measures import MEASURE, Figures, filters_behind
from queries.asking.names import Names
from queries.asking.selection import Selection, narrowed

# What counts as taking an offer.
TAKING = ("accept", "convert")


@dataclass(frozen=True)
class CustomerOffer:
    """What a customer did with an offer; `id` is None for the interactions without one, times are milliseconds."""

    id: str | None
    label: str | None
    status: str | None
    first: int
    last: int
    figures: Figures

    @property
    def seen(self) -> bool:
        """Whether it was shown."""
        return self.figures.impression > 0

    @property
    def taken(self) -> bool:
        """Whether it was accepted or led to a conversion."""
        return any(self.figures[measure] for measure in TAKING)


@dataclass(frozen=True)
class Customer:
    """All that the log has of a customer. `counts` are the interactions by type, most frequent first; `offers` come latest first."""

    id: str
    first: int
    last: int
    figures: Figures
    counts: dict[str, int]
    offers: list[CustomerOffer]


def customer(tenant: Tenant, id: str) -> Customer | None:
    """A customer's history; None where the log has no such customer."""
    return tenant.remembered(("customer", id), lambda: _customer(tenant, id))


def rows_of_taking(found: Customer, every: Selection, names: Names) -> Selection | None:
    """Of all interactions of a customer those by which offers were taken; None where there are none."""
    taken = [offer for offer in found.offers if offer.taken]
    outcomes = [pair for measure in TAKING for pair in filters_behind(MEASURE[measure], names) or ()]
    # The offers are named only where an interaction without one would come along.
    offers = [("offerId", offer.id) for offer in taken if offer.id is not None]
    return narrowed(every, outcomes if len(offers) == len(taken) else [*offers, *outcomes]) if offers else None


def timeline(tenant: Tenant, id: str, most: int = 2000) -> Timeline:
    """What happened to a customer and when, for drawing; no more than the newest `most` interactions."""
    return tenant.timeline(id, most)


def _customer(tenant: Tenant, id: str) -> Customer | None:
    log = tenant.customer(id)
    if log is None:
        return None
    whole = Selection(tenant.id, (Condition("customerId", (id,)),))
    return Customer(
        id=id,
        first=log.first,
        last=log.last,
        figures=tenant.counts(whole, newest=True).figures(),
        counts=dict(sorted(log.types.items(), key=lambda pair: (-pair[1], pair[0]))),
        offers=_offers(tenant, whole, log.first_of_offer),
    )


def _offers(tenant: Tenant, whole: Selection, first_of_offer: dict[str | None, int]) -> list[CustomerOffer]:
    counted = tenant.counts(whole, "offer", newest=True)
    found = []
    for id, first in first_of_offer.items():
        entity, figures = tenant.names.offer.get(id), counted.figures(id)
        label, status = (entity.label, entity.status) if entity else (None, None)
        last = first if figures.last is None else figures.last
        found.append(CustomerOffer(id, label, status, first, last, figures))
    return sorted(found, key=lambda offer: (-offer.last, offer.id is None, offer.id or ""))
