"""What each interaction counts as: its type and the kind of its outcome, as one small number a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.columns.arrays import smallest_unsigned
from data.columns.tenant import TenantColumns
from queries.asking.measures import COUNTS, is_counted
from queries.asking.outcomes import RECOMMENDATION, Outcome

_PIECE = 1 << 20


@dataclass(frozen=True)
class Classes:
    """The classes of a tenant's rows, numbered from 0.

    `of_row` has an entry a row of the journeys, in the smallest unsigned type. Of each class, `types` is the type's key and `kinds`
    (uint32) the kind. Rows that the same counts count are of one kind, and `measures[kind]` are those counts' ids.
    """

    of_row: np.ndarray
    types: np.ndarray
    kinds: np.ndarray
    measures: list[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.types)


def classes(tenant: TenantColumns) -> Classes:
    return tenant.recall_meaning("classes", lambda: _classes(tenant))


def _classes(tenant: TenantColumns) -> Classes:
    types, outcomes = tenant.dictionaries.type.ids, tenant.dictionaries.outcome.ids
    numbers: dict[tuple[str, ...], int] = {}

    def kind(type: str, outcome: Outcome) -> int:
        measured = tuple(measure.id for measure in COUNTS if is_counted(measure, type, outcome))
        return numbers.setdefault(measured, len(numbers))

    # What a kind depends on: the outcome, and whether the type is this one.
    meanings = [tenant.outcomes[id or ""] for id in outcomes]
    kind_of = np.array([[kind("", outcome), kind(RECOMMENDATION, outcome)] for outcome in meanings], np.uint32)
    is_recommendation = np.array([id == RECOMMENDATION for id in types], np.uint8)
    count = len(numbers)

    def possible(piece: slice) -> np.ndarray:
        type = tenant.journeys.type[piece]
        return type * np.uint32(count) + kind_of[tenant.journeys.outcome[piece], is_recommendation[type]]

    pieces = [slice(first, first + _PIECE) for first in range(0, len(tenant.journeys), _PIECE)]
    occurs = np.zeros(len(types) * count, bool)
    for piece in pieces:
        occurs[possible(piece)] = True
    found = np.flatnonzero(occurs)
    number_of = np.zeros(len(occurs), smallest_unsigned(len(found)))
    number_of[found] = np.arange(len(found))
    of_row = np.empty(len(tenant.journeys), number_of.dtype)
    for piece in pieces:
        of_row[piece] = number_of[possible(piece)]
    return Classes(of_row, found // count, (found % count).astype(np.uint32), list(numbers))
