"""A cache of the latest results of a tenant, for one version of the store."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from data.columns.tenant import Tenant

_MOST = 200


class Recent:
    """The answers asked for last, of which all that are kept weigh at most so much; by default each weighs 1.

    An answer is known by its key, and its weight is that of the key.
    """

    def __init__(self, most: int, weight: Callable[[Any], int] = lambda key: 1) -> None:
        self._most = most
        self._weight_of = weight
        self._weight = 0
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def answer(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The cached result for a key; computed if missing, once for all concurrent callers."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._answers:
                    return self._answers[key]
            try:
                made = make()
                self._keep(key, made)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made

    def _keep(self, key: Hashable, made: Any) -> None:
        with self._lock:
            if key not in self._answers:
                self._weight += self._weight_of(key)
            self._answers[key] = made
            while self._weight > self._most:
                oldest, _ = self._answers.popitem(last=False)
                self._weight -= self._weight_of(oldest)


def recent(tenant: Tenant, key: Hashable, make: Callable[[], Any]) -> Any:
    """The cached result for a key; computed if missing, once for all concurrent callers."""
    # The log's clock moves by itself while rows of the future become those of today.
    return tenant.recall("recent answers", lambda: Recent(_MOST)).answer((tenant.clock(), key), make)
