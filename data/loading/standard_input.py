"""Standard input as a file: what reads it may be another process, and needs to go back in it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.store.limits import StoreError

STANDARD_INPUT = "-"


@contextmanager
def held(paths: tuple[str, ...], folder: Path) -> Iterator[tuple[str, ...]]:
    """The same paths, with a file of all that standard input gives in the place of `-`; it lies in the folder until the load is over."""
    if STANDARD_INPUT not in paths:
        yield paths
        return
    if paths.count(STANDARD_INPUT) > 1:
        raise StoreError("- is standard input, and can be loaded once.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"standard input {os.getpid()}"
    file.unlink(missing_ok=True)
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as into:
            shutil.copyfileobj(sys.stdin.buffer, into)
        yield tuple(str(file) if path == STANDARD_INPUT else path for path in paths)
    finally:
        file.unlink(missing_ok=True)
