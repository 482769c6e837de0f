"""The one transaction of a load: the connection it runs on, how much memory it takes, who asked for it, and how another thread ends it."""

from __future__ import annotations

import datetime
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from weakref import WeakKeyDictionary

import duckdb

from data.loading.outcome import Progress
from data.store.limits import StoreError
from data.store.store import Store

ReportProgress = Callable[[Progress], None]

# Who asks from the command line.
OPERATOR = "operator"


class Stopped(StoreError):
    def __init__(self) -> None:
        super().__init__("The load was stopped; the store is unchanged.")


class Stop:
    """Lets another thread end a load; what it has done so far is then rolled back."""

    def __init__(self) -> None:
        self.asked = False
        self._writes = False
        self._cursor: duckdb.DuckDBPyConnection | None = None
        # Held while interrupting, so that no cursor is interrupted once its load has ended and it is closed.
        self._changed = threading.Lock()

    def now(self) -> bool:
        """End the load; whether it will write nothing any more, however long it goes on reading."""
        with self._changed:
            self.asked = True
            if self._cursor:
                self._cursor.interrupt()
            return not self._writes

    @contextmanager
    def watching(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        with self._changed:
            self._cursor = cursor
        try:
            yield
        finally:
            with self._changed:
                self._cursor = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While the load writes; `Stopped` where its end was asked for before that."""
        with self._changed:
            self.check()
            self._writes = True
        try:
            yield
        finally:
            with self._changed:
                self._writes = False

    def check(self) -> None:
        if self.asked:
            raise Stopped


@contextmanager
def connection(store: Store, stop: Stop, is_small: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor for one load. Closing it rolls back what is not committed. To limit the memory of a small one takes longer than its reading."""
    with closing(store.cursor()) as cursor, stop.watching(cursor), nullcontext() if is_small else limited_memory(store):
        try:
            yield cursor
        except duckdb.InterruptException as problem:
            stop.check()
            raise KeyboardInterrupt from problem
        except RuntimeError as problem:
            # What the engine makes of Ctrl-C in the middle of a statement.
            if str(problem) == "Query interrupted":
                stop.check()
                raise KeyboardInterrupt from problem
            raise
        except (duckdb.Error, OSError) as problem:
            raise StoreError(f"Nothing was loaded; the store is unchanged: {problem}") from problem


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


SETTING = "IH_LOAD_MEMORY"
# With what reading takes beside it, a load of any size stays within twice as much.
_USUAL = "2GB"
_SIZE = re.compile(r"[1-9]\d*(\.\d+)? ?(MB|MiB|GB|GiB|TB|TiB)", re.IGNORECASE)

# The engine has one limit for all that it does: it holds until the last of several loads and looks at files has ended.
_running: WeakKeyDictionary[Store, int] = WeakKeyDictionary()
_changing = threading.Lock()


@contextmanager
def limited_memory(store: Store) -> Iterator[None]:
    """Keep the engine within setting `IH_LOAD_MEMORY`; `StoreError` where that is not a size."""
    size = os.environ.get(SETTING) or _USUAL
    if not _SIZE.fullmatch(size):
        raise StoreError(f"{SETTING} is '{size}', which is not a size of memory: write 2GB, 500MB and the like.")
    with _changing, closing(store.cursor()) as own:
        own.execute(f"set global memory_limit = '{size}'")
        # Else what is laid aside is compressed again and again as it grows, although it is in no file; `write` takes this back.
        own.execute("set global checkpoint_threshold = '1TB'")
        _running[store] = _running.get(store, 0) + 1
    try:
        yield
    finally:
        # The load's own cursor may be in a transaction that is broken off.
        with _changing, closing(store.cursor()) as own:
            _running[store] -= 1
            if not _running[store]:
                own.execute("reset global memory_limit")
                own.execute("reset global checkpoint_threshold")
