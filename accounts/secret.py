from __future__ import annotations

import hashlib
import secrets


def new_secret(prefix: str = "") -> str:
    """An unguessable text: `prefix` and 32 random bytes in the URL-safe alphabet."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """The 32 bytes under which a secret is stored and found again.

    Only for secrets of `new_secret`, never for passwords.
    """
    # A slow hash protects what can be guessed. These carry 256 random bits: no one gets through them at
    # any speed, and a fast hash needs no salt, so one indexed look-up finds the row on every request.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
