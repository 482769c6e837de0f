"""What a page lets people do to accounts, and what they try beyond it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.accounts import Accounts
from accounts.administration import Administration
from accounts.identity import Forbidden, Identity, Invalid, MustChange, Role, Unauthenticated
from tests.accounts_fixtures import NOW, PASSWORD

pytest_plugins = ["tests.accounts_fixtures"]

ADDRESS = "192.0.2.7"


@pytest.fixture
def office(empty_accounts: Accounts) -> Accounts:
    """Two tenants: acme with a viewer, an editor and an admin, globex with an admin."""
    for role in (Role.VIEWER, Role.EDITOR, Role.ADMIN):
        empty_accounts.users.add(f"{role}@acme.example", PASSWORD, "acme", role)
    empty_accounts.users.add("admin@globex.example", PASSWORD, "globex", Role.ADMIN)
    return empty_accounts


def as_(accounts: Accounts, email: str) -> Administration:
    return Administration(accounts, accounts.authenticate_session(accounts.sign_in(email, PASSWORD, ADDRESS)))


def events(accounts: Accounts) -> list[tuple]:
    return [(line["event"], line["tenant"], line["account"], line.get("user"), line.get("key")) for line in accounts.audit.lines()
            if line["event"] != "sign-in"]


def test_an_admin_sees_the_users_of_their_tenant_alone(office: Accounts) -> None:
    assert [user.email for user in as_(office, "admin@acme.example").users()] == ["admin@acme.example", "editor@acme.example", "viewer@acme.example"]


TRIES: list[Callable[[Administration], object]] = [
    lambda own: own.set_role("viewer@acme.example", Role.ADMIN),
    lambda own: own.give_password("viewer@acme.example"),
    lambda own: own.sessions("viewer@acme.example"),
    lambda own: own.end_sessions("viewer@acme.example"),
]


@pytest.mark.parametrize("tried", [
    *TRIES, lambda own: own.users(), lambda own: own.audit(10), lambda own: own.add_user("x@acme.example", Role.ADMIN),
])
@pytest.mark.parametrize("email", ["viewer@acme.example", "editor@acme.example"])
def test_who_is_no_admin_does_nothing_to_others_or_to_their_own_role(office: Accounts, email: str, tried: Callable) -> None:
    before = office.users.all()
    with pytest.raises(Invalid, match="only an admin may do this"):
        tried(as_(office, email))
    assert (office.users.all(), events(office)) == (before, [])


@pytest.mark.parametrize("tried", TRIES)
def test_an_admin_does_nothing_to_the_users_of_another_tenant(office: Accounts, tried: Callable) -> None:
    before = office.users.all()
    with pytest.raises(Invalid, match="there is no user"):
        tried(as_(office, "admin@globex.example"))
    assert (office.users.all(), events(office)) == (before, [])


@pytest.mark.parametrize("tried", [lambda own: own.set_role("admin@acme.example", Role.NONE), lambda own: own.give_password("ADMIN@acme.example")])
def test_an_admin_does_not_lock_themselves_out(office: Accounts, tried: Callable) -> None:
    with pytest.raises(Invalid, match="another admin has to do this for you"):
        tried(as_(office, "admin@acme.example"))


def test_a_suspended_user_is_out_and_so_are_the_keys_that_they_made(office: Accounts) -> None:
    session = office.sign_in("editor@acme.example", PASSWORD, ADDRESS)
    raw = as_(office, "editor@acme.example").add_key("mine", Role.EDITOR, None)
    assert office.authenticate_key(raw, ADDRESS) == Identity("acme", Role.EDITOR, "mine", "key")
    as_(office, "admin@acme.example").set_role("editor@acme.example", Role.VIEWER)
    assert office.authenticate_key(raw, ADDRESS).role is Role.VIEWER
    as_(office, "admin@acme.example").set_role("editor@acme.example", Role.NONE)
    for tried in (lambda: office.authenticate_session(session), lambda: office.authenticate_key(raw, ADDRESS)):
        with pytest.raises(Forbidden):
            tried()
    assert events(office)[0] == ("user.role", "acme", "admin@acme.example", "editor@acme.example", None)


def test_a_new_user_and_a_new_password_begin_with_one_that_has_to_be_changed(office: Accounts) -> None:
    admin = as_(office, "admin@acme.example")
    for email, password in (("new@acme.example", admin.add_user(" New@acme.example", Role.VIEWER)),
                            ("viewer@acme.example", admin.give_password("viewer@acme.example"))):
        with pytest.raises(MustChange):
            office.authenticate_session(office.sign_in(email, password, ADDRESS))
    assert [user.tenant for user in office.users.all() if user.email == "new@acme.example"] == ["acme"]


def test_a_key_can_do_no_more_than_its_maker(office: Accounts) -> None:
    editor = as_(office, "editor@acme.example")
    assert editor.roles == [Role.VIEWER, Role.EDITOR]
    for role in (Role.ADMIN, Role.NONE):
        with pytest.raises(Invalid, match="has one of the roles viewer, editor, not"):
            editor.add_key("more", role, None)


def test_people_see_and_revoke_their_own_keys_and_an_admin_those_of_the_tenant(office: Accounts) -> None:
    office.keys.add("nightly", "acme", Role.EDITOR)
    office.keys.add("theirs", "globex", Role.EDITOR)
    viewer, admin = as_(office, "viewer@acme.example"), as_(office, "admin@acme.example")
    raw = viewer.add_key("mine", Role.VIEWER, NOW + 60)
    assert [key.name for key in viewer.api_keys()] == ["mine"]
    assert [key.name for key in admin.api_keys()] == ["mine", "nightly"]
    for who, name in ((viewer, "nightly"), (admin, "theirs"), (viewer, "theirs")):
        with pytest.raises(Invalid, match="you have no key"):
            who.revoke_key(name)
    admin.revoke_key("mine")
    with pytest.raises(Unauthenticated, match="revoked"):
        office.authenticate_key(raw, ADDRESS)
    assert [event for event in events(office) if event[0] != "key.failed"] == [
        ("key.revoked", "acme", "admin@acme.example", None, "mine"), ("key.added", "acme", "viewer@acme.example", None, "mine"),
    ]


def test_people_end_their_own_sessions_alone(office: Accounts) -> None:
    other = office.sign_in("editor@acme.example", PASSWORD, ADDRESS)
    elsewhere, here = (office.sign_in("viewer@acme.example", PASSWORD, ADDRESS, agent=agent) for agent in ("Firefox", "Chrome"))
    own = Administration(office, office.authenticate_session(here))
    assert sorted(session.agent for session in own.sessions()) == ["Chrome", "Firefox"]
    assert own.end_sessions(id=office.sessions.id_of(other)) == 0
    assert own.end_sessions(but=office.sessions.id_of(here)) == 1
    with pytest.raises(Unauthenticated):
        office.authenticate_session(elsewhere)
    assert office.authenticate_session(here).name == "viewer@acme.example"
    assert office.authenticate_session(other).name == "editor@acme.example"
    assert as_(office, "admin@acme.example").end_sessions("viewer@acme.example") == 1


def test_an_admin_reads_the_audit_of_their_tenant_alone(office: Accounts) -> None:
    as_(office, "admin@globex.example").add_key("theirs", Role.VIEWER, None)
    assert {line["tenant"] for line in as_(office, "admin@acme.example").audit(100)} == {"acme"}
    assert len(list(as_(office, "admin@acme.example").audit(1))) == 1
