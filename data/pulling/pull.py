"""One pull: from the newest page as far as is needed, then the totals, and what came of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from data.loading.outcome import Progress
from data.loading.transaction import ReportProgress, Stop, now
from data.pulling.books import Books
from data.pulling.platform import Platform, Time
from data.pulling.reconciling import Reconciling
from data.pulling.report import SHOWN, PullReport
from data.pulling.source import Pull, Source
from data.pulling.walk import Walker
from data.store.limits import StoreError
from data.store.store import Store

_STEP_S = 0.2


# What is being pulled, by the store's path, for the same log twice at once would get into its own way.
_running: set[tuple[str, Source]] = set()
_changing = threading.Lock()


@contextmanager
def _alone(store: Store, source: Source) -> Iterator[None]:
    key = (str(store.path), source)
    with _changing:
        if key in _running:
            raise StoreError(f"{source.url} is being pulled into {source.tenant} already. Wait until that is done.")
        _running.add(key)
    try:
        yield
    finally:
        with _changing:
            _running.discard(key)


def pulled(store: Store, pull: Pull, tell: ReportProgress, stop: Stop, clock: Time | None = None) -> PullReport:
    """Pull what is new, and compare the totals where that is due; `StoreError` where the platform does not let that be done.

    What was committed until then stays, and the next pull goes on from there.
    """
    started = time.monotonic()

    def checking(progress: Progress) -> None:
        stop.check()
        tell(progress)

    clock = clock or Time(sleep=lambda seconds: _sleep(seconds, stop))
    books = Books(store, pull.source)
    with _alone(store, pull.source), closing(Platform(pull, pull.key(), clock)) as platform:
        walker = Walker(store, platform, books, checking)
        walker.walk_newest()
        removed, held_back, totals = 0, False, list(books.totals().values())
        compared = _is_due(books, pull)
        if compared:
            reconciling = Reconciling(walker)
            totals = reconciling.carry_out()
            removed, held_back = reconciling.removed, reconciling.held_back
    absent, refused = books.absent_ids(), books.refused()
    return PullReport(
        pull.url, pull.tenant, walker.pages, walker.loaded, walker.changed, removed,
        len(absent), tuple(absent[:SHOWN]), len(refused), tuple((row.id, row.reason) for row in refused[:SHOWN]), tuple(sorted(walker.unread)),
        tuple((total.type, total.theirs, total.ours, total.agrees) for total in totals), compared, held_back,
        time.monotonic() - started,
    )


def _is_due(books: Books, pull: Pull) -> bool:
    last = books.last("reconciled")
    return pull.every_s is None or pull.whole or last is None or (now() - last).total_seconds() >= pull.reconcile_s


def _sleep(seconds: float, stop: Stop) -> None:
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        stop.check()
        time.sleep(min(left, _STEP_S))
    stop.check()
