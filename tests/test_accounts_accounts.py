from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from accounts.accounts import Accounts
from accounts.identity import Forbidden, Identity, Role, Throttled, Unauthenticated
from accounts.passwords import Passwords
from tests.accounts_fixtures import NOW, Clock

pytest_plugins = ["tests.accounts_fixtures"]

OFFICE = "192.0.2.7"


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    accounts = Accounts(tmp_path, clock, Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
    accounts.users.add("ada@example.com", "correct horse", "acme", Role.VIEWER)
    return accounts


def fail_to_sign_in(accounts: Accounts, email: str = "ada@example.com", address: str = OFFICE) -> None:
    with pytest.raises(Unauthenticated):
        accounts.sign_in(email, "wrong", address)


def test_signing_in_opens_a_session_and_signing_out_ends_it(accounts: Accounts) -> None:
    token = accounts.sign_in(" Ada@Example.com", "correct horse", OFFICE)
    assert accounts.authenticate_session(token) == Identity("acme", Role.VIEWER, "ada@example.com", "user")
    accounts.sign_out(token)
    accounts.sign_out(token)
    with pytest.raises(Unauthenticated):
        accounts.authenticate_session(token)


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_is_nobody(accounts: Accounts, token: str | None) -> None:
    with pytest.raises(Unauthenticated):
        accounts.authenticate_session(token)


def test_a_wrong_password_and_an_unknown_email_are_told_alike(accounts: Accounts) -> None:
    with pytest.raises(Unauthenticated) as wrong_password:
        accounts.sign_in("ada@example.com", "wrong", OFFICE)
    with pytest.raises(Unauthenticated) as unknown_email:
        accounts.sign_in("eve@example.com", "wrong", OFFICE)
    assert str(wrong_password.value) == str(unknown_email.value)


def test_a_suspended_user_can_sign_in_and_is_then_forbidden(accounts: Accounts) -> None:
    accounts.users.set_role("ada@example.com", Role.NONE)
    token = accounts.sign_in("ada@example.com", "correct horse", OFFICE)
    with pytest.raises(Forbidden):
        accounts.authenticate_session(token)


def test_after_five_failures_even_the_right_password_waits_a_quarter_of_an_hour(
    accounts: Accounts, clock: Clock
) -> None:
    for second in range(5):
        clock.seconds = NOW + second
        fail_to_sign_in(accounts)
    clock.seconds = NOW + 10
    with pytest.raises(Throttled) as refused:
        accounts.sign_in("ADA@example.com", "correct horse", OFFICE)
    assert refused.value.retry_after == 15 * 60 - 10
    clock.seconds = NOW + 15 * 60
    accounts.sign_in("ada@example.com", "correct horse", OFFICE)


def test_an_email_nobody_has_is_throttled_like_any_other(accounts: Accounts) -> None:
    for _ in range(5):
        fail_to_sign_in(accounts, "eve@example.com")
    with pytest.raises(Throttled) as refused:
        accounts.sign_in("eve@example.com", "wrong", OFFICE)
    assert refused.value.retry_after == 15 * 60


def test_the_throttle_is_for_one_email_from_one_network(accounts: Accounts) -> None:
    for _ in range(5):
        fail_to_sign_in(accounts)
    accounts.sign_in("ada@example.com", "correct horse", "198.51.100.1")
    fail_to_sign_in(accounts, "eve@example.com")


def test_a_success_clears_the_failures_before_it(accounts: Accounts) -> None:
    for _ in range(4):
        fail_to_sign_in(accounts)
    accounts.sign_in("ada@example.com", "correct horse", OFFICE)
    for _ in range(5):
        fail_to_sign_in(accounts)


def test_fifty_failures_with_any_emails_throttle_a_network(accounts: Accounts) -> None:
    for number in range(50):
        fail_to_sign_in(accounts, f"eve{number}@example.com", f"2001:db8::{number}")
    with pytest.raises(Throttled) as refused:
        accounts.sign_in("ada@example.com", "correct horse", "2001:db8::ffff")
    assert refused.value.retry_after == 15 * 60
    accounts.sign_in("ada@example.com", "correct horse", "2001:db8:0:1::")


def test_signing_in_rightly_is_never_throttled(accounts: Accounts) -> None:
    for _ in range(60):
        accounts.sign_in("ada@example.com", "correct horse", OFFICE)


def test_attempts_sent_side_by_side_do_not_slip_under_the_limit(accounts: Accounts) -> None:
    def outcome(_: int) -> type[Exception]:
        with pytest.raises((Unauthenticated, Throttled)) as refused:
            accounts.sign_in("ada@example.com", "wrong", OFFICE)
        return refused.type

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(outcome, range(24)))
    assert (outcomes.count(Unauthenticated), outcomes.count(Throttled)) == (5, 19)


def test_a_key_is_known_and_an_invented_one_is_not(accounts: Accounts) -> None:
    raw = accounts.keys.add("ci", "acme", Role.VIEWER)
    assert accounts.authenticate_key(raw, OFFICE) == Identity("acme", Role.VIEWER, "ci", "key")
    with pytest.raises(Unauthenticated):
        accounts.authenticate_key("krn_invented", OFFICE)


def test_after_twenty_bad_keys_in_a_minute_a_network_must_wait(accounts: Accounts, clock: Clock) -> None:
    for _ in range(20):
        with pytest.raises(Unauthenticated):
            accounts.authenticate_key("krn_invented", OFFICE)
    clock.seconds = NOW + 20
    with pytest.raises(Throttled) as refused:
        accounts.authenticate_key("krn_invented", OFFICE)
    assert refused.value.retry_after == 40
    with pytest.raises(Unauthenticated):
        accounts.authenticate_key("krn_invented", "198.51.100.1")
    clock.seconds = NOW + 60
    with pytest.raises(Unauthenticated):
        accounts.authenticate_key("krn_invented", OFFICE)


def test_a_good_key_works_beside_a_client_with_bad_ones(accounts: Accounts) -> None:
    raw = accounts.keys.add("ci", "acme", Role.VIEWER)
    for _ in range(20):
        with pytest.raises(Unauthenticated):
            accounts.authenticate_key("krn_invented", OFFICE)
    assert accounts.authenticate_key(raw, OFFICE).name == "ci"


def test_a_forbidden_key_is_not_counted_as_a_bad_one(accounts: Accounts) -> None:
    raw = accounts.keys.add("ci", "acme", Role.NONE)
    for _ in range(30):
        with pytest.raises(Forbidden):
            accounts.authenticate_key(raw, OFFICE)
