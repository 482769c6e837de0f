"""What is remembered of the store: a tenant's columns for as long as its part of the log stays as it is, and the answers asked for last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from itertools import count, islice
from sys import getsizeof
from typing import Any, TypeVar

T = TypeVar("T")

# The first word of each key under which stays what depends on what outcomes mean to a tenant.
MEANING = "meaning"

# The units of a funnel over some 20 million interactions take a good 100 MB: room for a few of those, and for what beside them is small.
MOST_BYTES = 400_000_000

# Measured: what an entry takes beside its key and its value.
_ENTRY_BYTES = 250

_MOST_LOOKED_AT = 8


class Answers:
    """The answers asked for last, of all tenants: they take at most MOST_BYTES together, and the newest always stays."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[int, Hashable], tuple[Any, int]] = OrderedDict()
        self._of: dict[int, set[Hashable]] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, owner: int, key: Hashable) -> tuple[Any] | None:
        """What an owner has noted under a key, in a tuple of its own, if it is remembered."""
        with self._lock:
            if (owner, key) not in self._answers:
                return None
            self._answers.move_to_end((owner, key))
            return self._answers[owner, key][:1]

    def note(self, owner: int, key: Hashable, answer: Any) -> None:
        size = _ENTRY_BYTES + size_of(key) + size_of(answer)
        with self._lock:
            self._drop(owner, key)
            self._answers[owner, key] = answer, size
            self._of.setdefault(owner, set()).add(key)
            self._bytes += size
            while self._bytes > MOST_BYTES and len(self._answers) > 1:
                self._drop(*next(iter(self._answers)))

    def forget(self, owner: int) -> None:
        """Drop all that an owner has noted."""
        with self._lock:
            for key in list(self._of.get(owner, ())):
                self._drop(owner, key)

    def size(self) -> tuple[int, int]:
        """How many answers are remembered, and the bytes they take."""
        return len(self._answers), self._bytes

    def _drop(self, owner: int, key: Hashable) -> None:
        if (owner, key) in self._answers:
            self._bytes -= self._answers.pop((owner, key))[1]
            self._of[owner].discard(key)
            if not self._of[owner]:
                del self._of[owner]


class TenantMemory:
    """What is remembered of a tenant since its part of the store last changed, each value made once, by the first thread that asks.

    What is under `recall` stays as long as the part does: columns and what is read with them, so no such key may hold what a caller asked.
    Answers are under `answer`, and stay while there is room.
    """

    _owners = count()

    def __init__(self, answers: Answers, kept: Mapping[Hashable, Any] | None = None) -> None:
        self._answers = answers
        self._kept = dict(kept or {})
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()
        self._owner = next(self._owners)
        self._is_past = False

    def with_new_meaning(self) -> TenantMemory:
        """The memory of a tenant to whom outcomes mean something else, and nothing else is new: the columns stay, no answer does."""
        return TenantMemory(self._answers, {
            key: kept for key, kept in self.kept().items() if not (isinstance(key, tuple) and key[0] == MEANING)
        })

    def with_columns(self, kept: Mapping[Hashable, Any]) -> TenantMemory:
        """The memory of a tenant whose log has changed, with what is known of it already."""
        return TenantMemory(self._answers, kept)

    def kept(self) -> dict[Hashable, Any]:
        """What has been made to stay so far."""
        return dict(self._kept)

    def pass_away(self) -> None:
        """Forget the answers, and remember no further ones: who still reads the part as it was is the last to do so."""
        self._is_past = True
        self._answers.forget(self._owner)

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
        if found := self._answers.find(self._owner, key):
            return found[0]
        making_key = ("answer", key)
        with self._lock:
            making = self._making.setdefault(making_key, threading.Lock())
        with making:
            if found := self._answers.find(self._owner, key):
                return found[0]
            try:
                made = make()
                self.note(key, made)
            finally:
                with self._lock:
                    self._making.pop(making_key, None)
        return made

    def find(self, key: Hashable) -> Any | None:
        """The answer under a key, if it is remembered."""
        found = self._answers.find(self._owner, key)
        return found[0] if found else None

    def note(self, key: Hashable, answer: Any) -> None:
        """Remember an answer under a key."""
        if not self._is_past:
            self._answers.note(self._owner, key, answer)


class Memory:
    """What is remembered of one version of the store: a part for each tenant asked about, by its number.

    A part is that of several versions for as long as nothing of its tenant's changes.
    """

    def __init__(self, answers: Answers, numbers: dict[str, int], parts: Mapping[int, TenantMemory] | None = None) -> None:
        self._every_answer = answers
        self._numbers = numbers
        self._parts = dict(parts or {})
        self._lock = threading.Lock()

    def number(self, id: str, find: Callable[[], int]) -> int:
        """The number of a tenant, which it keeps; 0 is that of all who have none, for now."""
        number = self._numbers.get(id) or find()
        if number:
            self._numbers[id] = number
        return number

    def of(self, tenant: int) -> TenantMemory:
        """What is remembered of a tenant."""
        with self._lock:
            return self._parts.setdefault(tenant, TenantMemory(self._every_answer))

    def parts(self) -> dict[int, TenantMemory]:
        """What is remembered, by tenant."""
        with self._lock:
            return dict(self._parts)

    def after(self, parts: Mapping[int, TenantMemory]) -> Memory:
        """The memory of a version whose parts are these."""
        return Memory(self._every_answer, self._numbers, parts)

    def answers(self) -> tuple[int, int]:
        """How many answers are remembered, of all tenants, and the bytes they take."""
        return self._every_answer.size()


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
