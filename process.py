"""What this one process holds: the store, the accounts, and the door for loads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial

from accounts import Accounts
from data.handover import serve_loads
from data.home import home
from data.store import Store
from queries.warming import warm


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
    close_loads = serve_loads(store(), home(), after_load=partial(warm, store()))
    threading.Thread(target=warm, args=(store(),), name="warm", daemon=True).start()
    try:
        yield
    finally:
        close_loads()
        store().close()
        accounts().close()
