"""Reads whatever holds a log, a file, an archive, a folder or a pattern, as batches of raw rows, each with the line it stands on."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from data.reading.archives import tar_members, zip_members
from data.reading.formats import looked_at, rows_of
from data.reading.options import ReadOptions
from data.reading.places import files_of, name_within, place_of
from data.reading.unpacking import BROKEN, PEEK, unpacked
from data.store.limits import StoreError

T = TypeVar("T")


@dataclass(frozen=True)
class Member:
    """The raw rows of one file, or of one member of an archive.

    A batch's first two columns are the line (int64, from 1) and the problem (text, null where the row could be read).
    Then comes, where the member `is_json`, one column with the JSON text of each row; else the file's own columns, of which several may have
    one name. `place` gives the columns that hold for all its rows: `#file`, `#folder`, and the `key=` parts of its path.
    """

    name: str
    batches: Iterator[pa.RecordBatch]
    is_json: bool
    place: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """What is loaded as one: its members, each to be read before the next is asked for, and how far that is.

    Where it `is_at_hand`, no read waits for anybody.
    """

    name: str
    members: Iterator[Member]
    unit: str
    total: int
    done: Callable[[], int] | None = None
    is_at_hand: bool = False


def source_of(name: str, batches: Iterator[pa.RecordBatch], total: int) -> Source:
    """Rows that come from no file, as columns."""
    return Source(name, iter([Member(name, batches, False)]), "rows", total)


@contextmanager
def opened(path: Path, options: ReadOptions | None = None) -> Iterator[Source]:
    """All rows that a path means; a format follows from how a file begins and, where that does not say, from its name."""
    reading = _Reading(path, options or ReadOptions())
    with named_problems(str(path)):
        files = reading.files()
        total = sum(file.stat().st_size for file in files)
        is_at_hand = all(file.is_file() for file in files)
    members = reading.members(files)
    try:
        yield Source(str(path), members, "bytes", total, reading.done, is_at_hand)
    finally:
        members.close()


class _Reading:
    def __init__(self, path: Path, options: ReadOptions):
        self._path = path
        self._options = options
        self._finished = 0
        self._raw: io.BufferedReader[Any] | None = None

    def done(self) -> int:
        """The bytes read so far of all files."""
        return self._finished + self._at()

    def _at(self) -> int:
        return self._raw.tell() if self._raw and self._raw.seekable() else 0

    def files(self) -> list[Path]:
        """The files that may hold what is asked for; of many, the empty ones say nothing."""
        files = files_of(self._path)
        if files == [self._path]:
            return files
        full = [file for file in files if file.stat().st_size]
        asked = [file for file in full if self._options.takes(file.name, name_within(self._path, file)) or _may_hold_members(file)]
        if not asked:
            raise StoreError(f"no file in it is called --member {self._options.member}." if full else "all files in it are empty.")
        return asked

    def members(self, files: list[Path]) -> Generator[Member, None, None]:
        for file in files:
            label = str(file)
            with named_problems(label):
                raw = io.BufferedReader(file.open("rb", buffering=0), PEEK)
            with raw:
                self._raw = raw
                yield from _named(label, self._within(file, label, raw))
                self._finished += file.stat().st_size
                self._raw = None

    def _within(self, file: Path, label: str, raw: io.BufferedReader[Any]) -> Iterator[Member]:
        """The members of one file."""
        content = unpacked(raw, self._at)
        kind, content = looked_at(file.name, content, in_place=content is raw and raw.seekable())
        name = name_within(self._path, file)
        if kind not in ("zip", "tar"):
            batches, is_json = rows_of(kind, file.name, content, self._options)
            yield Member(name, _named(label, batches), is_json, place_of(file))
            return
        members = zip_members(content, self._options) if kind == "zip" else tar_members(content, self._options)
        for inner, packed in members:
            told = f"{label}: {inner}"
            with named_problems(told):
                kind, content = looked_at(inner, unpacked(packed, self._at), in_place=False)
                batches, is_json = rows_of(kind, inner, content, self._options)
            yield Member(inner if file == self._path else f"{name}/{inner}", _named(told, batches), is_json, place_of(file, inner))


def _may_hold_members(file: Path) -> bool:
    return file.suffix.lower() in (".zip", ".tar", ".tgz") or ".tar" in file.suffixes


def _named(label: str, read: Iterator[T]) -> Iterator[T]:
    """What is read; what goes wrong meanwhile is told of with the name of the file."""
    # A generator's own `with` would also catch what goes wrong while its caller works on what it was given.
    while True:
        with named_problems(label):
            one = next(read, None)
        if one is None:
            return
        yield one


@contextmanager
def named_problems(label: str) -> Iterator[None]:
    """Whatever goes wrong with a file is told of with its name."""
    try:
        yield
    except BROKEN as problem:
        raise StoreError(f"{label} cannot be read to the end: {problem}.") from problem
    except StoreError as problem:
        if str(problem).startswith(label):
            raise
        raise StoreError(f"{label}: {problem}") from problem
