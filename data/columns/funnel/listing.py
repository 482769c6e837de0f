"""What a funnel query counts, and the lists of units kept for its plan."""

from __future__ import annotations

import threading
from dataclasses import fields

import numpy as np
import pyarrow.compute as pc

from data.columns.funnel.parts import durations, funnel_breakdown, funnel_trend
from data.columns.funnel.plan import FunnelPlan, plan_of
from data.columns.funnel.tally import FunnelCounts, count_funnel, is_compiled
from data.columns.funnel.units import FunnelTenant, FunnelUnits, OfferUnits, offer_units
from data.columns.tenant import TenantColumns
from data.engine import Edges
from data.results import FunnelFigures
from queries.asking.funnel import FunnelQuery


class Listing:
    """The units of a plan, and how many reached each step."""

    def __init__(self, counts: FunnelCounts, units: FunnelUnits) -> None:
        self.counts = counts
        self.units = units
        self.reached: list[int] = counts.reached.tolist()
        self._order: np.ndarray | None = None
        self._ordering = threading.Lock()

    @property
    def nbytes(self) -> int:
        """The bytes it takes, with the order that it will have."""
        listed = sum(getattr(self.units, field.name).nbytes for field in fields(FunnelUnits))
        return listed + sum(times.nbytes for times in self.counts.milliseconds) + 4 * len(self.units.level)

    def order(self, tenant: FunnelTenant) -> np.ndarray:
        """The units' places as lists show them: latest entry first, then by customer and by offer in byte order."""
        with self._ordering:
            if self._order is None:
                self._order = _order(tenant, self.units)
        return self._order


def is_funnel_ready(tenant: TenantColumns) -> bool:
    """Whether a funnel is counted at once: what counts it is compiled, and the log has been read."""
    return is_compiled() and tenant.has_read_journeys()


def listing(tenant: FunnelTenant, plan: FunnelPlan) -> Listing:
    """What the plan counts, with the units."""
    def make() -> Listing:
        # One at a time: two at once would only hold each other up, and take twice the memory.
        with tenant.recall("one funnel at a time", threading.Lock):
            counts = _counted(tenant, plan, list_units=True)
            assert counts.units is not None
            return Listing(counts, counts.units)

    return tenant.answer(("units", plan), make)


def counts_of(tenant: FunnelTenant, plan: FunnelPlan) -> FunnelCounts:
    """What the plan counts; the units may be listed or not."""
    found: Listing | None = tenant.find(("units", plan))
    return found.counts if found else _counted(tenant, plan, list_units=False)


def funnel_figures(tenant: FunnelTenant, query: FunnelQuery, trend: Edges | None) -> FunnelFigures:
    """What a query counts, with the breakdown that it asks for, and its trend by some buckets."""
    plan, steps = plan_of(tenant, query), len(query.steps)
    breakdown: dict[str | None, list[int]] = {}
    by_time: list[tuple[list[int], int]] = []
    if query.breakdown is None and trend is None:
        counted = counts_of(tenant, plan)
    else:
        listed = listing(tenant, plan)
        counted = listed.counts
        if query.breakdown is not None:
            breakdown = funnel_breakdown(tenant, listed.units, query.breakdown, steps)
        if trend is not None:
            by_time = funnel_trend(tenant, listed.units, trend, steps)
    return FunnelFigures(
        reached=counted.reached.tolist(),
        events=counted.events.tolist(),
        tie_dependent=counted.tie_dependent.tolist(),
        immature=counted.immature,
        durations=[durations(times) for times in counted.milliseconds],
        breakdown=breakdown,
        trend=by_time,
    )


def _counted(tenant: FunnelTenant, plan: FunnelPlan, list_units: bool) -> FunnelCounts:
    known_units = units_of_offers(tenant) if plan.unit == "customer_offer" else None
    return count_funnel(tenant.journeys, plan, tenant.clock() or 0, list_units, known_units)


def units_of_offers(tenant: FunnelTenant) -> OfferUnits:
    """The tenant's units of customer and offer, found once for each version of the store."""
    return tenant.recall("offer units", lambda: offer_units(tenant.journeys))


def _order(tenant: FunnelTenant, units: FunnelUnits) -> np.ndarray:
    times = tenant.journeys.timestamp[units.entry]
    order = _latest_first(times)
    times = times[order]
    same = times[1:] == times[:-1]
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
    # Ids are compared only where times do not decide.
    places = order[tied]
    customers = _customer_ranks(tenant, units.customer[places])
    offers = _ranks(tenant.dictionaries.offer.ids)[tenant.journeys.offer[units.entry[places]]]
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


def _customer_ranks(tenant: FunnelTenant, numbers: np.ndarray) -> np.ndarray:
    found, which = np.unique(numbers, return_inverse=True)
    ranks = np.empty(len(found), np.uint32)
    ranks[pc.sort_indices(tenant.customer_ids(tenant.journeys.customer[found]))] = np.arange(len(found))
    return ranks[which]


def _ranks(ids: list[str | None]) -> np.ndarray:
    ranks = np.empty(len(ids), np.uint32)
    ranks[sorted(range(len(ids)), key=lambda key: ids[key] or "")] = np.arange(len(ids))
    return ranks
