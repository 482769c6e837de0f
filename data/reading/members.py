"""The members of many JSON texts as columns, read once by compiled code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from data.reading.member_scan import copy_values, find_members

_FEW_PATHS, _MOST_PATHS = 128, 1024


class Members:
    """What stands in those texts that are `plain`: JSON that means the same to every reader.

    A path of names leads through objects; none at all is the text itself.
    """

    def __init__(self, data: np.ndarray, paths: np.ndarray, starts: np.ndarray, ends: np.ndarray, firsts: np.ndarray, plain: np.ndarray):
        self.plain = plain
        self._data = data
        self._starts, self._ends, self._firsts = starts, ends, firsts
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
        return np.zeros(len(self.plain), np.uint8) if path is None else self._firsts[path]

    def may_hold_json(self, steps: tuple[str, ...]) -> bool:
        """Whether a string that stands somewhere may itself be JSON."""
        path = self._path(steps)
        if path is None:
            return False
        strings = self._starts[path][(self.first_bytes(steps) == ord('"')) & self.plain] + 1
        # White space, or an escape, may come before the bracket.
        return bool(np.isin(self._data[strings], np.frombuffer(b"{[ \\\t\n\r", np.uint8)).any())

    def columns(self, wanted: Sequence[tuple[tuple[str, ...], bool]], rows: np.ndarray) -> list[pa.Array]:
        """The values at some places of some plain texts as the engine gives them: their text or, where that is asked for, their compact JSON.

        Null where there is none or a null.
        """
        found = [(self._path(steps), as_json) for steps, as_json in wanted]
        paths = np.array([path for path, _ in found if path is not None], np.int64)
        sizes = [int((self._ends[path][rows] - self._starts[path][rows]).sum(dtype=np.int64)) for path in paths]
        bases = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        into = np.empty(bases[-1], np.uint8)
        offsets, known = np.zeros((len(paths), len(rows) + 1), np.int32), np.zeros((len(paths), len(rows)), np.bool_)
        as_json = np.array([as_json for path, as_json in found if path is not None], np.bool_)
        copy_values(self._data, self._starts, self._ends, rows, paths, as_json, bases, into, offsets, known)
        columns = iter(
            pa.Array.from_buffers(pa.string(), len(rows), [
                None if known[nth].all() else pa.py_buffer(np.packbits(known[nth], bitorder="little")),
                pa.py_buffer(offsets[nth]), pa.py_buffer(into[bases[nth]:bases[nth + 1]]),
            ]) for nth in range(len(paths))
        )
        return [pa.nulls(len(rows), pa.string()) if path is None else next(columns) for path, _ in found]

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
        firsts, plain = np.zeros((size, len(texts)), np.uint8), np.zeros(len(texts), np.bool_)
        count = find_members(held, offsets, paths, slots, starts, found, firsts, plain)
        if count >= 0:
            return Members(held, paths[:count], starts[:count], found[:count], firsts[:count], plain)
        size *= 8
    return None
