from __future__ import annotations

import ipaddress
import math
import secrets
import threading
import unicodedata
from base64 import b64encode
from collections import deque
from collections.abc import Hashable

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from accounts.identity import Invalid, Throttled

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


SHORTEST = 8
LONGEST = 1000

# No 0, 1, i, l, o: the first password is read off a terminal and typed.
READABLE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class Passwords:
    """Makes and checks Argon2id hashes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys_hash = unmatchable_hash(self._hasher)

    def hashed(self, password: str) -> str:
        """The hash to store; raises Invalid for a password of a length that is not allowed."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise Invalid(
                f"a password has {SHORTEST} to {LONGEST} characters, this one has {len(password)}"
            )
        return self._hasher.hash(composed(password))

    def matches(self, password: str, stored: str | None) -> bool:
        """Whether `password` is the one behind `stored`.

        `None` means there is no such account: never true, and as slow as any other answer, so that timing
        does not reveal which e-mails are registered.
        """
        try:
            self._hasher.verify(stored or self._nobodys_hash, composed(password))
        except VerifyMismatchError:
            return False
        return stored is not None


def random_password() -> str:
    """About 79 random bits in a form that can be typed: `xxxx-xxxx-xxxx-xxxx`."""
    groups = ("".join(secrets.choice(READABLE_ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def composed(password: str) -> bytes:
    # One keyboard sends é as one character, another as two: both are the same password.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def unmatchable_hash(hasher: PasswordHasher) -> str:
    def field(length: int) -> str:
        return b64encode(secrets.token_bytes(length)).decode().rstrip("=")

    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${field(hasher.salt_len)}${field(hasher.hash_len)}"
