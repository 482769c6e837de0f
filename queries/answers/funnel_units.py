"""The units behind a bar of a funnel, those that entered last first: page by page, or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.columns.funnel.listing import Listing, listing, plan_of
from data.columns.tenant import Tenant
from queries.answers.history import DEFAULT_LIMIT, LARGEST_LIMIT
from queries.answers.records import dictionary_column, iso_column
from queries.asking.funnel import FunnelQuery
from queries.asking.funnel_bars import FunnelBar, UnitCursor

FLAT_COLUMNS = ("customerId", "offerId", "level", "enteredAt", "reachedAt")

_PIECE = 20_000


@dataclass(frozen=True)
class FunnelUnit:
    """A unit and its chosen chain: `level` is its furthest step, reached at `reached_at` from the entry at `entered_at` (milliseconds).

    So of a unit behind an earlier step's bar too the times are those of its furthest step. `offer` is None where the unit is the customer.
    """

    customer: str
    offer: str | None
    level: int
    entered_at: int
    reached_at: int


@dataclass(frozen=True)
class UnitPage:
    """Some of a bar's units, by entry, latest first, then by customer and offer in byte order.

    `total` is the bar's own number, whatever the cursor; `limit` is the one that was applied; `next_cursor` is None on the last page.
    """

    units: list[FunnelUnit]
    total: int
    limit: int
    has_more: bool
    next_cursor: UnitCursor | None


def units_page(
    tenant: Tenant, query: FunnelQuery, bar: FunnelBar, limit: int = DEFAULT_LIMIT, cursor: UnitCursor | None = None,
) -> UnitPage:
    """The page of a bar's units that comes after a cursor; the first without one."""
    limit = min(limit, LARGEST_LIMIT)
    found = listing(tenant, plan_of(tenant, query))
    first = 0 if cursor is None else _place_after(tenant, query, found, cursor)
    places: list[int] = []
    for piece in _pieces(found.order(tenant), found, bar, first):
        places += piece[:limit + 1 - len(places)].tolist()
        if len(places) > limit:
            break
    units = _units(tenant, query, found, np.array(places[:limit], np.int64))
    has_more = len(places) > limit
    last = UnitCursor(units[-1].entered_at, units[-1].customer, units[-1].offer) if has_more else None
    return UnitPage(units, bar.size(found.reached), limit, has_more, last)


def flat_units(tenant: Tenant, query: FunnelQuery, bar: FunnelBar, limit: int | None = None) -> Iterator[pa.Table]:
    """All units of a bar in the same order, as tables of text columns (`FLAT_COLUMNS`) of bounded size; no more than `limit` in all."""
    found = listing(tenant, plan_of(tenant, query))
    missing = bar.size(found.reached) if limit is None else limit
    for places in _pieces(found.order(tenant), found, bar, 0):
        if missing <= 0:
            break
        yield _flat(tenant, query, found, places[:missing])
        missing -= len(places)


def units_total(tenant: Tenant, query: FunnelQuery, bar: FunnelBar) -> int:
    return bar.size(listing(tenant, plan_of(tenant, query)).reached)


def _pieces(order: np.ndarray, found: Listing, bar: FunnelBar, first: int) -> Iterator[np.ndarray]:
    for start in range(first, len(order), _PIECE):
        places = order[start:start + _PIECE]
        held = places[bar.holds(found.units.level[places])]
        if len(held):
            yield held


def _units(tenant: Tenant, query: FunnelQuery, found: Listing, places: np.ndarray) -> list[FunnelUnit]:
    journeys, units = tenant.journeys, found.units
    entries = units.entry[places]
    customers = tenant.customer_ids(journeys.customer[units.customer[places]]).to_pylist()
    offers: list[str | None] = [None] * len(places)
    if query.unit == "customer_offer":
        ids = tenant.names.offer.ids
        offers = [ids[key] for key in journeys.offer[entries].tolist()]
    times = journeys.timestamp
    return [
        FunnelUnit(*unit) for unit in zip(
            customers, offers, units.level[places].tolist(), times[entries].tolist(), times[units.reach[places]].tolist(), strict=True,
        )
    ]


def _flat(tenant: Tenant, query: FunnelQuery, found: Listing, places: np.ndarray) -> pa.Table:
    journeys, units = tenant.journeys, found.units
    entries = units.entry[places]
    offers = journeys.offer[entries] if query.unit == "customer_offer" else np.zeros(len(places), np.uint8)
    columns = [
        tenant.customer_ids(journeys.customer[units.customer[places]]),
        dictionary_column(tenant.names.offer.ids, offers),
        pa.array(units.level[places]).cast(pa.string()),
        iso_column(journeys.timestamp[entries]),
        iso_column(journeys.timestamp[units.reach[places]]),
    ]
    return pa.table(columns, list(FLAT_COLUMNS))


def _place_after(tenant: Tenant, query: FunnelQuery, found: Listing, cursor: UnitCursor) -> int:
    # Where in the order the units begin that come after the cursor.
    order = found.order(tenant)
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        [unit] = _units(tenant, query, found, order[middle:middle + 1])
        if (-unit.entered_at, unit.customer, unit.offer or "") <= (-cursor.entered_at, cursor.customer, cursor.offer or ""):
            low = middle + 1
        else:
            high = middle
    return low
