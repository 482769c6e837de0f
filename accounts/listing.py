from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from accounts.identity import Role
from accounts.keys import Key
from accounts.users import User


def user_table(users: Sequence[User], disabled_tenants: set[str]) -> str:
    """The users as aligned text."""
    if not users:
        return "No users yet: python -m accounts add-user EMAIL --tenant TENANT"
    rows = [
        (
            user.email,
            user.role.value,
            user.tenant,
            account_state(user, disabled_tenants),
            moment(user.created),
        )
        for user in users
    ]
    return aligned(("USER", "ROLE", "TENANT", "STATE", "CREATED"), rows)


def key_table(keys: Sequence[Key], disabled_tenants: set[str], now: float) -> str:
    """The API keys as aligned text; `now` in seconds since 1970 decides which have expired."""
    if not keys:
        return "No API keys yet: python -m accounts add-key NAME --tenant TENANT"
    rows = [
        (
            key.name,
            key.role.value,
            key.tenant,
            key.state(now) if key.state(now) != "active" else account_state(key, disabled_tenants),
            moment(key.created),
            moment(key.expires_at) if key.expires_at is not None else "never",
        )
        for key in keys
    ]
    return aligned(("KEY", "ROLE", "TENANT", "STATE", "CREATED", "EXPIRES"), rows)


def account_state(account: User | Key, disabled_tenants: set[str]) -> str:
    if account.tenant in disabled_tenants:
        return "tenant disabled"
    return "suspended" if account.role is Role.NONE else "active"


def moment(seconds: int) -> str:
    """Seconds since 1970 as UTC to the minute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%MZ")


def aligned(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *rows)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths)) for line in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)
