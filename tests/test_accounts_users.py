from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from accounts.identity import Invalid, Role
from accounts.passwords import Passwords
from accounts.store import FILE_NAME, AccountsDatabase
from accounts.users import User, Users

NOW = 1_700_000_000


def users_in(home: Path) -> Users:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return Users(AccountsDatabase(home), passwords, lambda: NOW)


def test_an_added_user_is_listed_with_all_but_the_password(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    users.add("bob@example.com", "correct horse", "globex", Role.ADMIN)
    users.add("ada@example.com", "correct horse", "globex", Role.VIEWER)
    users.add("zoe@example.com", "correct horse", "acme", Role.NONE)
    assert users.all() == [
        User("zoe@example.com", Role.NONE, "acme", NOW),
        User("ada@example.com", Role.VIEWER, "globex", NOW),
        User("bob@example.com", Role.ADMIN, "globex", NOW),
    ]


def test_a_password_is_not_in_the_file(tmp_path: Path) -> None:
    users_in(tmp_path).add("ada@example.com", "correct horse", "acme", Role.VIEWER)
    written = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE_NAME}*"))
    assert b"$argon2id$" in written
    assert b"correct horse" not in written


@pytest.mark.parametrize("typed", ["ada@example.com", " Ada@Example.COM ", "ADA@example.com\n"])
def test_an_email_is_one_however_it_is_typed(tmp_path: Path, typed: str) -> None:
    users = users_in(tmp_path)
    users.add("Ada@example.com", "correct horse", "acme", Role.VIEWER)
    assert users.matching(typed, "correct horse") == users.matching("ada@example.com", "correct horse")
    with pytest.raises(Invalid, match=r"^there is already a user ada@example.com$"):
        users.add(typed, "correct horse", "globex", Role.VIEWER)


@pytest.mark.parametrize(
    "email", ["", "ada", "@example.com", "ada@", "a@b@c", "a da@example.com", "ada@\x00", "a" * 250 + "@b.de"]
)
def test_what_is_no_email_is_refused_and_named(tmp_path: Path, email: str) -> None:
    users = users_in(tmp_path)
    with pytest.raises(Invalid) as refused:
        users.add(email, "correct horse", "acme", Role.VIEWER)
    assert str(refused.value) == f"an e-mail looks like name@example.com, not {email!r}"
    assert users.all() == []


def test_a_weak_password_adds_no_user_and_changes_no_password(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    with pytest.raises(Invalid, match="12 to 1000"):
        users.add("ada@example.com", "1234567", "acme", Role.VIEWER)
    assert users.all() == []
    users.add("ada@example.com", "correct horse", "acme", Role.VIEWER)
    with pytest.raises(Invalid, match="12 to 1000"):
        users.set_password("ada@example.com", "1234567")
    assert users.matching("ada@example.com", "correct horse") == 1


def test_only_the_right_email_and_password_match(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    users.add("ada@example.com", "correct horse", "acme", Role.VIEWER)
    users.add("bob@example.com", "battery staple", "acme", Role.VIEWER)
    assert users.matching("ada@example.com", "correct horse") == 1
    assert users.matching("ada@example.com", "battery staple") is None
    assert users.matching("eve@example.com", "correct horse") is None
    assert users.matching("' or 1=1 --", "correct horse") is None


def test_a_role_can_be_changed_for_a_known_user_only(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    users.add("ada@example.com", "correct horse", "acme", Role.VIEWER)
    users.set_role("Ada@example.com", Role.NONE)
    assert users.all() == [User("ada@example.com", Role.NONE, "acme", NOW)]
    with pytest.raises(Invalid, match=r"^there is no user eve@example.com$"):
        users.set_role("eve@example.com", Role.ADMIN)


def test_a_new_password_replaces_the_old_one(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    users.add("ada@example.com", "correct horse", "acme", Role.VIEWER)
    users.set_password("ada@example.com", "battery staple")
    assert users.matching("ada@example.com", "battery staple") == 1
    assert users.matching("ada@example.com", "correct horse") is None
    with pytest.raises(Invalid, match=r"^there is no user eve@example.com$"):
        users.set_password("eve@example.com", "battery staple")


def test_the_first_user_is_an_admin_whose_password_works(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    user, password = users.add_first("admin@example.com", "acme")
    assert user == User("admin@example.com", Role.ADMIN, "acme", NOW)
    assert users.matching("admin@example.com", password) == 1


def test_there_is_a_first_user_only_once(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    users.add("ada@example.com", "correct horse", "acme", Role.VIEWER)
    assert users.add_first("admin@example.com", "acme") is None
    assert [user.email for user in users.all()] == ["ada@example.com"]


def test_servers_that_start_at_once_add_one_first_user(tmp_path: Path) -> None:
    starting = [users_in(tmp_path) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda users: users.add_first("admin@example.com", "acme"), starting))
    assert sum(first is not None for first in added) == 1
    assert len(starting[0].all()) == 1
