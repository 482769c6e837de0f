"""How many interactions pass a selection."""

from __future__ import annotations

from data.tenant import Tenant
from queries.matching import Matches
from queries.selection import Selection


def total(tenant: Tenant, selection: Selection, matches: Matches | None = None) -> int:
    """How many interactions pass a selection, exactly; its matches save time where the caller has them."""
    def count() -> int:
        return (matches or Matches(tenant, selection)).count()

    # One customer's rows are counted as quickly as a number is remembered, and there are many customers.
    if len(selection.values("customerId")) == 1:
        return count()
    return tenant.recall(("total", selection), count)
