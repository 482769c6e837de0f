"""How much memory the engine takes for a load; what does not fit is laid aside in the state folder meanwhile."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from data.store.limits import StoreError

SETTING = "IH_LOAD_MEMORY"
# With what reading takes beside it, a load of any size stays within twice as much.
_USUAL = "2GB"
_SIZE = re.compile(r"[1-9]\d*(\.\d+)? ?(MB|MiB|GB|GiB|TB|TiB)", re.IGNORECASE)


@contextmanager
def limited_memory(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep the engine within setting `IH_LOAD_MEMORY`; `StoreError` where that is no size."""
    size = os.environ.get(SETTING) or _USUAL
    if not _SIZE.fullmatch(size):
        raise StoreError(f"{SETTING} is '{size}', which is no size of memory: write 2GB, 500MB and the like.")
    # It holds for all that the engine does, so that it ends with the load.
    cursor.execute(f"set global memory_limit = '{size}'")
    try:
        yield
    finally:
        cursor.execute("reset global memory_limit")
