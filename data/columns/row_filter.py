"""Which rows pass a selection: its filters as allowed keys, and the loops that narrow the rows of a piece by them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numba
import numpy as np
from numba import int64, uint8, uint16, uint32, void
from numba.core.types import Array, Type

from data.columns.names import Dictionaries
from queries.asking.filters import FILTERS
from queries.asking.selection import Selection

Keys = Collection[int] | np.ndarray

_ALLOWED = uint8[::1]
_PLACES = uint32[::1]
_TIMES = Array(int64, 1, "C", readonly=True)


def _signatures(answer: Type, *before: Type) -> list[Any]:
    columns = [Array(key, 1, "C", readonly=True) for key in (uint8, uint16, uint32)]
    return [answer(*before, column, _ALLOWED) for column in columns]


# The loops write each candidate and step on only behind one that stays: no branch for the processor to guess wrong.


@numba.njit(_signatures(int64, _PLACES), nogil=True, cache=True)
def allowed_places(places: np.ndarray, keys: np.ndarray, allowed: np.ndarray) -> int:
    """Write the places of the keys that are allowed into `places`, and answer how many; `allowed` holds 0 or 1 by key."""
    count: int | np.int64 = 0
    for place in range(len(keys)):
        places[count] = place
        count += np.int64(allowed[keys[place]])
    return count  # type: ignore[return-value]  # compiled, they are one type


@numba.njit(_signatures(int64, _PLACES, int64), nogil=True, cache=True)
def narrowed_places(places: np.ndarray, count: int, keys: np.ndarray, allowed: np.ndarray) -> int:
    """Of the first `count` places, keep those whose keys are allowed, and answer how many."""
    kept: int | np.int64 = 0
    for i in range(count):
        place = places[i]
        places[kept] = place
        kept += np.int64(allowed[keys[place]])
    return kept  # type: ignore[return-value]  # compiled, they are one type


@numba.njit(int64(_PLACES, _TIMES, int64, int64), nogil=True, cache=True)
def places_within(places: np.ndarray, times: np.ndarray, start: int, end: int) -> int:
    """Write the places of the times in [start, end) into `places`, and answer how many."""
    count = 0
    for place in range(len(times)):
        places[count] = place
        count += (times[place] >= start) & (times[place] < end)
    return count


@numba.njit(int64(_PLACES, int64, _TIMES, int64, int64), nogil=True, cache=True)
def narrowed_within(places: np.ndarray, count: int, times: np.ndarray, start: int, end: int) -> int:
    """Of the first `count` places, keep those whose times are in [start, end), and answer how many."""
    kept = 0
    for i in range(count):
        place = places[i]
        places[kept] = place
        kept += (times[place] >= start) & (times[place] < end)
    return kept


@numba.njit(_signatures(void, uint16[::1]), nogil=True, cache=True)
def drop_rows(codes: np.ndarray, keys: np.ndarray, allowed: np.ndarray) -> None:
    """Set the code of each row whose key is not allowed to 0."""
    for row in range(len(keys)):
        codes[row] *= allowed[keys[row]]


def allowed_keys(dictionaries: Dictionaries, selection: Selection) -> dict[str, Keys]:
    """The keys that pass, by each dimension that a selection narrows, the customer apart; 0 is a row's that has no value.

    A name that never occurs has no key, so of such names alone nothing passes.
    """
    found: dict[str, Keys] = {}
    for filter in FILTERS:
        values, excluded = selection.passing(filter.name), selection.excluded(filter.name)
        if filter.dimension == "customer" or not (values or excluded):
            continue
        keys = dictionaries[filter.dimension].keys
        if values:
            found[filter.dimension] = [
                0 if value is None else keys[value] for value in values if value is None or (value in keys and value not in excluded)
            ]
        else:
            found[filter.dimension] = all_but(dictionaries.largest_keys[filter.dimension] + 1, [keys[value] for value in excluded if value in keys])
    return found


def all_but(count: int, keys: Collection[int]) -> np.ndarray:
    """The keys from 0 to before `count` that are not among some."""
    passes = np.ones(count, bool)
    passes[[*keys]] = False
    return np.flatnonzero(passes)


class RowFilter:
    """Which rows of some columns pass: their keys are allowed, and their times lie in [start, end), None being open.

    `keys` are those that are allowed, by the column's name; `sizes` says how many keys a column may have where its type does not bound them.
    """

    def __init__(
        self, columns: Any, keys: Mapping[str, Keys], start: int | None = None, end: int | None = None,
        sizes: Mapping[str, int] | None = None,
    ):
        self._allowed: list[tuple[np.ndarray, np.ndarray]] = []
        shares = []
        for name, passing in keys.items():
            column = getattr(columns, name)
            size = (sizes or {}).get(name) or _size(column)
            allowed = np.zeros(size, np.uint8)
            listed = np.asarray(passing if isinstance(passing, np.ndarray) else [*passing], np.int64)
            allowed[listed[listed < size]] = 1
            self._allowed.append((column, allowed))
            shares.append(allowed.mean())
        # The filter that likely keeps least goes first, for the others then read little.
        self._allowed = [self._allowed[nth] for nth in sorted(range(len(shares)), key=shares.__getitem__)]
        self._start = np.iinfo(np.int64).min if start is None else start
        self._end = np.iinfo(np.int64).max if end is None else end
        self._times = None if start is None and end is None else columns.timestamp

    @property
    def is_open(self) -> bool:
        """Whether every row passes."""
        return not self._allowed and self._times is None

    def narrow(self, places: np.ndarray, first: int, end: int) -> int:
        """Write those of the rows from `first` to before `end` that pass into `places`, counted from `first`; answer how many.

        Where every row passes, nothing is written.
        """
        count = -1
        for column, allowed in self._allowed:
            piece = column[first:end]
            count = allowed_places(places, piece, allowed) if count < 0 else narrowed_places(places, count, piece, allowed)
        if self._times is None:
            return end - first if count < 0 else count
        times = self._times[first:end]
        if count < 0:
            return places_within(places, times, self._start, self._end)
        return narrowed_within(places, count, times, self._start, self._end)

    def drop(self, codes: np.ndarray, first: int, end: int) -> None:
        """Set the codes of those of the rows from `first` to before `end` that do not pass to 0."""
        for column, allowed in self._allowed:
            drop_rows(codes, column[first:end], allowed)
        if self._times is not None:
            times = self._times[first:end]
            codes *= (times >= self._start) & (times < self._end)


def _size(column: np.ndarray) -> int:
    # The table of a short type is small enough to hold every key that the type has.
    return 1 << 8 * column.itemsize if column.itemsize <= 2 else int(column.max(initial=0)) + 1
