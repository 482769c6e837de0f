"""Compiled loops over columns of keys."""

from __future__ import annotations

import numba
import numpy as np


def _signatures(*before: numba.types.Type) -> list[numba.types.Type]:
    allowed = numba.uint8[::1]
    columns = [numba.types.Array(key, 1, "C", readonly=True) for key in (numba.uint8, numba.uint16, numba.uint32)]
    return [numba.int64(numba.uint32[::1], *before, column, allowed) for column in columns]


# Both write each candidate and step on only behind one that stays: no branch for the processor to guess wrong.


@numba.njit(_signatures(), nogil=True, cache=True)
def allowed_places(places: np.ndarray, keys: np.ndarray, allowed: np.ndarray) -> int:
    """Write the places of the keys that are allowed into `places`, and answer how many; `allowed` holds 0 or 1 by key."""
    count = 0
    for place in range(len(keys)):
        places[count] = place
        count += allowed[keys[place]]
    return count


@numba.njit(_signatures(numba.int64), nogil=True, cache=True)
def narrowed_places(places: np.ndarray, count: int, keys: np.ndarray, allowed: np.ndarray) -> int:
    """Of the first `count` places, keep those whose keys are allowed, and answer how many."""
    kept = 0
    for i in range(count):
        place = places[i]
        places[kept] = place
        kept += allowed[keys[place]]
    return kept
