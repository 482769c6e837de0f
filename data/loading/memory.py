"""How much memory the engine takes for a load; what does not fit is laid aside in the state folder meanwhile."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from weakref import WeakKeyDictionary

from data.store.limits import StoreError
from data.store.store import Store

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
        _running[store] = _running.get(store, 0) + 1
    try:
        yield
    finally:
        # The load's own cursor may be in a transaction that is broken off.
        with _changing, closing(store.cursor()) as own:
            _running[store] -= 1
            if not _running[store]:
                own.execute("reset global memory_limit")
