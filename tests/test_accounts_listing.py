from __future__ import annotations

from accounts.identity import Role
from accounts.keys import Key
from accounts.users import User, key_table, user_table

NOW = 1_700_000_000


def test_users_are_listed_with_their_state() -> None:
    users = [
        User("ada@example.com", Role.ADMIN, "acme", NOW),
        User("bob@example.com", Role.NONE, "acme", NOW + 60),
        User("zoe@x.org", Role.VIEWER, "globex", NOW),
    ]
    assert user_table(users, {"globex"}) == "\n".join(
        (
            "USER             ROLE    TENANT  STATE            CREATED",
            "ada@example.com  admin   acme    active           2023-11-14 22:13Z",
            "bob@example.com  none    acme    suspended        2023-11-14 22:14Z",
            "zoe@x.org        viewer  globex  tenant disabled  2023-11-14 22:13Z",
        )
    )


def test_keys_are_listed_with_their_state_and_expiry() -> None:
    keys = [
        Key("batch", Role.VIEWER, "acme", NOW, NOW + 60, None),
        Key("ci", Role.EDITOR, "acme", NOW, NOW + 61, None),
        Key("old", Role.VIEWER, "acme", NOW, None, NOW + 1),
        Key("off", Role.NONE, "acme", NOW, None, None),
        Key("shut", Role.VIEWER, "globex", NOW, None, None),
    ]
    assert key_table(keys, {"globex"}, NOW + 60) == "\n".join(
        (
            "KEY    ROLE    TENANT  STATE            CREATED            EXPIRES",
            "batch  viewer  acme    expired          2023-11-14 22:13Z  2023-11-14 22:14Z",
            "ci     editor  acme    active           2023-11-14 22:13Z  2023-11-14 22:14Z",
            "old    viewer  acme    revoked          2023-11-14 22:13Z  never",
            "off    none    acme    suspended        2023-11-14 22:13Z  never",
            "shut   viewer  globex  tenant disabled  2023-11-14 22:13Z  never",
        )
    )


def test_empty_lists_say_how_to_begin() -> None:
    assert user_table([], set()) == "No users yet: python -m accounts add-user EMAIL --tenant TENANT"
    assert key_table([], set(), NOW) == "No API keys yet: python -m accounts add-key NAME --tenant TENANT"
