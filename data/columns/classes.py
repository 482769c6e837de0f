"""What each interaction counts as: its type and the kind of its outcome, as one small number a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.columns.arrays import smallest_unsigned
from data.columns.names import Dictionaries
from data.columns.splice import Splice
from data.columns.tenant import TenantColumns
from queries.asking.measures import COUNTS, is_counted
from queries.asking.outcomes import RECOMMENDATION, Outcome, Outcomes

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


def classes_with(before: Classes, dictionaries: Dictionaries, outcomes: Outcomes, rows: Splice, type: np.ndarray, outcome: np.ndarray) -> Classes:
    """The classes of rows some of which are new, with these keys of types and outcomes."""
    possible = _Possible(dictionaries, outcomes)
    known = before.types * possible.kinds + before.kinds
    new = possible.classes(type, outcome)
    found = np.union1d(known, new)
    # Another class may have come between those that there were.
    number_of = np.searchsorted(found, known)
    of_row = before.of_row if np.array_equal(number_of, np.arange(len(known))) else number_of.astype(smallest_unsigned(len(found)))[before.of_row]
    return possible.numbered(found, rows.array(of_row, np.searchsorted(found, new), smallest_unsigned(len(found))))


def _classes(tenant: TenantColumns) -> Classes:
    possible = _Possible(tenant.dictionaries, tenant.outcomes)
    pieces = [slice(first, first + _PIECE) for first in range(0, len(tenant.journeys), _PIECE)]

    def classes_of(piece: slice) -> np.ndarray:
        return possible.classes(tenant.journeys.type[piece], tenant.journeys.outcome[piece])

    occurs = np.zeros(possible.count, bool)
    for piece in pieces:
        occurs[classes_of(piece)] = True
    found = np.flatnonzero(occurs)
    number_of = np.zeros(len(occurs), smallest_unsigned(len(found)))
    number_of[found] = np.arange(len(found))
    of_row = np.empty(len(tenant.journeys), number_of.dtype)
    for piece in pieces:
        of_row[piece] = number_of[classes_of(piece)]
    return possible.numbered(found, of_row)


class _Possible:
    """Every class that rows might have, whether any has it or not: a number for each type and each of the `kinds`."""

    def __init__(self, dictionaries: Dictionaries, outcomes: Outcomes) -> None:
        types = dictionaries.type.ids
        numbers: dict[tuple[str, ...], int] = {}

        def kind(type: str, outcome: Outcome) -> int:
            measured = tuple(measure.id for measure in COUNTS if is_counted(measure, type, outcome))
            return numbers.setdefault(measured, len(numbers))

        # What a kind depends on: the outcome, and whether the type is this one.
        meanings = [outcomes[id or ""] for id in dictionaries.outcome.ids]
        self._kind_of = np.array([[kind("", outcome), kind(RECOMMENDATION, outcome)] for outcome in meanings], np.uint32)
        self._is_recommendation = np.array([id == RECOMMENDATION for id in types], np.uint8)
        self._measures = list(numbers)
        self.kinds = len(numbers)
        self.count = len(types) * len(numbers)

    def classes(self, type: np.ndarray, outcome: np.ndarray) -> np.ndarray:
        """The numbers of some rows' classes."""
        return type * np.uint32(self.kinds) + self._kind_of[outcome, self._is_recommendation[type]]

    def numbered(self, found: np.ndarray, of_row: np.ndarray) -> Classes:
        """The classes that occur: those `found`, ascending, whose places are what `of_row` has of each row."""
        return Classes(of_row, found // self.kinds, (found % self.kinds).astype(np.uint32), self._measures)
