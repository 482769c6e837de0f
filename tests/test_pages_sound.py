"""Every page, light and dark, wide and narrow: no rule of accessibility broken, nothing amiss in the console, and a frame that stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from tests.browser import EMAIL, PASSWORD, Dashboard, drawn, window

pytest_plugins = ["tests.browser_fixtures"]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
BROKEN_RULES = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(node => node.target.join(" ")).join(", ")}`)"""
# The page has come to the theme, all that it fetches is there, and nothing fades or moves any more.
SETTLED = """(scheme) => {
    const app = document.querySelector(".stApp")
    if (app && getComputedStyle(app).colorScheme !== scheme || document.querySelector("[data-testid=stSkeleton]")) return false
    return document.getAnimations().every((one) => one.playState !== "running" || one.effect.getComputedTiming().iterations === Infinity)
}"""
PAGES = (
    "/overview", "/offers?period=all", "/offers?offerId=off_002&period=all", "/offers?offerId=off_002&offerId=off_003",
    "/funnels?breakdown=offer", "/funnels?view=trend", "/funnels?view=times", "/funnels?view=before&from=2026-06-01&to=2026-06-20",
    "/customers", "/history?type=click&nothing=known", "/history?from=1999-01-01&to=1999-02-01", "/nopage",
    "/data",
)
# Each theme and each width once: the rules take most of the time of these tests.
PLACES = (("light", 1280), ("dark", 390))


@pytest.fixture(scope="module")
def context(chromium: Browser, dashboard: Dashboard) -> Iterator[BrowserContext]:
    """A browser of its own that is signed in."""
    context = window(chromium, dashboard).context
    token = dashboard.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
    context.add_cookies([{"name": "ih_session", "value": token, "url": dashboard.address}])
    yield context
    context.close()


@pytest.fixture(scope="module")
def page(context: BrowserContext) -> Page:
    return context.new_page()


def broken_rules(page: Page, *places: tuple[str, int]) -> list[str]:
    """What axe-core finds in the page as it stands, in each of the places: themes and widths."""
    if not page.evaluate("'axe' in window"):
        # Not as a script of the page, which may allow none.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    broken = []
    for scheme, width in places:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        # Seen from outside: a page that waits for its own idle time here can wait for minutes.
        for _ in range(3):
            page.wait_for_timeout(150)
            page.wait_for_function(SETTLED, arg=scheme, polling=100)
        broken += [f"{scheme}, {width}: {rule}" for rule in page.evaluate(BROKEN_RULES)]
    return broken


@pytest.mark.parametrize("address", PAGES)
def test_a_page_breaks_no_rule_and_logs_no_error(page: Page, address: str):
    amiss = []

    def note_error(said: ConsoleMessage) -> None:
        if said.type == "error":
            amiss.append(said.text)

    def note_refusal(answer: Response) -> None:
        if answer.status >= 400:
            amiss.append(f"{answer.status} {answer.url}")

    page.on("console", note_error)
    page.on("response", note_refusal)
    page.goto(address)
    drawn(page)
    assert broken_rules(page, *PLACES) == []
    assert amiss == []
    page.remove_listener("console", note_error)
    page.remove_listener("response", note_refusal)


def test_an_open_record_breaks_no_rule(page: Page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/history?type=convert")
    drawn(page)
    page.locator("tbody tr").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("All of this customer")
    # It comes in from the side, and its text fades in.
    page.wait_for_timeout(1000)
    assert broken_rules(page, *PLACES) == []


def test_the_documentation_of_the_api_breaks_no_rule(page: Page):
    page.goto("/api/v1/docs")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert broken_rules(page, *PLACES) == []


def test_the_sign_in_page_breaks_no_rule(stranger: Page):
    stranger.goto("/login")
    assert broken_rules(stranger, *PLACES) == []
    stranger.get_by_label("E-mail").fill("nobody@example.com")
    stranger.get_by_label("Password").fill("a wrong password")
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_role("alert")).to_be_visible()
    assert broken_rules(stranger, *PLACES) == []


def test_a_broken_rule_is_found(stranger: Page):
    stranger.set_content('<html lang="en"><title>t</title><main><h1>One</h1><p style="color: #ccc; background: #fff">pale</p></main>')
    assert broken_rules(stranger, ("light", 1280)) == ["light, 1280: color-contrast: p"]


# From the first frame on: how the header and the page's own edges jump, where the account stands, and which grey bars run past the edge.
WATCH = """
window.jumps = []
const isFrame = (node) => node?.closest?.("header, .st-key-account") || node?.dataset?.testid === "stMainBlockContainer"
new PerformanceObserver((list) => {
    for (const { node, previousRect, currentRect } of list.getEntries().flatMap((shift) => shift.sources))
        if (isFrame(node) && previousRect.left !== currentRect.left)
            jumps.push(`${node.className}: ${JSON.stringify(previousRect)} to ${JSON.stringify(currentRect)}`)
}).observe({ type: "layout-shift", buffered: true })
addEventListener("DOMContentLoaded", () => {
    window.accounts = new Set()
    window.beyond = new Set()
    window.bars = 0
    const look = () => {
        const account = document.querySelector(".st-key-account")
        if (account?.getBoundingClientRect().width) accounts.add(getComputedStyle(account).position)
        for (const bar of document.querySelectorAll("[data-testid=stAppSkeleton] *, [data-testid=stSkeleton]")) {
            bars += 1
            if (bar.getBoundingClientRect().right > innerWidth) beyond.add(bar.outerHTML)
        }
        requestAnimationFrame(look)
    }
    look()
})
"""


@pytest.mark.parametrize("width", [1280, 390])
def test_a_first_load_draws_the_account_in_the_header_alone_and_its_frame_does_not_jump(context: BrowserContext, width: int):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.add_init_script(WATCH)
    page.goto("/overview")
    expect(page).to_have_title("Overview · Interaction History")
    drawn(page)
    assert page.evaluate("bars") > 0
    assert page.evaluate("[...accounts]") == ["fixed"]
    assert page.evaluate("[...beyond]") == []
    assert page.evaluate("jumps") == []
    page.close()
