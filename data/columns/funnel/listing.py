"""The plan of a funnel query, and the lists of units kept for it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import fields

import numpy as np
import pyarrow.compute as pc

from data.columns.filtering import passing_keys
from data.columns.funnel.tally import FunnelCounts, count_funnel, is_compiled
from data.columns.funnel.units import FunnelUnits, OfferUnits, offer_units
from data.columns.names import Dictionary
from data.columns.tenant import Tenant
from queries.asking.funnel import FunnelPlan, FunnelQuery, Keys


def plan_of(tenant: Tenant, query: FunnelQuery) -> FunnelPlan:
    """The query in key space; names that never occur have no key, so a filter of them alone passes nothing."""
    names = tenant.names
    return FunnelPlan(
        steps=tuple(_keys(names.type, step) for step in query.steps),
        unit=query.unit,
        window_ms=query.window_ms,
        order=query.order,
        ties=query.ties,
        excluded=_keys(names.type, query.excluded),
        from_ms=query.selection.start,
        to_ms=query.selection.end,
        as_of_ms=query.as_of_ms,
        customers=_customers(tenant, query.selection.values("customerId")),
        **{f"{dimension}s": frozenset(keys) for dimension, keys in passing_keys(tenant, query.selection).items() if dimension != "type"},
    )


def _keys(dictionary: Dictionary, ids: tuple[str, ...]) -> Keys:
    return frozenset(dictionary.keys[id] for id in ids if id in dictionary.keys)


def _customers(tenant: Tenant, ids: tuple[str, ...]) -> Keys | None:
    return frozenset(key for id in ids if (key := tenant.customer_key(id)) is not None) if ids else None


# The units of some 20 million interactions take a good 100 MB.
_MOST_BYTES = 400_000_000


class Listing:
    """The units of a plan, and how many reached each step."""

    def __init__(self, counts: FunnelCounts) -> None:
        self.counts = counts
        self.units: FunnelUnits = counts.units
        self.reached: list[int] = counts.reached.tolist()
        self._order: np.ndarray | None = None
        self._ordering = threading.Lock()

    @property
    def size(self) -> int:
        """The bytes it takes, with its order."""
        listed = sum(getattr(self.units, field.name).nbytes for field in fields(FunnelUnits))
        return listed + sum(times.nbytes for times in self.counts.milliseconds) + 4 * len(self.units.level)

    def order(self, tenant: Tenant) -> np.ndarray:
        """The units' places as lists show them: latest entry first, then by customer and by offer in byte order."""
        with self._ordering:
            if self._order is None:
                self._order = _order(tenant, self.units)
        return self._order


# A plan and the log's clock, which says whose time has run out and moves by itself while rows of the future become those of today.
_Key = tuple[FunnelPlan, int | None]


class _Listings:
    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, Listing] = OrderedDict()
        self._lock = threading.Lock()
        self._counting = threading.Lock()

    def find(self, key: _Key) -> Listing | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def listing(self, tenant: Tenant, plan: FunnelPlan) -> Listing:
        # One at a time: two at once would only hold each other up, and take twice the memory.
        key = plan, tenant.clock()
        with self._counting:
            if found := self.find(key):
                return found
            listing = Listing(_counted(tenant, plan, list_units=True))
            with self._lock:
                self._kept[key] = listing
                while len(self._kept) > 1 and sum(kept.size for kept in self._kept.values()) > _MOST_BYTES:
                    self._kept.popitem(last=False)
            return listing


def is_funnel_ready(tenant: Tenant) -> bool:
    """Whether a funnel is counted at once: what counts it is compiled, and the log has been read."""
    return is_compiled() and tenant.has_read_journeys()


def listing(tenant: Tenant, plan: FunnelPlan) -> Listing:
    """What the plan counts, with the units."""
    listings = _listings(tenant)
    return listings.find((plan, tenant.clock())) or listings.listing(tenant, plan)


def counts_of(tenant: Tenant, plan: FunnelPlan) -> FunnelCounts:
    """What the plan counts; the units may be listed or not."""
    if found := _listings(tenant).find((plan, tenant.clock())):
        return found.counts
    return _counted(tenant, plan, list_units=False)


def _counted(tenant: Tenant, plan: FunnelPlan, list_units: bool) -> FunnelCounts:
    known_units = units_of_offers(tenant) if plan.unit == "customer_offer" else None
    return count_funnel(tenant.journeys, plan, tenant.clock() or 0, list_units, known_units)


def units_of_offers(tenant: Tenant) -> OfferUnits:
    """The tenant's units of customer and offer, found once for each version of the store."""
    return tenant.recall("offer units", lambda: offer_units(tenant.journeys))


def _listings(tenant: Tenant) -> _Listings:
    return tenant.recall("funnel listings", _Listings)


def _order(tenant: Tenant, units: FunnelUnits) -> np.ndarray:
    times = tenant.journeys.timestamp[units.entry]
    order = _latest_first(times)
    times = times[order]
    same = times[1:] == times[:-1]
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
    # Ids are compared only where times do not decide.
    places = order[tied]
    customers = _customer_ranks(tenant, units.customer[places])
    offers = _ranks(tenant.names.offer.ids)[tenant.journeys.offer[units.entry[places]]]
    order[tied] = places[np.lexsort((offers, customers, -times[tied]))]
    return order


def _latest_first(times: np.ndarray) -> np.ndarray:
    latest = times.max(initial=0)
    bits = len(times).bit_length()
    if int(latest - times.min(initial=latest)).bit_length() + bits > 63:
        return np.argsort(-times).astype(np.uint32)
    # Sorting numbers that hold time and place is more than three times as fast as sorting places by their times.
    packed = (latest - times << bits) | np.arange(len(times))
    packed.sort()
    return (packed & (1 << bits) - 1).astype(np.uint32)


def _customer_ranks(tenant: Tenant, numbers: np.ndarray) -> np.ndarray:
    found, which = np.unique(numbers, return_inverse=True)
    ranks = np.empty(len(found), np.uint32)
    ranks[pc.sort_indices(tenant.customer_ids(tenant.journeys.customer[found]))] = np.arange(len(found))
    return ranks[which]


def _ranks(ids: list[str | None]) -> np.ndarray:
    ranks = np.empty(len(ids), np.uint32)
    ranks[sorted(range(len(ids)), key=lambda key: ids[key] or "")] = np.arange(len(ids))
    return ranks
