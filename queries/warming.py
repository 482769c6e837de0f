"""Reading and compiling ahead, so that the first question after a start or a load need not wait for it."""

from __future__ import annotations

from data.columns import DIMENSIONS
from data.errors import StoreError
from data.store import Store
from data.tenant import Tenant
from queries.classes import classes
from queries.funnel.listing import units_of_offers
from queries.funnel.tally import warm as compile_funnels

# Of a larger log, what only figures read stays on disk until it is asked for: some 17 bytes an interaction.
_FIGURES_AHEAD = 25_000_000


def warm(store: Store) -> None:
    """Bring every tenant's columns into memory, those that browsing reads first, and compile what counts funnels.

    A store that closes meanwhile ends it.
    """
    try:
        with store.snapshot(seconds=None) as snapshot:
            tenants = [snapshot.tenant(id) for id in snapshot.tenant_ids()]
            for tenant in tenants:
                _read_for_browsing(tenant)
            compile_funnels()
            for tenant in tenants:
                if len(tenant) <= _FIGURES_AHEAD:
                    _read_for_figures(tenant)
    except StoreError:
        return


def _read_for_browsing(tenant: Tenant) -> None:
    for name in ("timestamp", "row", *DIMENSIONS):
        getattr(tenant.log, name)
    tenant.customer_key("")


def _read_for_figures(tenant: Tenant) -> None:
    for name in ("starts", "customer", "timestamp", "valued", "values", *DIMENSIONS, "row"):
        getattr(tenant.journeys, name)
    classes(tenant)
    units_of_offers(tenant)
