"""What a password must be, and how it is kept."""

from __future__ import annotations

import re
import secrets
import unicodedata
from base64 import b64encode
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from accounts.identity import Invalid

SHORTEST = 12
LONGEST = 1000

# No 0, 1, i, l, o: the first password is read off a terminal and typed.
READABLE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class Passwords:
    """Makes and checks Argon2id hashes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys_hash = unmatchable_hash(self._hasher)

    def hashed(self, password: str, email: str = "") -> str:
        """The hash to store; raises Invalid for a password that the account of this e-mail may not have."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise Invalid(f"a password has {SHORTEST} to {LONGEST} characters, this one has {len(password)}")
        if is_common(password):
            raise Invalid("this password is one of the first that are tried: choose several words, or let a password manager make one")
        if email and unicodedata.normalize("NFKC", password).strip().casefold() in (email, email.partition("@")[0]):
            raise Invalid("a password must not be the e-mail")
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


COMMON_WORDS = frozenset(Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split())
MOST_COMMON_WORDS = 3

# As people write letters to please a rule: P@ssw0rd.
_DISGUISES = str.maketrans("@483!105$7", "aabeiiosst")
_ADORNMENTS = "0123456789!?.,@#$%&*-_+ "
_KEYBOARDS = ("qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn", "abcdefghijklmnopqrstuvwxyz" * 2)


def is_common(password: str) -> bool:
    """Whether a password is among the first to be tried.

    Those are common words or digits alone, whatever dresses them, few different letters, keys in a row, and one thing over and over.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    bare = folded.strip(_ADORNMENTS)
    repeats = any(folded in folded[:length] * len(folded) for length in range(1, 7))
    if repeats or len(set(bare)) < 4 or any(bare in keys or bare in keys[::-1] for keys in _KEYBOARDS):
        return True
    spellings = {re.sub(r"[\W\d_]", "", spelled) for spelled in (folded, folded.translate(_DISGUISES), bare.translate(_DISGUISES))}
    return any(_is_of_common_words(letters) for letters in spellings)


def _is_of_common_words(letters: str) -> bool:
    ends = {0}
    for _ in range(MOST_COMMON_WORDS):
        ends = {end for start in ends for end in range(start + 1, len(letters) + 1) if letters[start:end] in COMMON_WORDS}
        if len(letters) in ends:
            return True
    return False


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
