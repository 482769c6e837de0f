"""What a browser may load and run: the content security policy, on every page and in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts import Role
from tests.browser import PASSWORD, TENANT, Dashboard, drawn, window

pytest_plugins = ["tests.browser_fixtures"]

EDITOR = "policy@example.com"
HEARD = """
    window.violations = []
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
        window.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}`))
"""


@pytest.fixture(scope="module")
def heard(dashboard: Dashboard, chromium: Browser) -> Iterator[Page]:
    """An editor's browser that notes what its policy has forbidden."""
    dashboard.accounts.users.add(EDITOR, PASSWORD, TENANT, Role.EDITOR)
    page = window(chromium, dashboard)
    page.context.add_cookies([{"name": "ih_session", "value": dashboard.accounts.sign_in(EDITOR, PASSWORD, "127.0.0.1"), "url": dashboard.address}])
    page.add_init_script(HEARD)
    yield page
    page.context.close()


@pytest.mark.parametrize("address", ["/overview", "/offers", "/funnels?view=times", "/customers", "/history", "/nopage"])
def test_no_page_needs_what_its_policy_forbids(heard: Page, address: str) -> None:
    answer = heard.goto(address)
    assert "script-src 'self' blob: 'wasm-unsafe-eval' 'sha256-" in answer.headers["content-security-policy"]
    if address == "/customers":
        expect(heard.get_by_label("Customer id")).to_be_visible()
    else:
        drawn(heard)
    assert heard.evaluate("window.violations") == []


def test_a_file_is_dropped_and_a_record_opened_within_the_policy(heard: Page) -> None:
    heard.goto("/data")
    heard.locator("input[type=file]").set_input_files([{"name": "log.csv", "mimeType": "text/csv", "buffer": b"id,customerId\na,b\n"}])
    expect(heard.get_by_role("heading", name="log.csv")).to_be_visible()
    assert heard.evaluate("window.violations") == []
    heard.goto("/history")
    drawn(heard)
    heard.locator("tbody tr").first.click()
    expect(heard.get_by_role("dialog")).to_be_visible()
    assert heard.evaluate("window.violations") == []


@pytest.mark.parametrize("address", ["/password", "/api/v1/docs", "/login"])
def test_the_pages_of_the_server_itself_run_no_script(heard: Page, address: str) -> None:
    if address == "/login":
        heard.context.clear_cookies()
    answer = heard.goto(address)
    assert answer.status == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert heard.evaluate("window.violations") == []
    assert heard.evaluate("getComputedStyle(document.body).margin") == "0px"


def test_a_script_that_was_slipped_into_a_page_does_not_run(heard: Page, dashboard: Dashboard) -> None:
    heard.context.add_cookies([{"name": "ih_session", "value": dashboard.accounts.sign_in(EDITOR, PASSWORD, "127.0.0.1"), "url": dashboard.address}])
    heard.goto("/history")
    drawn(heard)
    heard.evaluate("""() => {
        const script = document.createElement("script")
        script.textContent = "window.slipped = true"
        document.body.append(script)
        const other = document.createElement("script")
        other.src = "https://evil.example/x.js"
        document.body.append(other)
    }""")
    heard.wait_for_function("window.violations.length >= 2")
    assert heard.evaluate("window.slipped") is None
