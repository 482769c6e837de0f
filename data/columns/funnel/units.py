"""The columns that a funnel reads, and the units found in them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa
from numba import int64, njit, uint32
from numba.core.types import Array, UniTuple

from data.columns.arrays import smallest_unsigned
from data.columns.names import Dictionaries
from data.columns.splice import Splice, stacked


class JourneyColumns(Protocol):
    """A tenant's rows by customer, then timestamp, then id; customer i has rows starts[i] to starts[i + 1].

    `customer` (uint32 keys, each once, in no promised order) has an entry a customer, `starts` (int64) one more; the others an entry
    a row: `timestamp` int64 ms, the rest uint8, uint16 or uint32 keys, 0 being none. So has each dimension that a plan's filters name;
    only the columns that a plan needs are read.
    """

    @property
    def starts(self) -> np.ndarray: ...
    @property
    def customer(self) -> np.ndarray: ...
    @property
    def timestamp(self) -> np.ndarray: ...
    @property
    def type(self) -> np.ndarray: ...
    @property
    def offer(self) -> np.ndarray: ...


T = TypeVar("T")


class FunnelTenant(Protocol):
    """What funnels read of a tenant, whichever engine holds its log; `recall` and `answer` are as in `TenantMemory`."""

    @property
    def dictionaries(self) -> Dictionaries: ...
    @property
    def journeys(self) -> JourneyColumns: ...
    def customer_key(self, id: str) -> int | None: ...
    def customer_ids(self, keys: np.ndarray) -> pa.Array: ...
    def clock(self) -> int | None: ...
    def recall(self, key: Hashable, make: Callable[[], T]) -> T: ...
    def answer(self, key: Hashable, make: Callable[[], T]) -> T: ...
    def find(self, key: Hashable) -> Any | None: ...


@dataclass(frozen=True)
class FunnelUnits:
    """The units that reached step 1, customer by customer: arrays of one length, an entry a unit.

    `customer` uint32 is the place in journeys.customer, `level` uint8 the furthest step. `entry` and `reach`
    uint32 are the rows, places in the journeys' row arrays, where the chosen chain enters and where it reaches
    that step. `immature` bool says which may still convert: none without a window.
    """

    customer: np.ndarray
    level: np.ndarray
    entry: np.ndarray
    reach: np.ndarray
    immature: np.ndarray


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


class _Tail:
    """The customers of some journeys from one on."""

    def __init__(self, journeys: JourneyColumns, first: int) -> None:
        self.starts = journeys.starts[first:] - journeys.starts[first]
        self.offer = journeys.offer[journeys.starts[first]:]


def units_with(before: OfferUnits, journeys: JourneyColumns, customers: Splice) -> OfferUnits:
    """The units of journeys of which a splice of customers tells where those come from that have no new rows; the others are behind them."""
    tail = offer_units(_Tail(journeys, customers.size - len(customers.fills)))
    units = stacked(before.of_customer[customers.begins], before.of_customer[customers.ends], len(tail.starts) - 1)
    begins, ends = (before.starts[bounds].astype(np.int64) for bounds in (units.begins, units.ends))
    rows = stacked(begins, ends, len(tail.order))
    lengths = units.array(np.diff(before.starts), np.diff(tail.starts), np.dtype(np.uint32))
    counts = customers.array(np.diff(before.of_customer), np.diff(tail.of_customer), np.dtype(np.int64))
    longest = int(np.diff(journeys.starts).max(initial=0))
    return OfferUnits(
        np.append(0, np.cumsum(counts)),
        np.append(np.uint32(0), np.cumsum(lengths, dtype=np.uint32)),
        rows.array(before.order, tail.order, smallest_unsigned(max(longest - 1, 0))),
    )


def offer_units(journeys: JourneyColumns | _Tail) -> OfferUnits:
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
