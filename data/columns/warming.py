"""Reading and compiling ahead, so that the first query after a start or a load does not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from data.columns.amounts import amounts
from data.columns.arrays import DIMENSIONS
from data.columns.classes import classes
from data.columns.funnel.listing import units_of_offers
from data.columns.funnel.tally import compile_kernel as compile_funnels
from data.columns.tenant import TenantColumns
from data.store.limits import StoreError
from data.store.store import Snapshot, Store

# So many tenants, those with most interactions, are read ahead; a small one's columns are read at once when somebody asks.
_LARGEST = 4

# Of a larger log, what only figures read stays on disk until it is asked for: some 17 bytes an interaction.
_FIGURES_AHEAD = 25_000_000


def warm(store: Store, stop: threading.Event | None = None) -> None:
    """Bring the columns of the largest tenants into memory, those that browsing reads first, and compile what counts funnels.

    A store that closes meanwhile ends it, and `stop` once the step that it is at has been done.
    """
    try:
        with store.snapshot(seconds=None) as snapshot:
            for _ in _steps(snapshot):
                if stop and stop.is_set():
                    return
    except StoreError:
        return


def _steps(snapshot: Snapshot) -> Iterator[None]:
    tenants = [TenantColumns(snapshot, id) for id, _ in snapshot.largest_tenants(_LARGEST)]
    yield
    for tenant in tenants:
        yield from reading_for_browsing(tenant)
    compile_funnels()
    yield
    for tenant in tenants:
        if len(tenant) <= _FIGURES_AHEAD:
            yield from reading_for_figures(tenant)


def reading_for_browsing(tenant: TenantColumns) -> Iterator[None]:
    """Read what browsing needs, column by column."""
    for name in ("timestamp", "row", *DIMENSIONS):
        getattr(tenant.log, name)
        yield
    tenant.customer_key("")
    tenant.in_order()
    tenant.oldest()
    tenant.newest()
    yield


def reading_for_figures(tenant: TenantColumns) -> Iterator[None]:
    """Read what figures and funnels need, column by column."""
    for name in ("starts", "customer", "timestamp", "valued", "values", *DIMENSIONS, "row"):
        getattr(tenant.journeys, name)
        yield
    classes(tenant)
    amounts(tenant)
    yield
    units_of_offers(tenant)
    yield
