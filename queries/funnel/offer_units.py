"""The rows of each customer and offer together, so that a funnel can follow one unit after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import int64, njit, uint32
from numba.types import Array, UniTuple

from data.columns import smallest_unsigned
from queries.funnel.journeys import Journeys

_PIECE = 1 << 20


@dataclass(frozen=True)
class OfferUnits:
    """The units of customer and offer of some journeys; rows without an offer are in none.

    Those of customer number n are of_customer[n]:of_customer[n + 1] (int64). The rows of unit u are order[starts[u]:starts[u + 1]],
    oldest first, each counted from its customer's first row; `starts` is uint32, `order` the smallest unsigned type that holds them.
    """

    of_customer: np.ndarray
    starts: np.ndarray
    order: np.ndarray


def offer_units(journeys: Journeys) -> OfferUnits:
    """The units of customer and offer of a tenant's journeys."""
    starts = journeys.starts
    lengths = np.diff(starts)
    longest = int(lengths.max(initial=0))
    offers = journeys.offer
    order = np.empty(int(np.count_nonzero(offers)), smallest_unsigned(max(longest - 1, 0)))
    of_customer = np.zeros(len(starts), np.int64)
    begins = [np.zeros(1, np.uint32)]
    placed = np.zeros(int(offers.max(initial=0)) + 1, np.uint32)
    units = filled = first = 0
    while first < len(lengths):
        end = max(first + 1, int(np.searchsorted(starts, starts[first] + _PIECE, side="right")) - 1)
        keys = offers[starts[first]:starts[end]].astype(np.uint32)
        piece, ends = np.empty(len(keys), np.uint32), np.empty(len(keys) + 1, np.uint32)
        rows, count = _write_units(keys, starts[first:end + 1] - starts[first], placed, piece, ends, of_customer[first + 1:end + 1])
        order[filled:filled + rows] = piece[:rows]
        begins.append(ends[:count] + np.uint32(filled))
        of_customer[first + 1:end + 1] += units
        units, filled, first = units + count, filled + rows, end
    return OfferUnits(of_customer, np.concatenate(begins), order)


_KEYS = uint32[::1]
_STARTS = Array(int64, 1, "C")


@njit(UniTuple(int64, 2)(_KEYS, _STARTS, _KEYS, _KEYS, _KEYS, _STARTS), nogil=True, cache=True)
def _write_units(keys, starts, placed, order, ends, of_customer):
    """Write the rows of a piece's units, where each unit ends, and how many there are up to each customer; return (rows, units).

    `placed` has an entry a key, all 0 before and after; `ends` needs room for one more than there are.
    """
    rows = 0
    units = 0
    for customer in range(len(starts) - 1):
        first, end = starts[customer], starts[customer + 1]
        opened = units
        for row in range(first, end):
            key = keys[row]
            # The offers in the order in which the customer met them, for now where their rows' ends will be.
            ends[units] = key
            units += (placed[key] == 0) & (key > 0)
            placed[key] += np.uint32(1)
        for unit in range(opened, units):
            key = ends[unit]
            count = placed[key]
            placed[key] = rows
            rows += count
            ends[unit] = rows
        for row in range(first, end):
            key = keys[row]
            if key > 0:
                order[placed[key]] = row - first
                placed[key] += np.uint32(1)
        for row in range(first, end):
            placed[keys[row]] = 0
        of_customer[customer] = units
    return rows, units
