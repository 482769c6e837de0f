"""Compiled splitting of delimited text into cells, of the rows that are plainly written; it leaves all others to the csv module."""

from __future__ import annotations

import numba
import numpy as np
from numba import int32, uint8, void
from numba.core.types import Array, Tuple, int64

_BYTES = Array(uint8, 1, "C", readonly=True)
_NUMBERS = int32[::1]
_LF, _CR, _QUOTE = 10, 13, 34


@numba.njit(Tuple((int64, int64, int64, int64))(_BYTES, int64, int64, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS), nogil=True, cache=True)
def find_cells(
    data: np.ndarray, delimiter: int, width: int, starts: np.ndarray, ends: np.ndarray, doubled: np.ndarray, rows: np.ndarray,
) -> tuple[int, int, int, int]:
    """Where the cells of the first rows begin and end, within their quotes, and how many quotes in each are doubled.

    `rows` takes the number of lines before each row. The answer is the number of rows, the bytes and lines they take, and whether it
    ends before a row that is to be looked at otherwise: one of another width (empty cells at its end aside), with a quote that is out
    of place, or a carriage return that ends a line. A row that is not over yet is left too.
    """
    size = len(data)
    at, lines, count = 0, 0, 0
    while at < size and count < len(rows):
        row_at, row_lines = at, lines
        if data[at] == _LF:
            at, lines = at + 1, lines + 1
            continue
        if data[at] == _CR and at + 1 < size and data[at + 1] == _LF:
            at, lines = at + 2, lines + 1
            continue
        cells, first, over = 0, count * width, False
        while not over:
            start, quotes = at, 0
            if at < size and data[at] == _QUOTE:
                start, at = at + 1, at + 1
                while True:
                    while at < size and data[at] != _QUOTE:
                        if data[at] == _LF:
                            lines += 1
                        elif data[at] == _CR and at + 1 < size and data[at + 1] != _LF:
                            return count, row_at, row_lines, 1
                        at += 1
                    if at + 1 >= size:
                        return count, row_at, row_lines, 0
                    if data[at + 1] != _QUOTE:
                        break
                    quotes, at = quotes + 1, at + 2
                end, at = at, at + 1
            else:
                while at < size and data[at] != delimiter and data[at] != _LF and data[at] != _CR:
                    at += 1
                end = at
            if at >= size:
                return count, row_at, row_lines, 0
            if data[at] == _CR:
                if at + 1 >= size:
                    return count, row_at, row_lines, 0
                if data[at + 1] != _LF:
                    return count, row_at, row_lines, 1
                at += 1
            if data[at] == _LF:
                over, lines = True, lines + 1
            elif data[at] != delimiter:
                return count, row_at, row_lines, 1
            at += 1
            if cells < width:
                starts[first + cells], ends[first + cells], doubled[first + cells] = start, end, quotes
            elif end > start:
                return count, row_at, row_lines, 1
            cells += 1
        if cells < width:
            return count, row_at, row_lines, 1
        rows[count] = row_lines
        count += 1
    return count, at, lines, 0


@numba.njit(void(_BYTES, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, uint8[::1]), nogil=True, cache=True)
def copy_cells(data: np.ndarray, starts: np.ndarray, ends: np.ndarray, doubled: np.ndarray, offsets: np.ndarray, into: np.ndarray) -> None:
    """Write the text of cells one behind the other, cell n to offsets[n], with each doubled quote as one."""
    for nth in range(len(starts)):
        place = offsets[nth]
        at, end = starts[nth], ends[nth]
        if doubled[nth]:
            while at < end:
                into[place] = data[at]
                at += 2 if data[at] == _QUOTE else 1
                place += 1
        else:
            for byte in range(at, end):
                into[place] = data[byte]
                place += 1
