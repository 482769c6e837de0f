"""What can be chosen in a filter: the values that occur in a tenant's log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.tenant import Tenant

_PIECE = 1 << 20


@dataclass(frozen=True)
class Choice:
    """A value of a dimension, what people call it, and how many of the tenant's interactions have it."""

    id: str
    label: str
    count: int
    status: str | None = None


def choices(tenant: Tenant, dimension: str) -> list[Choice]:
    """The values of a dimension that occur, most frequent first."""
    return tenant.recall(("choices", dimension), lambda: _choices(tenant, dimension))


def count_without(tenant: Tenant, dimension: str) -> int:
    """How many of the tenant's interactions have no value of a dimension."""
    return int(_counts(tenant, dimension)[0])


def _counts(tenant: Tenant, dimension: str) -> np.ndarray:
    """How many interactions have each key of a dimension, 0 being none."""
    def count() -> np.ndarray:
        column, counts = getattr(tenant.log, dimension), np.zeros(len(tenant.names[dimension].ids), np.int64)
        for start in range(0, len(column), _PIECE):
            counts += np.bincount(column[start:start + _PIECE], minlength=len(counts))
        return counts

    return tenant.recall(("counts of keys", dimension), count)


def _choices(tenant: Tenant, dimension: str) -> list[Choice]:
    dictionary, counts = tenant.names[dimension], _counts(tenant, dimension)
    found = [
        Choice(entity.id, entity.name or entity.id, int(count), entity.status)
        for entity, count in zip(dictionary.entities[1:], counts[1:], strict=True) if count
    ]
    return sorted(found, key=lambda choice: (-choice.count, choice.label, choice.id))
