"""Every measure of one selection."""

from __future__ import annotations

from data.tenant import Tenant
from queries.measures import Figures
from queries.recent import recent
from queries.selection import Selection
from queries.tally import tally


def figures(tenant: Tenant, selection: Selection) -> Figures:
    """Every measure of a selection."""
    return recent(tenant, ("figures", selection), lambda: tally(tenant, selection, newest=True).figures())
