"""The members of many JSON texts as columns, read once by compiled code."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data.reading.member_scan import copy_values, find_members

_FEW_PATHS, _MOST_PATHS = 128, 1024


class Members:
    """What stands in those texts that are `plain`: JSON that means the same to every reader.

    A path of names leads through objects; none at all is the text itself.
    """

    def __init__(self, data: np.ndarray, paths: np.ndarray, starts: np.ndarray, ends: np.ndarray, plain: np.ndarray):
        self.plain = plain
        self._data = data
        self._starts, self._ends = starts, ends
        self._paths: dict[tuple[int, str], int] = {}
        for path, (parent, start, end) in enumerate(paths.tolist()):
            # A path of other texts alone is none here.
            if path and np.any(ends[path][plain]):
                self._paths[parent, data[start:end].tobytes().decode()] = path

    def names(self, steps: tuple[str, ...]) -> tuple[str, ...] | None:
        """The names in the objects that stand somewhere; None where no text has a value there."""
        path = self._path(steps)
        return None if path is None else tuple(name for parent, name in self._paths if parent == path)

    def first_bytes(self, steps: tuple[str, ...]) -> np.ndarray:
        """The byte that the value of each text begins with, which tells its kind; 0 for none."""
        path = self._path(steps)
        if path is None:
            return np.zeros(len(self.plain), np.uint8)
        return np.where(self._ends[path] > self._starts[path], self._data[self._starts[path]], 0)

    def may_hold_json(self, steps: tuple[str, ...]) -> bool:
        """Whether a string that stands somewhere may itself be JSON."""
        path = self._path(steps)
        if path is None:
            return False
        strings = self._starts[path][(self.first_bytes(steps) == ord('"')) & self.plain] + 1
        # White space, or an escape, may come before the bracket.
        return bool(np.isin(self._data[strings], np.frombuffer(b"{[ \\\t\n\r", np.uint8)).any())

    def column(self, steps: tuple[str, ...], rows: np.ndarray, *, as_json: bool) -> pa.Array:
        """The values of some plain texts as the engine gives them: their text, or their compact JSON; null where there is none or a null."""
        path = self._path(steps)
        if path is None:
            return pa.nulls(len(rows), pa.string())
        into = np.empty(int((self._ends[path][rows] - self._starts[path][rows]).sum()), np.uint8)
        offsets, known = np.zeros(len(rows) + 1, np.int32), np.empty(len(rows), np.bool_)
        copy_values(self._data, self._starts[path], self._ends[path], rows, as_json, into, offsets, known)
        valid = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
        return pa.Array.from_buffers(pa.string(), len(rows), [valid, pa.py_buffer(offsets), pa.py_buffer(into)])

    def _path(self, steps: tuple[str, ...]) -> int | None:
        path: int | None = 0 if self.plain.any() else None
        for step in steps:
            path = None if path is None else self._paths.get((path, step))
        return path


def members_of(texts: pa.Array) -> Members | None:
    """The members of JSON texts; None where there are more paths to them than are kept apart."""
    _, ends, data = texts.buffers()
    offsets = np.frombuffer(ends, np.int64 if pa.types.is_large_string(texts.type) else np.int32)
    offsets = offsets[texts.offset:texts.offset + len(texts) + 1].astype(np.int64)
    held = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    if offsets[-1] >= 1 << 31:
        return None
    size = _FEW_PATHS
    while size <= _MOST_PATHS:
        paths, slots = np.zeros((size, 3), np.int64), np.full(4 * size, -1, np.int32)
        # Pages of paths that no text has are never touched.
        starts, found = np.zeros((size, len(texts)), np.int32), np.zeros((size, len(texts)), np.int32)
        plain = np.zeros(len(texts), np.bool_)
        count = find_members(held, offsets, paths, slots, starts, found, plain)
        if count >= 0:
            return Members(held, paths[:count], starts[:count], found[:count], plain)
        size *= 8
    return None
