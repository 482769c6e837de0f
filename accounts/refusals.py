from __future__ import annotations


class Unknown(Exception):
    """Nobody known: no credential, or one that is wrong, expired or revoked."""


class Forbidden(Exception):
    """Known by `name`, but may not read; the message says why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} may not read: {reason}")
        self.name = name
        self.reason = reason


class Throttled(Exception):
    """Too many failures from here; worth trying again after `retry_after` whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many failed attempts, try again in {retry_after} seconds")
        self.retry_after = retry_after


class Invalid(ValueError):
    """A change of accounts that cannot be made; the message names what was given and what is allowed."""
