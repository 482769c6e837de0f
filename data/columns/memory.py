"""What is remembered of one version of the store: its columns for as long as it lives, and the answers asked for last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from itertools import islice
from sys import getsizeof
from typing import Any, TypeVar

T = TypeVar("T")

# The first word of each key under which stays what depends on what outcomes mean to a tenant, whose number is the second; and of each
# under which stays a tenant's number, which it may come to have by saying what an outcome means.
MEANING, TENANT = "meaning", "tenant"

# The units of a funnel over some 20 million interactions take a good 100 MB: room for a few of those, and for what beside them is small.
MOST_BYTES = 400_000_000

# Measured: what an entry takes beside its key and its value.
_ENTRY_BYTES = 250

_MOST_LOOKED_AT = 8


class Memory:
    """What is remembered of one version, each value made once, by the first thread that asks.

    What is under `recall` stays as long as the version: columns and what is read with them, so no such key may hold what a caller asked.
    Answers are under `answer`: all of them take at most MOST_BYTES, and those asked for last stay. The newest always does.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def with_new_meaning(self, tenant: int) -> Memory:
        """The memory of a version that differs in what outcomes mean to one tenant and in nothing else: the columns stay, no answer does."""
        def stays(key: Hashable) -> bool:
            return not isinstance(key, tuple) or (key[0] != TENANT and key[:2] != (MEANING, tenant))

        after = Memory()
        after._kept = {key: kept for key, kept in dict(self._kept).items() if stays(key)}
        return after

    def holds(self, key: Hashable) -> bool:
        """Whether there is a value under a key, to stay."""
        return key in self._kept

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value under a key, to stay; made where there is none yet."""
        if key in self._kept:
            return self._kept[key]
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            if key not in self._kept:
                self._kept[key] = make()
        return self._kept[key]

    def answer(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer under a key; made where it is not remembered."""
        with self._lock:
            if key in self._answers:
                return self._used(key)
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._answers:
                    return self._used(key)
            try:
                made = make()
                self.note(key, made)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made

    def find(self, key: Hashable) -> Any | None:
        """The answer under a key, if it is remembered."""
        with self._lock:
            return self._used(key) if key in self._answers else None

    def note(self, key: Hashable, answer: Any) -> None:
        """Remember an answer under a key."""
        size = _ENTRY_BYTES + size_of(key) + size_of(answer)
        with self._lock:
            if key in self._answers:
                self._bytes -= self._answers.pop(key)[1]
            self._answers[key] = answer, size
            self._bytes += size
            while self._bytes > MOST_BYTES and len(self._answers) > 1:
                self._bytes -= self._answers.popitem(last=False)[1][1]

    def answers(self) -> tuple[int, int]:
        """How many answers are remembered, and the bytes they take."""
        return len(self._answers), self._bytes

    def _used(self, key: Hashable) -> Any:
        self._answers.move_to_end(key)
        return self._answers[key][0]


def size_of(value: Any) -> int:
    """The bytes that a value takes: of arrays their own, of what is made of plain values an estimate, from some of its parts if it has many."""
    if value is None or isinstance(value, (str, int, float)):
        return getsizeof(value)
    own: int | None = getattr(value, "nbytes", None)
    if own is not None:
        return own
    size = getsizeof(value)
    if isinstance(value, Mapping):
        return size + _size_of_parts(value.keys()) + _size_of_parts(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return size + _size_of_parts(value)
    return size + (_size_of_parts(vars(value).values()) if hasattr(value, "__dict__") and not isinstance(value, type) else 0)


def _size_of_parts(parts: Collection[Any]) -> int:
    every = -(-len(parts) // _MOST_LOOKED_AT)
    if every <= 1:
        return sum(map(size_of, parts))
    looked_at = [size_of(part) for part in islice(parts, 0, None, every)]
    return sum(looked_at) * len(parts) // len(looked_at)
