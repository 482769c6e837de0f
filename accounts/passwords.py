from __future__ import annotations

import secrets
import unicodedata
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from accounts.refusals import Invalid

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

        `None` means there is no such account: never true, and as much work as any other answer, so that
        the time taken does not tell which e-mails are registered.
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
