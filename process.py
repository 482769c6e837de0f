"""What this one process holds: the store, the accounts, and the server for loads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial

from accounts import Accounts
from data.columns.warming import warm
from data.loading.handover import serve_loads
from data.store.home import home
from data.store.store import Store

# A step of reading ahead is over sooner; only compiling, once on a machine, takes longer, and a stop does not wait for that.
_LONGEST_STEP_S = 3


@cache
def store() -> Store:
    """The store of the state folder, opened once."""
    return Store.open(home())


@cache
def accounts() -> Accounts:
    """The accounts of the state folder, opened once."""
    return Accounts(home())


@contextmanager
def running() -> Iterator[None]:
    """While the server runs: the store is open, its columns come into memory beside the first requests, and loads may be handed in."""
    stop = threading.Event()
    close_loads = serve_loads(store(), home(), after_load=partial(warm, store(), stop))
    warming = threading.Thread(target=warm, args=(store(), stop), name="warm", daemon=True)
    warming.start()
    try:
        yield
    finally:
        stop.set()
        close_loads()
        # Of a thread that still reads, a store that closes would take the connection, and the end of the process its stack.
        warming.join(_LONGEST_STEP_S)
        store().close()
        accounts().close()
