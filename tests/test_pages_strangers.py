"""What the dashboard shows to those who may not, may no longer, or cannot yet see anything."""

from __future__ import annotations

import re

import httpx2
import pytest
from playwright.sync_api import Page, expect

from accounts import Role
from tests.browser import EMAIL, PASSWORD, TENANT, Dashboard, drawn

pytest_plugins = ["tests.browser_fixtures"]

API = "/api/v1/interaction-history"


def signed_in(page: Page, dashboard: Dashboard, email: str) -> str:
    """The token of the session that the page's browser has from here on."""
    token = dashboard.accounts.sign_in(email, PASSWORD, "127.0.0.1")
    page.context.add_cookies([{"name": "ih_session", "value": token, "url": dashboard.address}])
    return token


@pytest.mark.parametrize("path", ["/", "/history", "/_stcore/health", "/_stcore/host-config", "/static/js/index.js", "/favicon.png", API])
def test_nothing_reaches_a_stranger(dashboard: Dashboard, path: str):
    answer = httpx2.get(dashboard.address + path)
    assert answer.status_code == 401
    assert len(answer.text) < 400
    seen = httpx2.get(dashboard.address + path, headers={"Accept": "text/html"})
    assert seen.status_code == (401 if path == API else 303)


def test_no_web_socket_opens_for_a_stranger(dashboard: Dashboard):
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    assert httpx2.get(f"{dashboard.address}/_stcore/stream", headers=upgrade).status_code == 403


def test_an_account_without_a_role_gets_a_plain_refusal(stranger: Page, dashboard: Dashboard):
    dashboard.accounts.users.add("eve@example.com", PASSWORD, TENANT, Role.NONE)
    stranger.goto("/history")
    stranger.get_by_label("E-mail").fill("eve@example.com")
    stranger.get_by_label("Password").fill(PASSWORD)
    with stranger.expect_response(re.compile("/history")) as answer:
        stranger.get_by_role("button", name="Sign in").click()
    assert answer.value.status == 403
    expect(stranger.get_by_test_id("stApp")).to_have_count(0)


def test_an_open_page_says_so_when_its_session_has_ended(stranger: Page, dashboard: Dashboard):
    token = signed_in(stranger, dashboard, EMAIL)
    stranger.goto("/history?type=click")
    drawn(stranger)
    dashboard.accounts.sign_out(token)
    stranger.get_by_role("button", name="Older").click()
    expect(stranger.get_by_text("You are signed out")).to_be_visible()
    expect(stranger.get_by_role("table")).to_have_count(0)
    href = stranger.get_by_role("link", name="Sign in").get_attribute("href")
    assert href.startswith("/login?next=%2Fhistory%3Ftype%3Dclick%26cursor%3D")


def test_a_download_after_the_session_has_ended_leads_to_sign_in_and_back_to_the_view(stranger: Page, dashboard: Dashboard):
    token = signed_in(stranger, dashboard, EMAIL)
    stranger.goto("/history?type=click")
    drawn(stranger)
    dashboard.accounts.sign_out(token)
    stranger.get_by_role("link", name=re.compile("^Download")).click()
    expect(stranger).to_have_url(re.compile(r"/login\?next=%2Fhistory%3Ftype%3Dclick$"))


def test_a_viewer_of_a_tenant_without_a_log_is_told_whom_to_ask(stranger: Page, dashboard: Dashboard):
    dashboard.accounts.users.add("new@example.com", PASSWORD, "newcomer", Role.VIEWER)
    signed_in(stranger, dashboard, "new@example.com")
    stranger.goto("/history?type=click")
    expect(stranger.get_by_text("Ask the person who runs this server.")).to_be_visible()
    expect(stranger.get_by_role("table")).to_have_count(0)
