"""The pages on a telephone: its menu, its filters, and the rows of the log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import EMAIL, PASSWORD, Dashboard, drawn

pytest_plugins = ["tests.browser_fixtures"]


@pytest.fixture(scope="module")
def telephone(chromium: Browser, dashboard: Dashboard) -> Iterator[Page]:
    """A telephone that is signed in, with a page of clicks on it."""
    context = chromium.new_context(base_url=dashboard.address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    token = dashboard.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
    context.add_cookies([{"name": "ih_session", "value": token, "url": dashboard.address}])
    page = context.new_page()
    page.goto("/history?type=click")
    drawn(page)
    yield page
    context.close()


def opened_menu(page: Page) -> None:
    page.get_by_role("button", name="Expand sidebar").tap()
    expect(page.locator("[data-testid=stSidebar]")).to_have_attribute("data-collapsed", "false")


def expect_closed_menu(page: Page) -> None:
    expect(page.locator("[data-testid=stSidebar][data-collapsed=false]")).to_have_count(0)


def test_escape_closes_the_menu_and_gives_the_focus_back(telephone: Page):
    opened_menu(telephone)
    telephone.keyboard.press("Escape")
    expect_closed_menu(telephone)
    expect(telephone.get_by_role("button", name="Expand sidebar")).to_be_focused()


def test_a_tap_beside_the_menu_closes_it_and_presses_nothing(telephone: Page):
    row = telephone.locator("tbody tr").first.bounding_box()
    opened_menu(telephone)
    telephone.touchscreen.tap(370, row["y"] + row["height"] / 2)
    expect_closed_menu(telephone)
    telephone.wait_for_timeout(500)
    expect(telephone.get_by_role("dialog")).to_have_count(0)
    assert telephone.url.endswith("/history?type=click")


def test_the_filters_are_a_disclosure(telephone: Page):
    button = telephone.get_by_role("button", name="Filters (1)")
    offer = telephone.get_by_role("combobox", name="Offer")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(offer).to_be_hidden()
    button.tap()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(offer).to_be_visible()
    assert telephone.evaluate("id => document.getElementById(id).querySelectorAll('[role=combobox]').length",
                              button.get_attribute("aria-controls")) > 3
    button.tap()
    expect(offer).to_be_hidden()


def test_each_row_says_what_and_who_within_the_screen(telephone: Page):
    table = telephone.get_by_role("table", name="Interactions")
    assert table.get_by_role("row").count() == 26
    assert telephone.evaluate("document.querySelector('.ih-rows').scrollWidth <= document.querySelector('.ih-rows').clientWidth")
    for column in ("type", "time", "customer", "offer"):
        boxes = table.locator(f"tbody [data-column={column}]").evaluate_all(
            "cells => cells.filter(cell => cell.textContent).map(cell => cell.getBoundingClientRect()).map(box => [box.left, box.right])")
        assert len(boxes) >= 20
        assert [box for box in boxes if not 0 <= box[0] < box[1] <= 390] == []


def test_choosing_a_page_closes_the_menu(telephone: Page):
    opened_menu(telephone)
    telephone.get_by_role("link", name="Customers").tap()
    expect_closed_menu(telephone)
    expect(telephone.get_by_role("heading", name="Customers", exact=True)).to_be_visible()
    assert telephone.url.endswith("/customers")
