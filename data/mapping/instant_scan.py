"""Compiled reading of times as most logs write them, ISO 8601 in full and milliseconds since 1970; the SQL of times reads all others."""

from __future__ import annotations

import time

import numba
import numpy as np
import pyarrow as pa
from numba import boolean, int64, uint8, void
from numba.core.types import Array

from data.mapping.times import FIRST_MS

_BYTES = Array(uint8, 1, "C", readonly=True)
_OFFSETS = Array(int64, 1, "C", readonly=True)
_LONGEST_FRACTION = 6
# With any offset these are times that the contract knows.
_FIRST_YEAR, _LAST_YEAR = 2, 9998


def instants(texts: pa.Array, has_zone: bool) -> pa.Array:
    """The UTC timestamps of texts, null for what is to be read otherwise; where texts that name no offset are not of UTC, it `has_zone`."""
    texts = texts.cast(pa.large_string())
    _, ends, data = texts.buffers()
    offsets = np.frombuffer(ends, np.int64)[texts.offset:texts.offset + len(texts) + 1]
    micros, known = np.empty(len(texts), np.int64), np.empty(len(texts), np.bool_)
    held = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    read_instants(held, offsets, has_zone, FIRST_MS, time.time_ns() // 1_000_000, micros, known)
    return pa.Array.from_buffers(
        pa.timestamp("us"), len(texts), [pa.py_buffer(np.packbits(known, bitorder="little")), pa.py_buffer(micros)])


@numba.njit(int64(_BYTES, int64, int64), nogil=True, cache=True)
def _number(data: np.ndarray, at: int, digits: int) -> int:
    """The number of so many digits at a place; -1 where they are none."""
    number = 0
    for place in range(at, at + digits):
        if not 48 <= data[place] <= 57:
            return -1
        number = number * 10 + data[place] - 48
    return number


@numba.njit(int64(int64, int64, int64), nogil=True, cache=True)
def _days(year: int, month: int, day: int) -> int:
    """The days from 1970 to a date of the proleptic Gregorian calendar, counted in years that begin in March."""
    if month < 3:
        year -= 1
    of_era = year % 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (year // 400) * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@numba.njit(int64(int64, int64), nogil=True, cache=True)
def _length_of_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31


@numba.njit(int64(_BYTES, int64, int64, boolean), nogil=True, cache=True)
def _offset(data: np.ndarray, at: int, end: int, has_zone: bool) -> int:
    """How many minutes the offset that ends a time is ahead of UTC; a day where it is none."""
    none = 1440
    if at == end:
        return none if has_zone else 0
    if end - at == 1 and (data[at] == 90 or data[at] == 122):
        return 0
    if end - at == 4 and data[at] == 32 and data[at + 1] == 85 and data[at + 2] == 84 and data[at + 3] == 67:
        return 0
    if data[at] != 43 and data[at] != 45:
        return none
    length = end - at
    if length != 3 and length != 5 and not (length == 6 and data[at + 3] == 58):
        return none
    hours, minutes = _number(data, at + 1, 2), 0 if length == 3 else _number(data, end - 2, 2)
    if hours < 0 or hours > 23 or minutes < 0 or minutes > 59:
        return none
    return hours * 60 + minutes if data[at] == 43 else -(hours * 60 + minutes)


@numba.njit(void(_BYTES, _OFFSETS, boolean, int64, int64, int64[::1], boolean[::1]), nogil=True, cache=True)
def read_instants(
    data: np.ndarray, offsets: np.ndarray, has_zone: bool, first_ms: int, last_ms: int, micros: np.ndarray, known: np.ndarray,
) -> None:
    """The microseconds since 1970 of each text data[offsets[n]:offsets[n + 1]], and whether it is a time as it is known here.

    Known are a date of a year that no offset leads out of the contract's range, with the time of day to the second or to a fraction of up
    to six digits, with an offset or, unless texts without one are of a zone, without; and whole milliseconds within the bounds.
    """
    for nth in range(len(known)):
        at, end = offsets[nth], offsets[nth + 1]
        known[nth], micros[nth] = False, 0
        length = end - at
        if 12 <= length <= 13:
            number = _number(data, at, length)
            if first_ms <= number <= last_ms:
                known[nth], micros[nth] = True, number * 1000
            continue
        if length < 10 or data[at + 4] != 45 or data[at + 7] != 45:
            continue
        year, month, day = _number(data, at, 4), _number(data, at + 5, 2), _number(data, at + 8, 2)
        if not _FIRST_YEAR <= year <= _LAST_YEAR or month < 1 or month > 12 or day < 1 or day > _length_of_month(year, month):
            continue
        moment = _days(year, month, day) * 86_400_000_000
        if length == 10:
            known[nth], micros[nth] = not has_zone, moment
            continue
        if length < 19 or data[at + 13] != 58 or data[at + 16] != 58 or not (data[at + 10] == 84 or data[at + 10] == 116 or data[at + 10] == 32):
            continue
        hours, minutes, seconds = _number(data, at + 11, 2), _number(data, at + 14, 2), _number(data, at + 17, 2)
        if hours < 0 or hours > 23 or minutes < 0 or minutes > 59 or seconds < 0 or seconds > 59:
            continue
        moment += ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
        at += 19
        if at < end and (data[at] == 46 or data[at] == 44):
            at += 1
            worth = 100_000
            first = at
            while at < end and 48 <= data[at] <= 57 and at - first < _LONGEST_FRACTION:
                moment += (data[at] - 48) * worth
                worth //= 10
                at += 1
            if at == first or (at < end and 48 <= data[at] <= 57):
                continue
        ahead = _offset(data, at, end, has_zone)
        if ahead < 1440:
            known[nth], micros[nth] = True, moment - ahead * 60_000_000
