"""How many pages are drawn at once: so few that what the API is asked meanwhile, and the first of them, are soon done."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_OF_ACCOUNT = 2


@dataclass
class _Turns:
    free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_OF_ACCOUNT))
    asking: int = 0


class Drawing:
    """The pages that are being drawn or wait for that; those of one account wait for each other, so that it never has all turns."""

    def __init__(self, at_once: int) -> None:
        self._free = threading.Semaphore(at_once)
        self._of_accounts: dict[tuple[str, str], _Turns] = {}
        self._changed = threading.Lock()

    @contextmanager
    def turn(self, tenant: str, name: str) -> Iterator[None]:
        """While a page of an account is drawn."""
        account = tenant, name
        with self._changed:
            turns = self._of_accounts.setdefault(account, _Turns())
            turns.asking += 1
        try:
            with turns.free, self._free:
                yield
        finally:
            with self._changed:
                turns.asking -= 1
                if not turns.asking:
                    del self._of_accounts[account]


# More would be done no sooner, for they share Python's lock; one of them may wait for a query.
drawing = Drawing(max(_OF_ACCOUNT, os.cpu_count() or 1) + 1)
