"""Compiled reading of JSON texts: where each member of their objects stands, and what it says.

All compiled functions of it stand in this one file, since numba's cache on disk follows changes of a function's own file.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import boolean, int32, int64, uint8, uint64, void
from numba.core.types import Array

_BYTES = Array(uint8, 1, "C", readonly=True)
_OFFSETS = Array(int64, 1, "C", readonly=True)
_DEEPEST, _MOST_KEYS, _LONGEST_NUMBER, _MOST_DIGITS = 500, 4096, 18, 15
_VALUE, _KEY, _AFTER = 0, 1, 2


@numba.njit(boolean(uint8), nogil=True, cache=True)
def _is_space(sign: int) -> bool:
    return sign == 32 or sign == 10 or sign == 13 or sign == 9


@numba.njit(boolean(uint8), nogil=True, cache=True)
def _is_digit(sign: int) -> bool:
    return 48 <= sign <= 57


@numba.njit(int64(_BYTES, int64, int64), nogil=True, cache=True)
def _unit(data: np.ndarray, at: int, end: int) -> int:
    """The UTF-16 unit of the four hexadecimal digits at a place; -1 where there are none."""
    if at + 4 > end:
        return -1
    unit = 0
    for place in range(at, at + 4):
        sign = data[place]
        if _is_digit(sign):
            digit = sign - 48
        elif 97 <= sign | 32 <= 102:
            digit = (sign | 32) - 87
        else:
            return -1
        unit = unit * 16 + digit
    return unit


@numba.njit(int64(_BYTES, int64, int64), nogil=True, cache=True)
def _string_end(data: np.ndarray, at: int, end: int) -> int:
    """The quote that ends the string whose text begins at a place; -1 where it is none, or has half a surrogate pair or an escaped control."""
    while at < end:
        sign = data[at]
        if sign == 34:
            return at
        if sign < 32:
            return -1
        if sign == 92:
            at += 1
            if at >= end:
                return -1
            sign = data[at]
            if sign == 117:
                unit = _unit(data, at + 1, end)
                if unit < 32 or 0xDC00 <= unit < 0xE000:
                    return -1
                at += 4
                if 0xD800 <= unit < 0xDC00:
                    if at + 2 >= end or data[at + 1] != 92 or data[at + 2] != 117 or not 0xDC00 <= _unit(data, at + 3, end) < 0xE000:
                        return -1
                    at += 6
            elif not (sign == 34 or sign == 92 or sign == 47 or sign == 98 or sign == 102 or sign == 110 or sign == 114 or sign == 116):
                return -1
        at += 1
    return -1


@numba.njit(int64(_BYTES, int64, int64), nogil=True, cache=True)
def _number_end(data: np.ndarray, at: int, end: int) -> int:
    """Where the number at a place ends; -1 where it is none, or one that the engine may write with other digits, zeros at its end apart."""
    start = at
    if data[at] == 45:
        at += 1
    first = at
    while at < end and _is_digit(data[at]):
        at += 1
    whole = at - first
    if whole == 0 or whole > _LONGEST_NUMBER or (whole > 1 and data[first] == 48):
        return -1
    if at < end and data[at] == 46:
        at += 1
        fraction = at
        last, leading = at, -1
        while at < end and _is_digit(data[at]):
            if data[at] != 48:
                if leading < 0:
                    leading = at - fraction
                last = at + 1
            at += 1
        if at == fraction or whole + last - fraction > _MOST_DIGITS:
            return -1
        if whole == 1 and data[first] == 48 and (leading > 3 or (leading < 0 and first > start)):
            return -1
    elif data[first] == 48 and first > start:
        return -1
    if at < end and (data[at] | 32) == 101:
        return -1
    return at


@numba.njit(boolean(_BYTES, int64, int64), nogil=True, cache=True)
def _opens(data: np.ndarray, at: int, end: int) -> bool:
    """Whether a string's text begins with a bracket, white space apart."""
    while at < end:
        sign = data[at]
        at += 1
        if sign == 92:
            sign = data[at]
            at += 1
            if sign == 117:
                sign = _unit(data, at, end)
                at += 4
            elif sign == 110 or sign == 114 or sign == 116 or sign == 102:
                sign = 32
        if sign == 123 or sign == 91:
            return True
        if not (sign == 32 or 9 <= sign <= 13):
            return False
    return False


@numba.njit(int64(_BYTES, int64, int64, int64[:, ::1], int64, int32[::1], int64), nogil=True, cache=True)
def _path(data: np.ndarray, start: int, end: int, paths: np.ndarray, count: int, slots: np.ndarray, parent: int) -> int:
    """The path of a name below a parent, entered where it is new as number `count`; -1 where there is no room for it."""
    hashed = uint64(14695981039346656037) ^ uint64(parent)
    for place in range(start, end):
        hashed = (hashed ^ uint64(data[place])) * uint64(1099511628211)
    slot = int64(hashed % uint64(len(slots)))
    while slots[slot] >= 0:
        known = slots[slot]
        if paths[known, 0] == parent and paths[known, 2] - paths[known, 1] == end - start:
            same, other = True, paths[known, 1]
            for place in range(start, end):
                if data[place] != data[other]:
                    same = False
                    break
                other += 1
            if same:
                return known
        slot = (slot + 1) % len(slots)
    if count == len(paths):
        return -1
    paths[count, 0], paths[count, 1], paths[count, 2] = parent, start, end
    slots[slot] = count
    return count


