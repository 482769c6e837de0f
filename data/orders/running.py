"""The loads that run in this process or wait for their turn, one at a time and first come, first served: to be seen, and to be cancelled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from data.loading.outcome import Progress
from data.loading.posting import Posting
from data.loading.transaction import Stop
from data.store.limits import StoreError

_AGAIN_S = 0.05
WAITING = Progress("waiting for another load")


class Busy(StoreError):
    """Another load has the turn for longer than the caller is ready to wait."""

    def __init__(self) -> None:
        super().__init__("Another load is running. Try again once it is done.")


@dataclass(eq=False)
class RunningLoad:
    """A load, or the taking back of one; `tenant` is None where its rows name theirs, `began` is in seconds since 1970."""

    source: str
    tenant: str | None
    by: str
    stop: Stop = field(default_factory=Stop, repr=False)
    number: int = field(default_factory=count(1).__next__)
    began: float = field(default_factory=time.time)
    progress: Progress = WAITING
    cancelled: bool = False


class RunningLoads:
    """The loads of one process, in the order in which they came: the first has the turn, and the others wait."""

    def __init__(self, after_load: Callable[[], None] = lambda: None) -> None:
        """`after_load` is called after each load that was not stopped and did not fail, by whoever ran it; `at_end` after each, with its problem."""
        self.after_load = after_load
        self.at_end: Callable[[RunningLoad, BaseException | None], None] = lambda load, problem: None
        self.posts = Posting(lambda: self.after_load())
        self._loads: list[RunningLoad] = []
        self._changed = threading.Condition()

    def now(self, tenant: str | None = None) -> list[RunningLoad]:
        """Those of all tenants, or of one, the one that runs first."""
        with self._changed:
            return [load for load in self._loads if tenant is None or load.tenant == tenant]

    @contextmanager
    def turn(self, load: RunningLoad, tell: Callable[[Any], None], patience_s: float | None = None) -> Iterator[Callable[[Any], None]]:
        """While a load has its turn, which it may have to wait for: `Busy` after so many seconds, None is as long as it takes.

        Gives what the load is to tell its progress to, which passes it on to `tell`. A load that is cancelled gives up its turn at once,
        unless it writes: it may be reading what never comes.
        """
        def note(event: Any) -> None:
            if isinstance(event, Progress):
                load.progress = event
            tell(event)

        with self._changed:
            self._loads.append(load)
        try:
            self._wait(load, note, patience_s)
            yield note
        except BaseException as problem:
            self.at_end(load, problem)
            raise
        finally:
            self._leave(load)
        self.at_end(load, None)
        self.after_load()

    def cancel(self, load: RunningLoad) -> None:
        """End a load; nothing of it will be written."""
        load.cancelled = True
        if load.stop.now():
            self._leave(load)

    def _wait(self, load: RunningLoad, tell: Callable[[Any], None], patience_s: float | None) -> None:
        ends = None if patience_s is None else time.monotonic() + patience_s
        if not self._has_turn(load, 0):
            tell(WAITING)
            while not self._has_turn(load, _AGAIN_S):
                load.stop.check()
                if ends is not None and time.monotonic() > ends:
                    raise Busy
        load.stop.check()

    def _has_turn(self, load: RunningLoad, seconds: float) -> bool:
        with self._changed:
            # One that was cancelled is no longer among them, and is told so.
            return self._changed.wait_for(lambda: load not in self._loads or self._loads[0] is load, seconds)

    def _leave(self, load: RunningLoad) -> None:
        with self._changed:
            if load in self._loads:
                self._loads.remove(load)
                self._changed.notify_all()
