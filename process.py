"""What this one process holds: the store, the accounts, the loads that run, the server that takes them, and what it pulls by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from accounts import AccessSettings, Accounts
from data.clickhouse.address import STORE, store_address
from data.columns.funnel.tally import compile_kernel
from data.columns.warming import warm
from data.engine import Engine
from data.loading.arriving import compile_ahead
from data.orders.handover import serve_loads
from data.orders.running import RunningLoad, RunningLoads
from data.pulling.repeating import RepeatedPulls, pulls_set
from data.pulling.source import Pull
from data.store.home import home
from data.store.limits import ReadOnly
from data.store.store import Store

# A step of reading ahead is over sooner; only compiling, once on a machine, takes longer, and a stop does not wait for that.
_LONGEST_STEP_S = 3


@cache
def engine() -> Engine:
    """What answers for the log: the store of the state folder or, where the setting `IH_STORE` names one, a ClickHouse."""
    address = store_address()
    if address is None:
        return store()
    # Imported here: who has no ClickHouse need not load its client.
    from data.clickhouse.store import ClickHouseStore

    return ClickHouseStore(address)


@cache
def store() -> Store:
    """The store of the state folder, opened once; `ReadOnly` where the log is elsewhere."""
    if is_elsewhere():
        raise ReadOnly(f"The log is in the ClickHouse that {STORE} names, which this server only reads. Load rows into a store without "
                       f"{STORE}, and bring them there: python -m data copy --to ADDRESS")
    return Store.open(home())


def is_elsewhere() -> bool:
    """Whether the log is not in the state folder, so that nothing is loaded here."""
    return store_address() is not None


@cache
def accounts() -> Accounts:
    """The accounts of the state folder, opened once."""
    return Accounts(home(), settings=AccessSettings.of())


@cache
def loads() -> RunningLoads:
    """The loads that run in this process, from wherever they come."""
    return RunningLoads()


@cache
def pulls() -> list[Pull]:
    """What this process pulls by itself, as setting `IH_PULL` says when it starts."""
    found = pulls_set()
    if found and is_elsewhere():
        raise ReadOnly(f"IH_PULL and {STORE} are both set, but what {STORE} names is only read. Unset one of them.")
    return found


def _note_load(load: RunningLoad, problem: BaseException | None) -> None:
    accounts().audit.note("load", load.by, load.tenant, source=load.source, began=int(load.began), problem=None if problem is None else str(problem))


class _ReadingAhead:
    """Brings the store's columns into memory beside the first requests, and again after each load, until it is stopped."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._has_saved = False

    def begin(self) -> None:
        """In a thread of its own."""
        thread = threading.Thread(target=self._read, name="warm", daemon=True)
        self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
        thread.start()

    def _read(self) -> None:
        store().check_columns(self._stopped)
        warm(store(), self._stopped)
        if not self._stopped.is_set():
            compile_ahead()
        if not self._stopped.is_set() and not self._has_saved:
            self._has_saved = True
            store().save_columns()

    def stop(self) -> None:
        """Begin no further step."""
        self._stopped.set()

    def join(self) -> None:
        """Wait for the steps that are under way, for a few seconds."""
        ends = time.monotonic() + _LONGEST_STEP_S
        for thread in self._threads:
            thread.join(max(0, ends - time.monotonic()))


@contextmanager
def running() -> Iterator[None]:
    """While the server runs: the store is open, its columns come into memory beside the first requests, loads may be
    handed in, and what is to be pulled is."""
    if is_elsewhere():
        with _answering_from_elsewhere():
            yield
        return
    reading_ahead = _ReadingAhead()
    loads().after_load = reading_ahead.begin
    loads().at_end = _note_load
    close_loads = serve_loads(store(), home(), loads())
    reading_ahead.begin()
    repeated = RepeatedPulls(store(), pulls(), reading_ahead.begin)
    try:
        yield
    finally:
        reading_ahead.stop()
        repeated.stop()
        for load in loads().now():
            loads().cancel(load)
        close_loads()
        # Of a thread that still reads, a store that closes would take the connection, and the end of the process its stack.
        reading_ahead.join()
        store().close()
        accounts().close()


@contextmanager
def _answering_from_elsewhere() -> Iterator[None]:
    threading.Thread(target=compile_kernel, name="compile", daemon=True).start()
    try:
        yield
    finally:
        engine().close()
        accounts().close()
