"""Why a selection is empty: how many interactions there would be without each of its filters."""

from __future__ import annotations

from dataclasses import dataclass, replace

from data.tenant import Tenant
from queries.filters import FILTERS
from queries.selection import Selection
from queries.total import total


@dataclass(frozen=True)
class Widened:
    """A selection without one of its conditions: what a person calls that condition, and how many interactions pass the others."""

    dropped: str
    selection: Selection
    total: int


def widened(tenant: Tenant, selection: Selection) -> list[Widened]:
    """The selection without each filter it has, and without its period; the largest first."""
    candidates = [
        (filter.label, selection.dropping(filter.name)) for filter in FILTERS if selection.passing(filter.name)
    ]
    if selection.start is not None or selection.end is not None:
        candidates.append(("Period", replace(selection, start=None, end=None)))
    found = [Widened(label, candidate, total(tenant, candidate)) for label, candidate in candidates]
    return sorted(found, key=lambda one: -one.total)
