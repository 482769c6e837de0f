"""What keeps passwords and keys from being guessed: how many failures are borne, and from whom."""

from __future__ import annotations

import ipaddress
import math
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from accounts.identity import Throttled

QUARTER_HOUR = 15 * 60

# How many keys a throttle remembers before it sweeps, and how many at most, so that no flood of new names fills the memory.
CROWD = 10_000
MOST = 100_000


class Throttle:
    """Lets each key fail `limit` times in any `window` seconds, and then not at all, or once every `pace`; times are handed in, in seconds."""

    def __init__(self, limit: int, window: int, pace: int | None = None) -> None:
        self.limit = limit
        self.window = window
        self.pace = pace
        # Of a key at most the last `limit`.
        self._failures: dict[Hashable, list[float]] = {}
        self._crowd = CROWD
        self._lock = threading.Lock()

    def count(self, key: Hashable, now: float) -> None:
        """Note a failure at `now`; raises Throttled, and notes nothing, when the limit is used up."""
        with self._lock:
            failures = [at for at in self._failures.get(key, ()) if at > now - self.window]
            if len(failures) >= self.limit:
                again = failures[0] + self.window if self.pace is None else min(failures[0] + self.window, failures[-1] + self.pace)
                if again > now:
                    raise Throttled(max(1, math.ceil(again - now)))
                del failures[0]
            # At the end, among those of which something has been heard last.
            self._failures.pop(key, None)
            self._failures[key] = [*failures, now]
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
        kept = [(key, failures) for key, failures in self._failures.items() if failures and failures[-1] > now - self.window]
        self._failures = dict(kept if len(kept) <= MOST else kept[-MOST // 2:])
        # The next sweep waits until the crowd has doubled, so sweeping costs little for each failure.
        self._crowd = min(max(CROWD, 2 * len(self._failures)), max(CROWD, MOST))


class SignInGuesses:
    """The failed sign-ins of the last quarter of an hour.

    A browser that has signed in to the account before answers for its own failures alone. Any other meets three limits: its network's, its
    network's with this account, and the account's from wherever, at which it has one attempt every ten seconds together with all other strangers.
    """

    def __init__(self) -> None:
        self._of_network = Throttle(50, QUARTER_HOUR)
        self._of_account_from_network = Throttle(5, QUARTER_HOUR)
        self._of_account = Throttle(20, QUARTER_HOUR, pace=10)
        self._of_browser = Throttle(5, QUARTER_HOUR)

    @contextmanager
    def attempt(self, account: str, network: str, known_browser: str | None, now: float) -> Iterator[None]:
        """Counts what is tried inside as a failure unless it succeeds; raises Throttled where it may not even be tried."""
        # The network first: one that is refused anyway leaves no trace of the names that it tries.
        own: tuple[Throttle, Hashable] = (self._of_account_from_network, (account, network))
        limits: list[tuple[Throttle, Hashable]] = [(self._of_network, network), own, (self._of_account, account)]
        if known_browser is not None:
            own = (self._of_browser, (account, known_browser))
            limits = [own]
        counted: list[tuple[Throttle, Hashable]] = []
        # Before the slow check, so that attempts sent side by side cannot all slip under the limit.
        try:
            for throttle, key in limits:
                throttle.count(key, now)
                counted.append((throttle, key))
        except Throttled:
            for throttle, key in counted:
                throttle.forgive(key, now)
            raise
        yield
        for throttle, key in counted:
            throttle.forgive(key, now)
        throttle, key = own
        throttle.clear(key)


def network(address: str) -> str:
    """What to count failures of a client address by: for IPv4 its /24, for IPv6 its /64."""
    # One customer of an IPv6 provider owns a whole /64, and a rented block of IPv4 is a /24: each attempt could come from another address.
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6 and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 64}", strict=False))
