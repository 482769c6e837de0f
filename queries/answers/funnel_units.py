"""The units behind a bar of a funnel, those that entered last first: page by page, or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from data.engine import Table, Tenant
from data.results import FunnelUnit
from queries.answers.history import DEFAULT_LIMIT, LARGEST_LIMIT
from queries.asking.funnel import FunnelQuery
from queries.asking.funnel_bars import FunnelBar, UnitCursor


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
    found = tenant.units(query, bar, limit, cursor)
    last = UnitCursor(found.units[-1].entered_at, found.units[-1].customer, found.units[-1].offer) if found.has_more else None
    return UnitPage(found.units, found.total, limit, found.has_more, last)


def flat_units(tenant: Tenant, query: FunnelQuery, bar: FunnelBar, limit: int | None = None) -> Iterator[Table]:
    """All units of a bar in the same order, as tables of text columns (`UNIT_COLUMNS`) of bounded size; no more than `limit` in all."""
    return tenant.unit_tables(query, bar, limit)


def units_total(tenant: Tenant, query: FunnelQuery, bar: FunnelBar) -> int:
    return tenant.units(query, bar, limit=0).total
