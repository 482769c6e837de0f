from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from accounts.accounts import Accounts
from accounts.identity import Forbidden, Identity, Role, Unauthenticated
from accounts.passwords import Passwords
from accounts.store import FILE_NAME, AccountsDatabase
from tests.accounts_fixtures import NOW, Clock

pytest_plugins = ["tests.accounts_fixtures"]

HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    accounts = Accounts(tmp_path, clock, Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
    accounts.users.add("ada@example.com", "correct horse", "acme", Role.EDITOR)
    return accounts


def signed_in(accounts: Accounts) -> str:
    return accounts.sign_in("ada@example.com", "correct horse", "192.0.2.7")


def test_a_session_tells_who_signed_in(accounts: Accounts) -> None:
    identity = accounts.sessions.identity(signed_in(accounts))
    assert identity == Identity("acme", Role.EDITOR, "ada@example.com", "user")


def test_a_token_is_not_in_the_file(accounts: Accounts, tmp_path: Path) -> None:
    token = signed_in(accounts)
    written = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE_NAME}*"))
    assert b"ada@example.com" in written
    assert token.encode() not in written


def test_an_invented_token_is_unknown(accounts: Accounts) -> None:
    signed_in(accounts)
    with pytest.raises(Unauthenticated):
        accounts.sessions.identity("invented")


def test_a_changed_role_counts_at_the_next_check(accounts: Accounts) -> None:
    token = signed_in(accounts)
    accounts.users.set_role("ada@example.com", Role.VIEWER)
    assert accounts.sessions.identity(token).role is Role.VIEWER
    accounts.users.set_role("ada@example.com", Role.NONE)
    with pytest.raises(Forbidden, match=r"^ada@example\.com may not read: the role is none$"):
        accounts.sessions.identity(token)
    accounts.users.set_role("ada@example.com", Role.ADMIN)
    assert accounts.sessions.identity(token).role is Role.ADMIN


def test_a_disabled_tenant_counts_at_the_next_check(accounts: Accounts) -> None:
    token = signed_in(accounts)
    accounts.tenants.set_disabled("acme", True)
    with pytest.raises(Forbidden, match="the tenant acme is disabled"):
        accounts.sessions.identity(token)


def test_a_session_ends_after_eight_idle_hours(accounts: Accounts, clock: Clock) -> None:
    token = signed_in(accounts)
    clock.seconds = NOW + 8 * HOUR - 1
    accounts.sessions.identity(token)
    clock.seconds += 8 * HOUR
    with pytest.raises(Unauthenticated):
        accounts.sessions.identity(token)


def test_a_session_ends_after_seven_days_however_much_it_is_used(accounts: Accounts, clock: Clock) -> None:
    token = signed_in(accounts)
    for hours in range(6, 7 * 24, 6):
        clock.seconds = NOW + hours * HOUR
        accounts.sessions.identity(token)
    clock.seconds = NOW + 7 * DAY - 1
    accounts.sessions.identity(token)
    clock.seconds = NOW + 7 * DAY
    with pytest.raises(Unauthenticated):
        accounts.sessions.identity(token)


def test_a_closed_session_is_unknown_and_the_users_others_go_on(accounts: Accounts) -> None:
    here, elsewhere = signed_in(accounts), signed_in(accounts)
    accounts.sessions.close(here)
    with pytest.raises(Unauthenticated):
        accounts.sessions.identity(here)
    assert accounts.sessions.identity(elsewhere).name == "ada@example.com"


def test_a_new_password_ends_all_sessions_of_that_user_alone(accounts: Accounts) -> None:
    accounts.users.add("bob@example.com", "battery staple", "acme", Role.VIEWER)
    here, elsewhere = signed_in(accounts), signed_in(accounts)
    bobs = accounts.sign_in("bob@example.com", "battery staple", "192.0.2.7")
    accounts.users.set_password("ada@example.com", "another horse")
    for token in (here, elsewhere):
        with pytest.raises(Unauthenticated):
            accounts.sessions.identity(token)
    assert accounts.sessions.identity(bobs).name == "bob@example.com"


def test_sessions_that_have_run_out_are_swept_away_at_the_next_sign_in(
    accounts: Accounts, clock: Clock, tmp_path: Path
) -> None:
    signed_in(accounts)
    clock.seconds = NOW + 12 * HOUR
    signed_in(accounts)
    assert [row["opened"] for row in AccountsDatabase(tmp_path).rows("select opened from sessions")] == [NOW + 12 * HOUR]
