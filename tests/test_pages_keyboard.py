"""The pages for who uses the keyboard, or hears them read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import EMAIL, Visit, at_rest

pytest_plugins = ["tests.browser_fixtures"]


def test_everything_that_can_be_used_has_a_name(visit: Visit):
    page = visit("/history?type=convert&from=2026-06-01&to=2026-06-20")
    tree = page.locator("body").aria_snapshot()
    nameless = [line for line in tree.splitlines() if re.fullmatch(r"\s*- (button|link|combobox|textbox|switch|table)(:| \[.*\])?", line)]
    assert nameless == []
    assert '- table "Interactions"' in tree


FOCUS_RING = """() => {
    let element = document.activeElement
    while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    if (element === document.body) return null
    const field = element.closest(":is(.stSelectbox, .stMultiSelect, .stTextInput)")
    const ring = [element, element.parentElement, ...(field?.querySelectorAll("[role=group], [data-testid=stTextInputRootElement]") ?? [])]
        .map(one => getComputedStyle(one)).find(style => style.outlineStyle === "solid")
    const page = getComputedStyle(element, "::after")
    const colour = ring ? ring.outlineColor : page.position === "fixed" ? page.borderColor : "none"
    return [element.getAttribute("aria-label") || element.innerText || element.tagName, colour]
}"""


@pytest.mark.parametrize(("theme", "colour"), [("light", "rgb(79, 70, 229)"), ("dark", "rgb(129, 140, 248)")])
def test_each_stop_of_the_keyboard_shows_the_same_ring(visit: Visit, theme: str, colour: str):
    page = visit("/history?type=click&offerId=off_001&cursor=ih_0000002000")
    page.emulate_media(color_scheme=theme)
    stops = []
    while len(stops) < 60:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS_RING)
        if stop is None:
            break
        stops.append(stop)
    assert len(stops) > 25
    assert [stop for stop in stops if stop[1] != colour] == []


def test_the_keyboard_comes_to_all_that_a_record_and_the_account_lead_to(go: Visit):
    page = go("/history?type=convert")
    page.locator("tbody tr").first.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer).to_be_visible()
    at_rest(page)
    stops = []
    for _ in range(7):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText.split('\\n').at(-1)"))
    assert stops[:6] == ["Close", "Copy id", "All of this customer", "All of this offer", "All of this creative", "This customer's timeline"]
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    at_rest(page)
    page.get_by_role("button", name=EMAIL).press("Enter")
    expect(page.get_by_role("link", name="Account", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign out")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    expect(page.get_by_role("button", name=EMAIL)).to_be_focused()
    page.get_by_role("button", name="Columns").press("Enter")
    expect(page.get_by_role("button", name="Time")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Columns")).to_be_focused()


def test_the_focus_goes_to_what_is_nearest_when_its_button_is_gone(go: Visit):
    page = go("/history?type=click")
    page.get_by_role("button", name="Clear filters").press("Enter")
    expect(page.get_by_role("button", name="Clear filters")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Period")).to_be_focused()
