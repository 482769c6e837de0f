"""Accounts in a folder of their own, whose passwords are quick to check and whose clock the test holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from accounts.accounts import Accounts
from accounts.identity import Role
from accounts.passwords import Passwords

NOW = 1_700_000_000
EMAIL, PASSWORD = "ada@example.com", "correct horse"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    seconds = float(NOW)

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def empty_accounts(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    """Accounts without anybody."""
    accounts = Accounts(tmp_path, clock, Passwords(QUICK))
    yield accounts
    accounts.close()


@pytest.fixture
def accounts(empty_accounts: Accounts) -> Accounts:
    """Accounts with Ada, a viewer."""
    empty_accounts.users.add(EMAIL, PASSWORD, "acme", Role.VIEWER)
    return empty_accounts
