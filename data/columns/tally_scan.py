"""Compiled loops that count the interactions of a piece of the journeys.

`places` are the rows that count, from the piece's first row on, ascending; the first `count` entries of every buffer are theirs.
A cell is a number that stands for a group and a bucket of time; a row's class is as in `classes.py`."""

from __future__ import annotations

import numba
import numpy as np
from numba import int64, uint32, void
from numba.core.types import Array

_KEYS = [Array(key, 1, "C", readonly=True) for key in (numba.uint8, numba.uint16, numba.uint32)]
_TIMES = Array(int64, 1, "C", readonly=True)
_LIMB_PLACES = Array(numba.uint8, 1, "C", readonly=True)
_LIMBS = Array(numba.int32, 2, "C", readonly=True)
_TABLE = Array(uint32, 1, "C", readonly=True)
_BUFFER = uint32[::1]
_COUNTS = uint32[:, ::1]
_SUMS = int64[:, ::1]
_ONE = np.uint32(1)


@numba.njit([void(_BUFFER, _BUFFER, int64, keys, _TABLE) for keys in _KEYS], nogil=True, cache=True)
def write_cells(cells: np.ndarray, places: np.ndarray, count: int, keys: np.ndarray, cell_of_key: np.ndarray) -> None:
    """Write the cell of each place's key."""
    for i in range(count):
        cells[i] = cell_of_key[keys[places[i]]]


@numba.njit(void(_BUFFER, _BUFFER, int64, _TIMES, int64, int64, _TABLE, _TIMES, _TABLE), nogil=True, cache=True)
def add_buckets(
    cells: np.ndarray, places: np.ndarray, count: int, times: np.ndarray,
    origin: int, shift: int, span_of_slot: np.ndarray, span_ends: np.ndarray, bucket_of_span: np.ndarray,
) -> None:
    """Add each place's bucket to its cell.

    Span s of time ends at span_ends[s]; a slot is 2**shift ms, counted from the origin, and names the span of its first moment.
    """
    for i in range(count):
        time = times[places[i]]
        span = span_of_slot[np.uint64(time - origin) >> np.uint64(shift)]
        while time >= span_ends[span]:
            span += _ONE
        cells[i] += bucket_of_span[span]


@numba.njit([void(_BUFFER, _BUFFER, int64, keys, _COUNTS) for keys in _KEYS], nogil=True, cache=True)
def count_rows(cells: np.ndarray, places: np.ndarray, count: int, classes: np.ndarray, rows: np.ndarray) -> None:
    """Count the rows of each cell and class."""
    for i in range(count):
        rows[cells[i], classes[places[i]]] += _ONE


@numba.njit(
    [uint32(_BUFFER, _BUFFER, int64, keys, int64, _TIMES, uint32, _COUNTS, _BUFFER, _BUFFER) for keys in _KEYS], nogil=True, cache=True
)
def count_rows_and_customers(
    cells: np.ndarray, places: np.ndarray, count: int, classes: np.ndarray,
    first_row: int, starts: np.ndarray, customer: int | np.uint32, rows: np.ndarray, latest: np.ndarray, customers: np.ndarray,
) -> int:
    """Count the rows of each cell and class, and the different customers of each cell.

    The piece begins at `first_row`, no earlier than the rows of `customer`, with whom the search for each row's customer begins; the
    answer is the last one's number. The rows of a customer stand together: `latest` is the customer that a cell counted last, so one
    comparison tells whether it has been counted.
    """
    end = starts[customer + _ONE] - first_row
    for i in range(count):
        place = places[i]
        while place >= end:
            customer += _ONE
            end = starts[customer + _ONE] - first_row
        cell = cells[i]
        rows[cell, classes[place]] += _ONE
        customers[cell] += np.uint32(latest[cell] != customer)
        latest[cell] = customer
    return int(customer)


@numba.njit(void(_BUFFER, _BUFFER, int64, _TIMES, int64[::1]), nogil=True, cache=True)
def keep_newest(cells: np.ndarray, places: np.ndarray, count: int, times: np.ndarray, newest: np.ndarray) -> None:
    """Raise each cell's newest time to those of its places."""
    for i in range(count):
        newest[cells[i]] = max(newest[cells[i]], times[places[i]])


@numba.njit(void(_BUFFER, _BUFFER, int64, int64, _TABLE, _LIMB_PLACES, _LIMBS, _SUMS), nogil=True, cache=True)
def add_amounts(
    cells: np.ndarray, places: np.ndarray, count: int, first_row: int, valued: np.ndarray, first_limb: np.ndarray, limbs: np.ndarray,
    sums: np.ndarray,
) -> None:
    """Add the amount of each place that has one to the sum of its cell.

    `valued` are the rows of the piece that have one, ascending; `first_limb` and `limbs` are theirs, as in `amounts.py`; the piece begins
    at `first_row`. sums[cell] are the limbs of its sum.
    """
    i = 0
    for nth in range(len(valued)):
        place = valued[nth] - first_row
        # Places ascend, so this one lies no further on than it would if all before it were there.
        end = min(i + place - np.int64(places[i]) + 1, count) if i < count else count
        while i < end:
            middle = end - 1 if places[end - 1] <= place else (i + end) // 2
            if places[middle] < place:
                i = middle + 1
            elif places[middle] == place:
                cell, limb = cells[middle], first_limb[nth]
                for nth_limb in range(limbs.shape[1]):
                    sums[cell, limb + nth_limb] += limbs[nth, nth_limb]
                i = middle + 1
                break
            else:
                end = middle


@numba.njit(uint32(_BUFFER, int64, int64, _TIMES, uint32, _BUFFER), nogil=True, cache=True)
def count_by_customer(
    places: np.ndarray, count: int, first_row: int, starts: np.ndarray, customer: int | np.uint32, totals: np.ndarray
) -> int:
    """Add each place to the total of its customer; the search for it is as in `count_rows_and_customers`."""
    end = starts[customer + _ONE] - first_row
    for i in range(count):
        while places[i] >= end:
            customer += _ONE
            end = starts[customer + _ONE] - first_row
        totals[customer] += _ONE
    return int(customer)
