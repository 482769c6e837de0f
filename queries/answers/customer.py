"""One customer: when first and last seen, what happened, which offers were seen and taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.columns.memory import recent
from data.columns.names import Names
from data.columns.tally import aggregate, by_key
from data.columns.tenant import Tenant
from queries.asking.measures import MEASURE, Figures, filters_behind
from queries.asking.narrowing import narrowed
from queries.asking.selection import Selection

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


@dataclass(frozen=True)
class TimelinePoint:
    """One interaction on a timeline."""

    timestamp: int
    type: str
    offer: str | None
    channel: str | None


@dataclass(frozen=True)
class Timeline:
    """A customer's newest interactions, oldest first, and how many there are in all."""

    points: list[TimelinePoint]
    total: int


def customer(tenant: Tenant, id: str) -> Customer | None:
    """A customer's history; None where the log has no such customer."""
    return recent(tenant, ("customer", id), lambda: _customer(tenant, id))


def rows_of_taking(found: Customer, every: Selection, names: Names) -> Selection | None:
    """Of all interactions of a customer those by which offers were taken; None where there are none."""
    taken = [offer for offer in found.offers if offer.taken]
    outcomes = [pair for measure in TAKING for pair in filters_behind(MEASURE[measure], names)]
    # The offers are named only where an interaction without one would come along.
    offers = [("offerId", offer.id) for offer in taken if offer.id is not None]
    return narrowed(every, outcomes if len(offers) == len(taken) else [*offers, *outcomes]) if offers else None


def timeline(tenant: Tenant, id: str, most: int = 2000) -> Timeline:
    """What happened to a customer and when, for drawing; no more than the newest `most` interactions."""
    rows = _rows(tenant, id)
    journeys, names = tenant.journeys, tenant.names
    shown = slice(max(rows.start, rows.stop - most), rows.stop)
    columns = (getattr(journeys, name)[shown].tolist() for name in ("timestamp", "type", "offer", "channel"))
    points = [
        TimelinePoint(timestamp, names.type.ids[type], names.offer.ids[offer], names.channel.ids[channel])
        for timestamp, type, offer, channel in zip(*columns, strict=True)
    ]
    return Timeline(points, rows.stop - rows.start)


def _rows(tenant: Tenant, id: str) -> slice:
    place = tenant.customer_place(id)
    if place is None:
        return slice(0, 0)
    starts = tenant.journeys.starts
    return slice(int(starts[place]), int(starts[place + 1]))


def _customer(tenant: Tenant, id: str) -> Customer | None:
    rows = _rows(tenant, id)
    if rows.start == rows.stop:
        return None
    whole = Selection(tenant.id, (("customerId", (id,)),))
    timestamp = tenant.journeys.timestamp[rows]
    types = np.bincount(tenant.journeys.type[rows], minlength=len(tenant.names.type.ids)).tolist()
    counts = {tenant.names.type.ids[key]: count for key, count in enumerate(types) if count}
    return Customer(
        id=id,
        first=int(timestamp[0]),
        last=int(timestamp[-1]),
        figures=aggregate(tenant, whole, newest=True).figures(),
        counts=dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))),
        offers=_offers(tenant, whole, rows),
    )


def _offers(tenant: Tenant, whole: Selection, rows: slice) -> list[CustomerOffer]:
    counted = aggregate(tenant, whole, by_key(tenant, "offer"), newest=True)
    offer, timestamp = tenant.journeys.offer[rows], tenant.journeys.timestamp[rows]
    keys, firsts = np.unique(offer, return_index=True)
    found = []
    for key, first in zip(keys.tolist(), firsts.tolist(), strict=True):
        entity, figures = tenant.names.offer.entities[key], counted.figures(key)
        known = (entity.id, entity.name or entity.id, entity.status) if entity else (None, None, None)
        found.append(CustomerOffer(*known, int(timestamp[first]), figures.last, figures))
    return sorted(found, key=lambda offer: (-offer.last, offer.id is None, offer.id))