@numba.njit(int64(_BYTES, _OFFSETS, int64[:, ::1], int32[::1], int32[:, ::1], int32[:, ::1], uint8[:, ::1], boolean[::1]),
            nogil=True, cache=True)
def find_members(
    data: np.ndarray, offsets: np.ndarray, paths: np.ndarray, slots: np.ndarray, starts: np.ndarray, ends: np.ndarray, firsts: np.ndarray,
    plain: np.ndarray,
) -> int:
    """Find the members of every object in each text, text n being data[offsets[n]:offsets[n + 1]], lists apart; how many paths there are.

    Path n has a parent, and its name in the data: `paths[n]`; path 0 is the text itself. Its value in a text is
    data[starts[n, text]:ends[n, text]], nothing for none, and begins with the byte firsts[n, text]. `plain` are the texts that are JSON,
    mean the same to every reader, and have no string in their outermost object that may itself be JSON; of the others nothing is said. -1
    where there is no room for all paths.
    """
    over = np.empty(_DEEPEST + 1, np.int64)
    begun = np.empty(_DEEPEST + 1, np.int64)
    is_list = np.empty(_DEEPEST + 1, np.uint8)
    known_at = np.empty(_DEEPEST + 1, np.int64)
    keys = np.empty(_MOST_KEYS, np.uint64)
    count = 1
    for row in range(len(plain)):
        at, end = offsets[row], offsets[row + 1]
        depth, known, state, good = 0, 0, _VALUE, False
        path = 0
        while True:
            while at < end and _is_space(data[at]):
                at += 1
            if at >= end:
                good = state == _AFTER and depth == 0
                break
            sign = data[at]
            if state == _VALUE:
                if sign == 123 or sign == 91:
                    if depth == _DEEPEST:
                        break
                    depth += 1
                    over[depth], begun[depth], is_list[depth], known_at[depth] = path, at, sign == 91, known
                    at += 1
                    while at < end and _is_space(data[at]):
                        at += 1
                    if at < end and data[at] == (93 if sign == 91 else 125):
                        state = _AFTER
                    elif sign == 91:
                        path = -1
                    else:
                        state = _KEY
                    continue
                begin = at
                if sign == 34:
                    at = _string_end(data, at + 1, end)
                    if at < 0:
                        break
                    if depth == 1 and _opens(data, begin + 1, at):
                        break
                    at += 1
                elif sign == 116:
                    if at + 4 > end or data[at + 1] != 114 or data[at + 2] != 117 or data[at + 3] != 101:
                        break
                    at += 4
                elif sign == 102:
                    if at + 5 > end or data[at + 1] != 97 or data[at + 2] != 108 or data[at + 3] != 115 or data[at + 4] != 101:
                        break
                    at += 5
                elif sign == 110:
                    if at + 4 > end or data[at + 1] != 117 or data[at + 2] != 108 or data[at + 3] != 108:
                        break
                    at += 4
                else:
                    at = _number_end(data, at, end)
                    if at < 0:
                        break
                if path >= 0:
                    starts[path, row], ends[path, row], firsts[path, row] = begin, at, sign
                state = _AFTER
            elif state == _KEY:
                if sign != 34:
                    break
                at += 1
                begin = at
                while at < end and data[at] != 34 and data[at] != 92 and data[at] >= 32:
                    at += 1
                if at >= end or data[at] != 34:
                    break
                if over[depth] >= 0:
                    path = _path(data, begin, at, paths, count, slots, over[depth])
                    if path < 0:
                        return -1
                    if path == count:
                        count += 1
                    elif ends[path, row] != 0:
                        break
                    # Until the value is over, so that the name is known to stand twice even within itself.
                    ends[path, row] = at
                else:
                    hashed = uint64(14695981039346656037)
                    for place in range(begin, at):
                        hashed = (hashed ^ uint64(data[place])) * uint64(1099511628211)
                    twice = known == _MOST_KEYS
                    for place in range(known_at[depth], known):
                        twice = twice or keys[place] == hashed
                    if twice:
                        break
                    keys[known] = hashed
                    known += 1
                    path = -1
                at += 1
                while at < end and _is_space(data[at]):
                    at += 1
                if at >= end or data[at] != 58:
                    break
                at += 1
                state = _VALUE
            else:
                if depth == 0:
                    break
                if sign == 44:
                    path = -1
                    state = _VALUE if is_list[depth] else _KEY
                    at += 1
                elif sign == (93 if is_list[depth] else 125):
                    at += 1
                    if over[depth] >= 0:
                        starts[over[depth], row], ends[over[depth], row] = begun[depth], at
                        firsts[over[depth], row] = data[begun[depth]]
                    known = known_at[depth]
                    depth -= 1
                else:
                    break
        plain[row] = good
    return count


