"""The filters of a selection in key space."""

from __future__ import annotations

from data.tenant import Tenant
from queries.filters import FILTERS
from queries.selection import Selection


def passing_keys(tenant: Tenant, selection: Selection) -> dict[str, list[int]]:
    """The keys that pass, by each dimension that a selection narrows, the customer apart; 0 is a row's that has no value.

    A name that never occurs has no key, so of such names alone nothing passes.
    """
    found = {}
    for filter in FILTERS:
        values = selection.passing(filter.name)
        if values and filter.dimension != "customer":
            keys = tenant.names[filter.dimension].keys
            found[filter.dimension] = [0 if value is None else keys[value] for value in values if value is None or keys.get(value)]
    return found
