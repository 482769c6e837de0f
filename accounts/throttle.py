from __future__ import annotations

import ipaddress
import math
import threading
from collections import deque
from collections.abc import Hashable

from accounts.refusals import Throttled

CROWD = 10_000


class Throttle:
    """Lets each key fail `limit` times in any `window` seconds; times are handed in, in seconds."""

    def __init__(self, limit: int, window: int) -> None:
        self.limit = limit
        self.window = window
        self._failures: dict[Hashable, deque[float]] = {}
        self._crowd = CROWD
        self._lock = threading.Lock()

    def count(self, key: Hashable, now: float) -> None:
        """Note a failure at `now`; raises Throttled, and notes nothing, when the limit is used up."""
        with self._lock:
            failures = self._failures.setdefault(key, deque())
            while failures and failures[0] <= now - self.window:
                failures.popleft()
            if len(failures) >= self.limit:
                raise Throttled(max(1, math.ceil(failures[0] + self.window - now)))
            failures.append(now)
            if len(self._failures) > self._crowd:
                self._drop_stale(now)

    def forgive(self, key: Hashable, at: float) -> None:
        """Take back the failure noted at `at`."""
        with self._lock:
            failures = self._failures.get(key)
            if failures and at in failures:
                failures.remove(at)

    def clear(self, key: Hashable) -> None:
        """Forget all failures of the key."""
        with self._lock:
            self._failures.pop(key, None)

    def _drop_stale(self, now: float) -> None:
        self._failures = {
            key: failures
            for key, failures in self._failures.items()
            if failures and failures[-1] > now - self.window
        }
        # The next sweep waits until the crowd has doubled, so sweeping costs little for each failure.
        self._crowd = max(CROWD, 2 * len(self._failures))


def network(address: str) -> str:
    """What to count failures of a client address by: itself, or for IPv6 its /64."""
    # One IPv6 customer owns a whole /64 and could send each attempt from another address.
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((int(parsed), 64), strict=False))
