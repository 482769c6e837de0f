from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import total_ordering
from typing import Literal


class Unauthenticated(Exception):
    """No valid credential: none was sent, or it is wrong, expired or revoked."""


class Forbidden(Exception):
    """Known by `name`, but may not read; the message says why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} may not read: {reason}")
        self.name = name
        self.reason = reason


class MustChange(Forbidden):
    """Known, and may read as soon as the password that somebody else chose is changed."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "the first password has to be changed")


class Throttled(Exception):
    """Too many failures from here; worth trying again after `retry_after` whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many failed attempts, try again in {retry_after} seconds")
        self.retry_after = retry_after


class Invalid(ValueError):
    """A change of accounts that cannot be made; the message names what was given and what is allowed."""


@total_ordering
class Role(Enum):
    """How much an account may do, in rising order; `none` is a suspended account."""

    NONE = "none"
    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Role):
            return NotImplemented
        declared = list(Role)
        return declared.index(self) < declared.index(other)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Identity:
    """Who is asking: `name` is a user's e-mail or a key's name, `tenant` the only one they may see."""

    tenant: str
    role: Role
    name: str
    kind: Literal["user", "key"]

    @property
    def may_read(self) -> bool:
        return self.role >= Role.VIEWER


@dataclass(frozen=True)
class Vouched:
    """Who somebody is by the word of a provider, which calls them `subject`."""

    issuer: str
    subject: str
    email: str
    tenant: str
    role: Role


def admitted(identity: Identity, tenant_disabled: bool) -> Identity:
    """The identity itself; raises Forbidden when it is known and yet may not read."""
    if tenant_disabled:
        raise Forbidden(identity.name, f"the tenant {identity.tenant} is disabled")
    if not identity.may_read:
        raise Forbidden(identity.name, f"the role is {identity.role}")
    return identity
