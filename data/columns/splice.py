"""Arrays made from the arrays of the version before and what is new, and where in an order what is new belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import int64, uint8, void
from numba.core.types import Array, UniTuple

_NUMBERS = Array(int64, 1, "C", readonly=True)
_BYTES = Array(uint8, 1, "C", readonly=True)
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True)
class Splice:
    """How an array of `size` entries comes of an older one and of new entries.

    Of the older one entries begins[i] to ends[i] stay together, and lie from places[i] on; `begins` ascend, one at least. Single ones lie elsewhere:
    that of moved[i], which ascend, at moved_to[i]. The new ones lie at `fills`. Places are int64, and every entry is told of once.
    """

    size: int
    begins: np.ndarray
    ends: np.ndarray
    places: np.ndarray
    fills: np.ndarray
    moved: np.ndarray = field(default_factory=lambda: _NONE)
    moved_to: np.ndarray = field(default_factory=lambda: _NONE)

    def array(self, old: np.ndarray, new: np.ndarray, type: np.dtype) -> np.ndarray:
        """The entries of an array as they now lie."""
        target = np.empty(self.size, type)
        old = np.ascontiguousarray(old.astype(type, copy=False))
        width = target.itemsize
        _copy_ranges(old.view(np.uint8), self.begins * width, self.ends * width, self.places * width, target.view(np.uint8))
        target[self.moved_to] = old[self.moved]
        target[self.fills] = new
        return target

    def where(self, old: np.ndarray) -> np.ndarray:
        """Where some entries of the older array, by their places, now lie."""
        old = old.astype(np.int64)
        nth = np.maximum(np.searchsorted(self.begins, old, side="right") - 1, 0)
        found = old - self.begins[nth] + self.places[nth]
        alone = (old < self.begins[nth]) | (old >= self.ends[nth])
        found[alone] = self.moved_to[np.searchsorted(self.moved, old[alone])]
        return found


def stacked(begins: np.ndarray, ends: np.ndarray, further: int) -> Splice:
    """Stretches of an array one behind the other, and so many new entries behind them."""
    lengths = ends - begins
    kept = int(lengths.sum())
    return Splice(kept + further, begins, ends, np.cumsum(lengths) - lengths, np.arange(kept, kept + further))


def inserted(before: int, low: np.ndarray) -> Splice:
    """New entries in an array of `before`, each in front of the entry at `low`; these ascend."""
    cuts = np.unique(low)
    begins, ends = np.append(0, cuts), np.append(cuts, before)
    shifts = np.append(0, np.searchsorted(low, cuts, side="right"))
    return Splice(before + len(low), begins, ends, begins + shifts, low + np.arange(len(low)))


def rearranged(starts: np.ndarray, order: np.ndarray) -> Splice:
    """The stretches of an array, which begin at `starts` up to its end, in another order."""
    lengths = np.diff(starts)
    places = np.empty(len(lengths), np.int64)
    places[order] = np.cumsum(lengths[order]) - lengths[order]
    return Splice(int(starts[-1]), starts[:-1], starts[1:], places, _NONE)


class Room:
    """An array with room behind it, so that what is appended moves nothing: those who have an earlier length of it see no change."""

    def __init__(self, old: np.ndarray, further: int) -> None:
        self._buffer = np.empty(len(old) + further + len(old) // 8, old.dtype)
        self._buffer[:len(old)] = old
        self._used = len(old)

    def appended(self, old: np.ndarray, new: np.ndarray) -> np.ndarray | None:
        """An array that is this one's with new entries behind it; None where there is no room for them or it has gone on otherwise."""
        end = len(old) + len(new)
        if self._used != len(old) or end > len(self._buffer) or old.dtype != self._buffer.dtype:
            return None
        self._buffer[len(old):end] = new
        self._used = end
        return self._buffer[:end]


def insertion_places(
    times: np.ndarray, begins: np.ndarray, ends: np.ndarray, wanted: np.ndarray, ids: pa.Array, ids_at: Callable[[np.ndarray], pa.Array]
) -> np.ndarray:
    """In front of which entry each wanted time and id belongs, of those from its `begins` to before its `ends`, which lie in that order.

    `ids_at` tells the ids at some places.
    """
    low, high = _bounds(times, begins, ends, wanted)
    return bisected(low, high, ids, ids_at)


def bisected(low: np.ndarray, high: np.ndarray, ids: pa.Array, ids_at: Callable[[np.ndarray], pa.Array]) -> np.ndarray:
    """The first place from its `low` to its `high` at which no smaller id stands, for each id; both are written over."""
    while len(left := np.flatnonzero(low < high)):
        middle = (low[left] + high[left]) // 2
        smaller = pc.less(ids_at(middle), ids.take(pa.array(left))).to_numpy(zero_copy_only=False)
        low[left[smaller]] = middle[smaller] + 1
        high[left[~smaller]] = middle[~smaller]
    return low


@numba.njit(void(_BYTES, _NUMBERS, _NUMBERS, _NUMBERS, uint8[::1]), nogil=True, cache=True)
def _copy_ranges(old, begins, ends, places, target):
    """Copy the ranges of one array to their places in another."""
    for nth in range(len(begins)):
        # Of two slices the compiler sees that they can be copied as a whole.
        source = old[begins[nth]:ends[nth]]
        copy = target[places[nth]:places[nth] + len(source)]
        for i in range(len(source)):
            copy[i] = source[i]


@numba.njit(UniTuple(int64[::1], 2)(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS), nogil=True, cache=True)
def _bounds(times, begins, ends, wanted):
    """Of each wanted time, the first place from its begin to its end that is not earlier, and the first that is later."""
    low, high = np.empty(len(wanted), np.int64), np.empty(len(wanted), np.int64)
    for i in range(len(wanted)):
        run = times[begins[i]:ends[i]]
        low[i] = begins[i] + np.searchsorted(run, wanted[i], side="left")
        high[i] = begins[i] + np.searchsorted(run, wanted[i], side="right")
    return low, high
