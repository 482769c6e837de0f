"""A compiled look at JSON texts: which of them have something that JSON readers take in another way than the store's engine."""

from __future__ import annotations

import numba
import numpy as np
from numba import int64, uint8, void
from numba.core.types import Array

_BYTES = Array(uint8, 1, "C", readonly=True)
_MOST_KEYS, _DEEPEST, _MOST_TEXTS = 4096, 501, 64


@numba.njit(nogil=True, cache=True)
def _hex(sign: int) -> int:
    if 48 <= sign <= 57:
        return sign - 48
    lower = sign | 32
    return lower - 87 if 97 <= lower <= 102 else -1


@numba.njit(nogil=True, cache=True)
def _unit(data: np.ndarray, at: int, end: int) -> int:
    """The UTF-16 unit of an escape that begins at `at`; -1 where there is none."""
    if at + 6 > end or data[at] != 92 or data[at + 1] != 117:
        return -1
    unit = 0
    for place in range(at + 2, at + 6):
        digit = _hex(data[place])
        if digit < 0:
            return -1
        unit = unit * 16 + digit
    return unit


@numba.njit(nogil=True, cache=True)
def _odd(data: np.ndarray, start: int, end: int, keys: np.ndarray, opened: np.ndarray, texts: np.ndarray) -> int:
    """Whether a text may have half a surrogate pair, a name twice in an object, a comma before a closing bracket, or a NaN.

    -1 says so. Otherwise the answer is how many strings that stand in the outermost object begin with a brace; their ends are in `texts`.
    """
    at, depth, known, found = start, 0, 0, 0
    before = 0
    while at < end:
        sign = data[at]
        if sign == 34:
            # FNV-1a, of names only; one that is spelled with escapes may be any.
            hashed, begin, escaped = np.uint64(14695981039346656037), at + 1, False
            is_name = depth > 0 and opened[depth] >= 0 and (before == 123 or before == 44)
            at += 1
            while at < end and data[at] != 34:
                if data[at] == 92:
                    escaped = True
                    if at + 1 < end and data[at + 1] == 117:
                        unit = _unit(data, at, end)
                        if 0xDC00 <= unit < 0xE000:
                            return -1
                        if 0xD800 <= unit < 0xDC00:
                            if not 0xDC00 <= _unit(data, at + 6, end) < 0xE000:
                                return -1
                            at += 6
                    at += 1
                elif is_name:
                    hashed = (hashed ^ np.uint64(data[at])) * np.uint64(1099511628211)
                at += 1
            if is_name:
                if escaped or known == _MOST_KEYS:
                    return -1
                for place in range(opened[depth], known):
                    if keys[place] == hashed:
                        return -1
                keys[known] = hashed
                known += 1
            elif depth == 1:
                inner = begin
                while inner < at and (data[inner] == 32 or data[inner] == 92):
                    # A break or a tab is an escape here.
                    inner += 1 if data[inner] == 32 else 2
                if inner < at and data[inner] == 123 and at - inner > 2:
                    if found == _MOST_TEXTS:
                        return -1
                    texts[found, 0], texts[found, 1] = begin, at
                    found += 1
        elif sign == 123 or sign == 91:
            depth += 1
            if depth == _DEEPEST:
                return -1
            opened[depth] = known if sign == 123 else -1
        elif sign == 125 or sign == 93:
            if before == 44:
                return -1
            if depth > 0:
                if opened[depth] >= 0:
                    known = opened[depth]
                depth -= 1
        elif sign == 116:
            at += 3
        elif sign == 102:
            at += 4
        elif sign == 110 and at + 1 < end and data[at + 1] == 117:
            at += 3
        elif ((sign >= 65 and sign <= 90) or (sign >= 97 and sign <= 122)) and sign | 32 != 101:
            return -1
        if sign > 32:
            before = sign
        at += 1
    return found


@numba.njit(nogil=True, cache=True)
def _unescaped(data: np.ndarray, start: int, end: int, into: np.ndarray) -> int:
    """Write a string's own text, everything beyond ASCII that is escaped as one byte; the answer is its length."""
    at, size = start, 0
    while at < end:
        sign = data[at]
        if sign == 92 and at + 1 < end:
            at += 1
            sign = data[at]
            if sign == 117:
                unit = _unit(data, at - 1, end)
                sign = unit if 0 <= unit < 128 else 63
                at += 4
            elif sign in (98, 102, 110, 114, 116):
                sign = 32
        into[size] = sign
        size += 1
        at += 1
    return size


@numba.njit(void(_BYTES, Array(int64, 1, "C", readonly=True), uint8[::1]), nogil=True, cache=True)
def find_odd(data: np.ndarray, offsets: np.ndarray, odd: np.ndarray) -> None:
    """Mark the texts, text n being data[offsets[n]:offsets[n + 1]], that a JSON reader should look at.

    The others mean the same to the engine, also what stands as a JSON object within a string of the outermost object.
    """
    keys, opened, texts = np.empty(_MOST_KEYS, np.uint64), np.empty(_DEEPEST, np.int64), np.empty((_MOST_TEXTS, 2), np.int64)
    within = np.empty((_MOST_TEXTS, 2), np.int64)
    text = np.empty(1024, np.uint8)
    for nth in range(len(odd)):
        found = _odd(data, offsets[nth], offsets[nth + 1], keys, opened, texts)
        odd[nth] = found < 0
        for place in range(found):
            start, end = texts[place]
            if end - start > len(text):
                text = np.empty(2 * (end - start), np.uint8)
            if _odd(text, 0, _unescaped(data, start, end, text), keys, opened, within) < 0:
                odd[nth] = 1
                break
