"""The units behind a bar of a funnel, those that entered last first: page by page, or all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data.columns.funnel.listing import Listing, listing
from data.columns.funnel.plan import plan_of
from data.columns.funnel.units import FunnelTenant
from data.columns.records import dictionary_column, iso_column
from data.results import UNIT_COLUMNS, FunnelUnit, UnitList
from queries.asking.funnel import FunnelQuery
from queries.asking.funnel_bars import FunnelBar, UnitCursor

_PIECE = 20_000


def unit_list(tenant: FunnelTenant, query: FunnelQuery, bar: FunnelBar, limit: int, cursor: UnitCursor | None) -> UnitList:
    """The units of a bar that come after a cursor."""
    found = listing(tenant, plan_of(tenant, query))
    first = 0 if cursor is None else _place_after(tenant, query, found, cursor)
    places: list[int] = []
    for piece in _pieces(found.order(tenant), found, bar, first):
        places += piece[:limit + 1 - len(places)].tolist()
        if len(places) > limit:
            break
    units = _units(tenant, query, found, np.array(places[:limit], np.int64))
    return UnitList(units, bar.size(found.reached), len(places) > limit)


def unit_tables(tenant: FunnelTenant, query: FunnelQuery, bar: FunnelBar, limit: int | None) -> Iterator[pa.Table]:
    """All units of a bar in the same order, as tables of text columns of bounded size; no more than `limit` in all."""
    found = listing(tenant, plan_of(tenant, query))
    missing = bar.size(found.reached) if limit is None else limit
    for places in _pieces(found.order(tenant), found, bar, 0):
        if missing <= 0:
            break
        yield _flat(tenant, query, found, places[:missing])
        missing -= len(places)


def _pieces(order: np.ndarray, found: Listing, bar: FunnelBar, first: int) -> Iterator[np.ndarray]:
    for start in range(first, len(order), _PIECE):
        places = order[start:start + _PIECE]
        level = found.units.level[places]
        held = places[(level >= bar.lowest) & (level <= bar.highest)]
        if len(held):
            yield held


def _units(tenant: FunnelTenant, query: FunnelQuery, found: Listing, places: np.ndarray) -> list[FunnelUnit]:
    journeys, units = tenant.journeys, found.units
    entries = units.entry[places]
    customers = tenant.customer_ids(journeys.customer[units.customer[places]]).to_pylist()
    offers: list[str | None] = [None] * len(places)
    if query.unit == "customer_offer":
        ids = tenant.dictionaries.offer.ids
        offers = [ids[key] for key in journeys.offer[entries].tolist()]
    times = journeys.timestamp
    return [
        FunnelUnit(*unit) for unit in zip(
            customers, offers, units.level[places].tolist(), times[entries].tolist(), times[units.reach[places]].tolist(), strict=True,
        )
    ]


def _flat(tenant: FunnelTenant, query: FunnelQuery, found: Listing, places: np.ndarray) -> pa.Table:
    journeys, units = tenant.journeys, found.units
    entries = units.entry[places]
    offers = journeys.offer[entries] if query.unit == "customer_offer" else np.zeros(len(places), np.uint8)
    columns = [
        tenant.customer_ids(journeys.customer[units.customer[places]]),
        dictionary_column(tenant.dictionaries.offer.ids, offers),
        pa.array(units.level[places]).cast(pa.string()),
        iso_column(journeys.timestamp[entries]),
        iso_column(journeys.timestamp[units.reach[places]]),
    ]
    return pa.table(columns, list(UNIT_COLUMNS))


def _place_after(tenant: FunnelTenant, query: FunnelQuery, found: Listing, cursor: UnitCursor) -> int:
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
