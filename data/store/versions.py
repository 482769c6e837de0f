"""Which memory belongs to which version of the store, while loads make new ones and queries begin."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from data.columns.memory import Answers, Memory, TenantMemory


@dataclass(frozen=True)
class Change:
    """What a load does to the rows that were there: those from number `old` on are new, for now under rowids from `first` on.

    With `rewritten` all rows have other numbers, and keys may have. With `regrouped` the journeys lie in the order of their customers' keys.
    """

    first: int
    old: int
    rewritten: bool
    regrouped: bool


class Versions:
    """The memories of the versions that somebody may still ask for: the newest, and what it replaces until all have seen that."""

    def __init__(self) -> None:
        self._memories: dict[int, Memory] = {}
        self._answers = Answers()
        self._numbers: dict[str, int] = {}
        # The newest version that anybody has seen, and of each query that begins the one that was the newest then: it sees no older one.
        self._seen = 0
        self._beginning: dict[object, int] = {}
        self._lock = threading.Lock()

    def remember(self, version: int, kept: Mapping[int, Mapping[Hashable, Any]] | None = None) -> None:
        """Begin anew with what is known of a version already, by tenant: with nothing where that was not right."""
        parts = {tenant: TenantMemory(self._answers, one) for tenant, one in (kept or {}).items()}
        with self._lock:
            self._memories[version] = Memory(self._answers, self._numbers, parts)

    def seen(self, read: Callable[[], int]) -> tuple[int, Memory]:
        """The version that a query reads, pinned by `read`, and its memory. Queries hold on to the memory of an older one themselves."""
        query = object()
        with self._lock:
            self._beginning[query] = self._seen
        try:
            version = read()
        finally:
            with self._lock:
                del self._beginning[query]
        with self._lock:
            memory = self._memories.setdefault(version, self._empty())
            self._see(version)
        return version, memory

    @contextmanager
    def published(self, version: int, memory: Memory, before: Memory) -> Iterator[None]:
        """While a version is committed: its memory is there before anybody can see it, and goes where the commit fails.

        `before` is the memory of the version that it replaces.
        """
        with self._lock:
            self._memories[version] = memory
        try:
            yield
        except BaseException:
            with self._lock:
                del self._memories[version]
            raise
        with self._lock:
            self._see(version)
        stays = set(map(id, memory.parts().values()))
        for part in before.parts().values():
            if id(part) not in stays:
                part.pass_away()

    def _empty(self) -> Memory:
        return Memory(self._answers, self._numbers)

    def _see(self, version: int) -> None:
        self._seen = max(self._seen, version)
        oldest = min(self._beginning.values(), default=self._seen)
        for old in [remembered for remembered in self._memories if remembered < oldest]:
            del self._memories[old]
