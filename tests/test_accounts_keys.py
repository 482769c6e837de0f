from __future__ import annotations

import re
from pathlib import Path

import pytest

from accounts.identity import Forbidden, Identity, Invalid, Role, Unauthenticated
from accounts.keys import Key, Keys
from accounts.store import FILE_NAME, AccountsDatabase, Tenants
from tests.accounts_fixtures import NOW, Clock

pytest_plugins = ["tests.accounts_fixtures"]



@pytest.fixture
def tenants(tmp_path: Path) -> Tenants:
    return Tenants(AccountsDatabase(tmp_path))


@pytest.fixture
def keys(tmp_path: Path, clock: Clock) -> Keys:
    return Keys(AccountsDatabase(tmp_path), clock)


def test_a_key_tells_its_tenant_role_and_name(keys: Keys) -> None:
    raw = keys.add("ci", "acme", Role.EDITOR)
    assert re.fullmatch(r"krn_[A-Za-z0-9_-]{43}", raw)
    assert keys.identity(raw) == Identity("acme", Role.EDITOR, "ci", "key")


def test_a_key_is_not_in_the_file(keys: Keys, tmp_path: Path) -> None:
    raw = keys.add("ci", "acme", Role.VIEWER)
    written = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE_NAME}*"))
    assert b"acme" in written
    assert raw.encode() not in written
    assert raw.removeprefix("krn_").encode() not in written


def test_a_text_that_is_nearly_a_key_is_unknown(keys: Keys) -> None:
    raw = keys.add("ci", "acme", Role.VIEWER)
    for text in (raw + "a", raw[:-1], raw.upper(), f" {raw}", raw.removeprefix("krn_"), "krn_", "", "\udcff"):
        with pytest.raises(Unauthenticated, match="not known"):
            keys.identity(text)


def test_a_key_works_until_the_second_it_expires(keys: Keys, clock: Clock) -> None:
    raw = keys.add("ci", "acme", Role.VIEWER, expires_at=NOW + 60)
    clock.seconds = NOW + 59
    assert keys.identity(raw).name == "ci"
    clock.seconds = NOW + 60
    with pytest.raises(Unauthenticated, match="expired"):
        keys.identity(raw)
    assert [key.state(clock()) for key in keys.all()] == ["expired"]


def test_a_key_that_could_never_be_used_is_refused(keys: Keys) -> None:
    with pytest.raises(Invalid, match="past"):
        keys.add("ci", "acme", Role.VIEWER, expires_at=NOW)
    assert keys.all() == []


def test_a_revoked_key_is_unknown_and_stays_listed(keys: Keys, clock: Clock) -> None:
    raw = keys.add("ci", "acme", Role.VIEWER)
    clock.seconds = NOW + 5
    keys.revoke("ci")
    with pytest.raises(Unauthenticated, match="revoked"):
        keys.identity(raw)
    assert keys.all() == [Key("ci", Role.VIEWER, "acme", NOW, None, NOW + 5)]
    assert keys.all()[0].state(clock()) == "revoked"


def test_revoking_one_key_leaves_the_others_alone(keys: Keys) -> None:
    raw = keys.add("batch", "acme", Role.VIEWER)
    keys.add("ci", "acme", Role.VIEWER)
    elsewhere = keys.add("ci", "globex", Role.VIEWER)
    keys.revoke("ci", "acme")
    assert keys.identity(raw).name == "batch"
    assert keys.identity(elsewhere).tenant == "globex"


def test_a_name_is_taken_in_its_tenant_alone_and_even_when_revoked(keys: Keys) -> None:
    keys.add("ci", "acme", Role.VIEWER)
    keys.add("ci", "globex", Role.VIEWER)
    with pytest.raises(Invalid, match=r"^tenant 'acme' already has a key 'ci' \(active\)$"):
        keys.add("ci", "acme", Role.VIEWER)
    keys.revoke("ci", "acme")
    with pytest.raises(Invalid, match=r"^tenant 'acme' already has a key 'ci' \(revoked\)$"):
        keys.add("ci", "acme", Role.VIEWER)


def test_revoking_says_why_it_cannot(keys: Keys) -> None:
    keys.add("ci", "acme", Role.VIEWER)
    keys.add("ci", "globex", Role.VIEWER)
    with pytest.raises(Invalid, match=r"^several tenants have a key 'ci' \(acme, globex\): say which"):
        keys.revoke("ci")
    with pytest.raises(Invalid, match=r"^there is no key 'cd'$"):
        keys.revoke("cd")
    with pytest.raises(Invalid, match=r"^tenant 'initech' has no key 'ci'$"):
        keys.revoke("ci", "initech")
    keys.revoke("ci", "acme")
    with pytest.raises(Invalid, match=r"^the key 'ci' of tenant 'acme' is already revoked$"):
        keys.revoke("ci", "acme")


@pytest.mark.parametrize("name", ["", " ci", "c\ni", "\udcff"])
def test_a_key_has_a_printable_name(keys: Keys, name: str) -> None:
    with pytest.raises(Invalid, match="printable"):
        keys.add(name, "acme", Role.VIEWER)


def test_a_suspended_key_is_forbidden(keys: Keys) -> None:
    raw = keys.add("ci", "acme", Role.NONE)
    with pytest.raises(Forbidden, match="the role is none"):
        keys.identity(raw)


def test_the_keys_of_a_disabled_tenant_are_forbidden_and_come_back(keys: Keys, tenants: Tenants) -> None:
    raw, elsewhere = keys.add("ci", "acme", Role.ADMIN), keys.add("ci", "globex", Role.VIEWER)
    tenants.set_disabled("acme", True)
    with pytest.raises(Forbidden, match="the tenant acme is disabled"):
        keys.identity(raw)
    assert keys.identity(elsewhere).tenant == "globex"
    tenants.set_disabled("acme", False)
    assert keys.identity(raw).tenant == "acme"


def test_a_revoked_key_of_a_disabled_tenant_is_unknown(keys: Keys, tenants: Tenants) -> None:
    raw = keys.add("ci", "acme", Role.VIEWER)
    keys.revoke("ci")
    tenants.set_disabled("acme", True)
    with pytest.raises(Unauthenticated, match="revoked"):
        keys.identity(raw)
