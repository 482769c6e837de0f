from __future__ import annotations

import pytest

from accounts.identity import Forbidden, Identity, Role, admitted


def test_roles_rise_from_none_to_admin() -> None:
    assert sorted([Role.ADMIN, Role.NONE, Role.EDITOR, Role.VIEWER]) == [
        Role.NONE,
        Role.VIEWER,
        Role.EDITOR,
        Role.ADMIN,
    ]


@pytest.mark.parametrize(
    ("role", "may_read"),
    [(Role.NONE, False), (Role.VIEWER, True), (Role.EDITOR, True), (Role.ADMIN, True)],
)
def test_reading_needs_viewer(role: Role, may_read: bool) -> None:
    assert Identity("acme", role, "ada@example.com", "user").may_read is may_read


def test_who_may_read_in_an_enabled_tenant_is_admitted_as_they_are() -> None:
    identity = Identity("acme", Role.VIEWER, "ada@example.com", "user")
    assert admitted(identity, tenant_disabled=False) is identity


def test_a_suspended_account_is_known_but_forbidden() -> None:
    with pytest.raises(Forbidden, match=r"^ada@example\.com may not read: the role is none$"):
        admitted(Identity("acme", Role.NONE, "ada@example.com", "user"), tenant_disabled=False)


def test_a_disabled_tenant_forbids_even_its_admin() -> None:
    with pytest.raises(Forbidden, match="the tenant acme is disabled"):
        admitted(Identity("acme", Role.ADMIN, "ci", "key"), tenant_disabled=True)
