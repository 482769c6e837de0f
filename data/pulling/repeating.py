"""The pulls that the server makes by itself, each in a thread of its own, again and again."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from data.loading.transaction import Stop, Stopped
from data.pulling.source import SETTING, Pull, pulls_of
from data.store.limits import StoreError
from data.store.store import Store

_LONGEST_STOP_S = 3

_log = logging.getLogger("interaction_history")


def pulls_set() -> list[Pull]:
    """The pulls of the file that setting `IH_PULL` names; `StoreError` where it cannot be read."""
    file = os.environ.get(SETTING)
    if not file:
        return []
    try:
        return pulls_of(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise StoreError(f"{SETTING} names {file}, which cannot be read: {problem}") from problem


class RepeatedPulls:
    """Pulls until it is stopped, or a key is refused; `after` is called after each pull that changed the log."""

    def __init__(self, store: Store, pulls: Sequence[Pull], after: Callable[[], None]):
        self._store = store
        self._after = after
        self._ended = threading.Event()
        self._stops = [Stop() for _ in pulls]
        self._threads = [
            threading.Thread(target=self._repeat, args=(pull, stop), name="pull", daemon=True)
            for pull, stop in zip(pulls, self._stops, strict=True)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def running(self) -> int:
        """How many pulls go on."""
        return sum(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Ask for nothing more, and wait a few seconds for what is under way: a page that is not committed comes again."""
        self._ended.set()
        for stop in self._stops:
            stop.now()
        ends = time.monotonic() + _LONGEST_STOP_S
        for thread in self._threads:
            thread.join(max(0, ends - time.monotonic()))

    def _repeat(self, pull: Pull, stop: Stop) -> None:
        # Imported here: a server that pulls nothing need not load what asks over HTTP.
        from data.pulling.platform import KeyRefused
        from data.pulling.pull import pulled

        while not self._ended.is_set():
            try:
                report = pulled(self._store, pull, lambda _: None, stop)
                if report.loaded or report.changed or report.removed:
                    self._after()
                if report.held_back:
                    _log.warning("%s", report)
            except KeyRefused as problem:
                _log.error("the pull into %s has ended, until the server starts anew: %s", pull.tenant, problem)
                return
            except Stopped:
                return
            except StoreError as problem:
                if self._ended.is_set():
                    # The store has been closed meanwhile.
                    return
                _log.warning("a pull into %s failed, and goes on in %g s: %s", pull.tenant, pull.every_s, problem)
            except Exception:
                if self._ended.is_set():
                    return
                _log.exception("a pull into %s failed", pull.tenant)
            self._ended.wait(pull.every_s)
