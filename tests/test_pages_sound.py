"""Every page, light and dark, wide and narrow: no rule of accessibility broken, nothing amiss in the console, and a frame that stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import EMAIL, PASSWORD, Dashboard, drawn, window

pytest_plugins = ["tests.browser_fixtures"]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
BROKEN_RULES = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(node => node.target.join(" ")).join(", ")}`)"""
PAGES = (
    "/overview", "/offers?period=all", "/offers?offerId=off_002&period=all", "/offers?offerId=off_002&offerId=off_003",
    "/funnels?breakdown=offer", "/funnels?view=trend", "/funnels?view=times", "/funnels?view=before&from=2026-06-01&to=2026-06-20",
    "/customers", "/history?type=click&nothing=known", "/history?from=1999-01-01&to=1999-02-01", "/nopage",
)


@pytest.fixture(scope="module", params=["light", "dark"])
def sound(request: pytest.FixtureRequest, chromium: Browser, dashboard: Dashboard) -> Iterator[BrowserContext]:
    """A signed-in browser in one of the themes."""
    context = chromium.new_context(base_url=dashboard.address, viewport={"width": 1280, "height": 900}, color_scheme=request.param)
    token = dashboard.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
    context.add_cookies([{"name": "ih_session", "value": token, "url": dashboard.address}])
    yield context
    context.close()


def broken_rules(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    return page.evaluate(BROKEN_RULES)


def narrowed(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_breaks_no_rule_and_logs_no_error(sound: BrowserContext, address: str):
    page = sound.new_page()
    amiss = []
    page.on("console", lambda said: amiss.append(said.text) if said.type == "error" else None)
    page.on("response", lambda answer: amiss.append((answer.status, answer.url)) if answer.status >= 400 else None)
    page.goto(address)
    drawn(page)
    assert broken_rules(page) == []
    narrowed(page)
    assert broken_rules(page) == []
    assert amiss == []
    page.close()


def test_an_open_record_breaks_no_rule(sound: BrowserContext):
    page = sound.new_page()
    page.goto("/history?type=convert")
    drawn(page)
    page.locator("tbody tr").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("All of this customer")
    # It comes in from the side, and its text fades in.
    page.wait_for_timeout(1000)
    assert broken_rules(page) == []
    page.close()


def test_the_documentation_of_the_api_breaks_no_rule(sound: BrowserContext):
    page = sound.new_page()
    page.goto("/api/v1/docs")
    assert broken_rules(page) == []
    narrowed(page)
    assert broken_rules(page) == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_breaks_no_rule(chromium: Browser, dashboard: Dashboard, scheme: str):
    page = window(chromium, dashboard)
    page.emulate_media(color_scheme=scheme)
    page.goto("/login")
    assert broken_rules(page) == []
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert broken_rules(page) == []
    page.context.close()


# From the first element on: where the account stands whenever it is drawn, and whatever is drawn beyond the edge.
WATCH = """
addEventListener("DOMContentLoaded", () => {
    window.accounts = new Set()
    window.beyond = new Set()
    const look = () => {
        const account = document.querySelector(".st-key-account")
        if (account?.getBoundingClientRect().width) accounts.add(getComputedStyle(account).position)
        for (const drawn of document.querySelectorAll("[data-testid=stAppSkeleton] *"))
            if (drawn.getBoundingClientRect().right > innerWidth) beyond.add(drawn.outerHTML)
        requestAnimationFrame(look)
    }
    look()
})
"""


@pytest.mark.parametrize("width", [1280, 390])
def test_a_first_load_draws_the_account_in_the_header_alone(sound: BrowserContext, width: int):
    page = sound.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.add_init_script(WATCH)
    page.goto("/overview")
    expect(page).to_have_title("Overview · Interaction History")
    drawn(page)
    assert page.evaluate("[...accounts]") == ["fixed"]
    assert page.evaluate("[...beyond]") == []
    page.close()
