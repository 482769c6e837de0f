"""Reading and compiling ahead, so that the first question after a start or a load need not wait for it."""

from __future__ import annotations

from data.columns import DIMENSIONS
from data.errors import StoreError
from data.store import Store
from queries.funnel.tally import warm as compile_funnels


def warm(store: Store) -> None:
    """Bring the columns that browsing reads into memory, for every tenant, then compile what counts funnels.

    A store that closes meanwhile ends it.
    """
    try:
        with store.snapshot(seconds=None) as snapshot:
            for tenant_id in snapshot.tenant_ids():
                tenant = snapshot.tenant(tenant_id)
                for name in ("timestamp", "row", *DIMENSIONS):
                    getattr(tenant.log, name)
                tenant.customer_count()
    except StoreError:
        return
    compile_funnels()