@numba.njit(int64(uint8[::1], int64, int64), nogil=True, cache=True)
def _put(into: np.ndarray, place: int, point: int) -> int:
    """Write a character as UTF-8; the place behind it."""
    if point < 0x80:
        into[place] = point
        return place + 1
    if point < 0x800:
        into[place], into[place + 1] = 0xC0 | point >> 6, 0x80 | point & 63
        return place + 2
    if point < 0x10000:
        into[place], into[place + 1], into[place + 2] = 0xE0 | point >> 12, 0x80 | point >> 6 & 63, 0x80 | point & 63
        return place + 3
    into[place], into[place + 1] = 0xF0 | point >> 18, 0x80 | point >> 12 & 63
    into[place + 2], into[place + 3] = 0x80 | point >> 6 & 63, 0x80 | point & 63
    return place + 4


@numba.njit(int64(_BYTES, int64, int64, uint8[::1], int64, boolean), nogil=True, cache=True)
def _copy_string(data: np.ndarray, at: int, end: int, into: np.ndarray, place: int, as_json: bool) -> int:
    """Write the text of a string, or that text as the engine writes it in JSON; the place behind it."""
    while at < end:
        sign = data[at]
        if sign != 92:
            into[place] = sign
            at, place = at + 1, place + 1
            continue
        sign = data[at + 1]
        at += 2
        if sign == 117:
            point = _unit(data, at, end)
            at += 4
            if 0xD800 <= point < 0xDC00:
                point = 0x10000 + ((point - 0xD800) << 10) + _unit(data, at + 2, end) - 0xDC00
                at += 6
            if as_json and (point == 34 or point == 92):
                into[place] = 92
                place += 1
            place = _put(into, place, point)
        elif sign == 47:
            into[place] = sign
            place += 1
        elif as_json:
            into[place], into[place + 1] = 92, sign
            place += 2
        else:
            into[place] = 8 if sign == 98 else 12 if sign == 102 else 10 if sign == 110 else 13 if sign == 114 else 9 if sign == 116 else sign
            place += 1
    return place


@numba.njit(int64(_BYTES, int64, int64, uint8[::1], int64), nogil=True, cache=True)
def _copy_number(data: np.ndarray, at: int, end: int, into: np.ndarray, place: int) -> int:
    """Write a number without the zeros that its fraction ends in; the place behind it."""
    last = at
    while last < end and data[last] != 46:
        last += 1
    if last < end:
        least = last + 2
        last = end
        while last > least and data[last - 1] == 48:
            last -= 1
    for byte in range(at, last):
        into[place] = data[byte]
        place += 1
    return place


@numba.njit(int64(_BYTES, int64, int64, uint8[::1], int64), nogil=True, cache=True)
def _copy_json(data: np.ndarray, at: int, end: int, into: np.ndarray, place: int) -> int:
    """Write a value in compact JSON; the place behind it."""
    while at < end:
        sign = data[at]
        if sign == 34:
            last = at + 1
            while data[last] != 34:
                last += 2 if data[last] == 92 else 1
            into[place] = 34
            place = _copy_string(data, at + 1, last, into, place + 1, True)
            into[place] = 34
            at, place = last + 1, place + 1
        elif sign == 45 or _is_digit(sign):
            last = at + 1
            while last < end and (_is_digit(data[last]) or data[last] == 46):
                last += 1
            place = _copy_number(data, at, last, into, place)
            at = last
        else:
            if not _is_space(sign):
                into[place] = sign
                place += 1
            at += 1
    return place


_PLACES = Array(int32, 2, "C", readonly=True)


@numba.njit(void(_BYTES, _PLACES, _PLACES, _OFFSETS, _OFFSETS, Array(boolean, 1, "C", readonly=True), _OFFSETS, uint8[::1], int32[:, ::1],
                 boolean[:, ::1]), nogil=True, cache=True)
def copy_values(
    data: np.ndarray, starts: np.ndarray, ends: np.ndarray, rows: np.ndarray, paths: np.ndarray, as_json: np.ndarray, bases: np.ndarray,
    into: np.ndarray, offsets: np.ndarray, known: np.ndarray,
) -> None:
    """Write the values of some paths in some texts, those of path n one behind the other from bases[n] on, as the engine's
    `json_extract_string` or, `as_json`, its `json_extract` gives them. `known` are those that are there and not null.

    One text after the other, since a text is in the processor's cache only for a while.
    """
    for nth in range(len(rows)):
        row = rows[nth]
        for column in range(len(paths)):
            start, end = starts[paths[column], row], ends[paths[column], row]
            base = bases[column]
            place = base + offsets[column, nth]
            if end > start and data[start] != 110:
                known[column, nth] = True
                if data[start] == 34 and not as_json[column]:
                    place = _copy_string(data, start + 1, end - 1, into, place, False)
                else:
                    place = _copy_json(data, start, end, into, place)
            offsets[column, nth + 1] = place - base
