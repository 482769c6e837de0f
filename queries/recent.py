"""Answers kept while they are asked for: the latest few of a tenant, for one version of the store."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from data.tenant import Tenant

_MOST = 200


class _Recent:
    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def answer(self, key: Hashable, make: Callable[[], Any]) -> Any:
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
                with self._lock:
                    self._answers[key] = made
                    while len(self._answers) > _MOST:
                        self._answers.popitem(last=False)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made


def recent(tenant: Tenant, key: Hashable, make: Callable[[], Any]) -> Any:
    """The answer under a key; made where it is not among the latest, once for all who ask meanwhile."""
    # The log's clock moves by itself while rows of the future become those of today.
    return tenant.recall("recent answers", _Recent).answer((tenant.clock(), key), make)
