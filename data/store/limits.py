"""The errors of the store, with messages a person can act on, and the time limits of queries."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Not loaded: the accounts raise these errors too, and know no database of interactions.
    import duckdb


class StoreError(Exception):
    """The store cannot do what was asked; the message says why and what to do."""


DAMAGED = "It is damaged, or no store: put a backup in its place, or set IH_HOME to another state folder."
_REMEDIES = {
    "No space left": "Make room on its disk.",
    "Permission denied": "Give the owner of this process the right to read and write it.",
    "Read-only file system": "Make its file system writable.",
}


def unreadable(path: Path, problem: Exception) -> StoreError:
    """That a file cannot be read, why, and what to do."""
    # The engine's own remedies follow the first line, and where it stood when it failed.
    why = str(problem).partition("\n")[0].rstrip(".!")
    return StoreError(f"{path} cannot be read: {why}. {next((remedy for said, remedy in _REMEDIES.items() if said in why), DAMAGED)}")


_logged: dict[str, float] = {}


def log_now_and_then(problem: StoreError) -> None:
    """Tell the operator why something cannot be used: once a minute, for every request meets with it. That it is busy is no fault."""
    said = _logged.get(str(problem), -inf)
    if not isinstance(problem, StoreBusy | TooSlow) and time.monotonic() > said + _SAID_AGAIN_S:
        _logged.clear()
        _logged[str(problem)] = time.monotonic()
        log.error("%s", problem)


class StoreInUse(StoreError):
    """Another process owns the store's file."""


class ReadOnly(StoreError):
    """The log is where this program reads it and does not write it."""


class StoreBusy(StoreError):
    """Something else is changing the store, and takes its time."""


class TooSlow(StoreError):
    """A query exceeded its time limit and was stopped."""

    def __init__(self, seconds: float):
        super().__init__(f"The query took longer than {seconds:g} seconds and was stopped. Narrow it by period or by offer.")
        self.seconds = seconds


_AGAIN = 0.05
_SAID_AGAIN_S = 60

log = logging.getLogger("interaction_history")


@dataclass(eq=False)
class Limit:
    """When a cursor is to be interrupted; `expired` once that has happened."""

    cursor: duckdb.DuckDBPyConnection
    at: float
    expired: bool = False


class TimeLimits:
    """Interrupts each cursor whose time is over: one thread for all of them, which begins with the first."""

    def __init__(self) -> None:
        self._limits: set[Limit] = set()
        # Held while interrupting, so that no cursor is interrupted once its limit has ended and it is closed.
        self._changed = threading.Condition()
        self._looks_again = inf
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextmanager
    def limit(self, cursor: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[Limit]:
        """Stop whatever the cursor runs once so many seconds are over; None is no limit."""
        limit = Limit(cursor, inf if seconds is None else time.monotonic() + seconds)
        with self._changed:
            self._limits.add(limit)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="time limits", daemon=True)
                self._thread.start()
            # Most limits end long before the thread looks, and it need not hear of them.
            if limit.at < self._looks_again:
                self._changed.notify()
        try:
            yield limit
        finally:
            with self._changed:
                self._limits.discard(limit)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for limit in self._limits:
                    if limit.at <= now:
                        limit.expired = True
                        limit.cursor.interrupt()
                        # Again and again: an interrupt between two statements stops neither.
                        limit.at = now + _AGAIN
                self._looks_again = min((limit.at for limit in self._limits), default=inf)
                self._changed.wait(None if self._looks_again == inf else self._looks_again - now)
