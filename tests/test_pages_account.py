"""The page Account, as a person uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from accounts import Role, Unauthenticated
from tests.browser import EMAIL, PASSWORD, TENANT, Dashboard, at_rest, choose, window

pytest_plugins = ["tests.browser_fixtures"]

ADMIN = "account-admin@example.com"


def page_of(chromium: Browser, dashboard: Dashboard, email: str) -> Page:
    page = window(chromium, dashboard)
    page.context.add_cookies([{"name": "ih_session", "value": dashboard.accounts.sign_in(email, PASSWORD, "127.0.0.1"), "url": dashboard.address}])
    return page


@pytest.fixture
def admin(chromium: Browser, dashboard: Dashboard) -> Iterator[Page]:
    if ADMIN not in {user.email for user in dashboard.accounts.users.all()}:
        dashboard.accounts.users.add(ADMIN, PASSWORD, TENANT, Role.ADMIN)
    page = page_of(chromium, dashboard, ADMIN)
    page.goto("/account")
    expect(page.get_by_role("table", name="Audit")).to_be_visible(timeout=60_000)
    yield page
    page.context.close()


def test_a_key_is_made_shown_once_works_and_is_revoked(admin: Page, dashboard: Dashboard) -> None:
    admin.get_by_role("button", name="New key").click()
    admin.get_by_label("Name").fill("mine")
    admin.get_by_role("button", name="Make it").click()
    shown = admin.locator(".st-key-account_secret code")
    expect(shown).to_have_text(re.compile("^krn_"))
    key = shown.inner_text()
    asked = {"headers": {"Authorization": f"Bearer {key}"}}
    assert httpx2.get(f"{dashboard.address}/api/v1/loads", **asked).status_code == 403
    assert httpx2.get(f"{dashboard.address}/api/v1/interaction-history", **asked).status_code == 200
    expect(admin.get_by_role("table", name="Audit").get_by_text("key.added")).to_be_visible()
    admin.get_by_role("button", name="Revoke a key").click()
    admin.get_by_role("button", name="Revoke", exact=True).click()
    expect(admin.get_by_role("table", name="API keys").get_by_text("revoked")).to_be_visible()
    expect(shown).to_have_count(0)
    assert httpx2.get(f"{dashboard.address}/api/v1/interaction-history", **asked).status_code == 401


def test_an_admin_adds_a_user_who_begins_with_a_password_of_their_own(admin: Page, dashboard: Dashboard, stranger: Page) -> None:
    admin.get_by_role("button", name="Add a user").click()
    admin.get_by_label("E-mail").fill("newcomer@example.com")
    admin.get_by_role("button", name="Add", exact=True).click()
    password = admin.locator(".st-key-account_secret code").inner_text()
    stranger.goto("/login?next=%2Faccount")
    stranger.get_by_label("E-mail").fill("newcomer@example.com")
    stranger.get_by_label("Password").fill(password)
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_role("heading", name="Choose a password")).to_be_visible()
    stranger.get_by_label("Present password").fill(password)
    stranger.get_by_label("New password", exact=True).fill("another horse")
    stranger.get_by_label("New password, once more").fill("another horse")
    stranger.get_by_role("button", name="Save and go on").click()
    expect(stranger.get_by_role("table", name="Your sessions")).to_be_visible()
    expect(stranger.get_by_role("table", name="Audit")).to_have_count(0)
    expect(stranger.get_by_role("table", name="Users")).to_have_count(0)
    admin.reload()
    admin.get_by_role("button", name="Change a user").click()
    choose(admin, "User", "newcomer@example.com")
    expect(admin.locator(".st-key-role_of_newcomer-example-com")).to_be_visible()
    at_rest(admin)
    choose(admin, "Role", "none: suspended")
    admin.get_by_role("button", name="Save the role").click()
    # Others may have suspended others.
    row = admin.get_by_role("table", name="Users").get_by_role("row", name="newcomer@example.com")
    expect(row.get_by_text("suspended")).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_role("heading", name="No access")).to_be_visible()


def test_people_end_their_other_sessions_and_reach_the_page_by_their_name(chromium: Browser, dashboard: Dashboard) -> None:
    other = dashboard.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
    dashboard.accounts.users.add("two-browsers@example.com", PASSWORD, TENANT, Role.VIEWER)
    elsewhere = dashboard.accounts.sign_in("two-browsers@example.com", PASSWORD, "127.0.0.1", agent="Firefox/140.0 (Windows)")
    page = page_of(chromium, dashboard, "two-browsers@example.com")
    page.goto("/customers")
    page.get_by_role("button", name="two-browsers@example.com").click()
    page.get_by_role("link", name="Account").click()
    sessions = page.get_by_role("table", name="Your sessions")
    expect(sessions.get_by_text("Firefox on Windows")).to_be_visible()
    page.get_by_role("button", name="End all others").click()
    expect(sessions.get_by_text("Firefox on Windows")).to_have_count(0)
    with pytest.raises(Unauthenticated):
        dashboard.accounts.authenticate_session(elsewhere)
    assert dashboard.accounts.authenticate_session(other).name == EMAIL
    page.context.close()
