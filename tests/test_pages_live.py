"""What a page does that stands open while interactions come."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from accounts import Role
from tests.browser import Dashboard, at_rest
from tests.data_page import TENANT

pytest_plugins = ["tests.browser_fixtures", "tests.data_page"]

Post = Callable[[int], None]


@pytest.fixture(scope="module")
def post(shop: Dashboard) -> Post:
    """Posts so many clicks, each a minute later than the one before."""
    key = shop.accounts.keys.add("till", TENANT, Role.EDITOR)
    client = httpx2.Client(base_url=shop.address, headers={"Authorization": f"Bearer {key}"})
    posted = 0

    def more(count: int) -> None:
        nonlocal posted
        rows = [{"id": f"p{number:04}", "customerId": f"C{number % 7}", "interactionType": "click", "offerId": "gold",
                 "timestamp": f"2026-03-01T{number // 60:02}:{number % 60:02}:00Z"} for number in range(posted, posted + count)]
        posted += count
        assert client.post("/api/v1/interactions", json=rows).json()["loaded"] == count

    more(3)
    return more


def opened(page: Page, address: str) -> None:
    """Opens a page whose clock can be put forward."""
    page.clock.install()
    page.goto(address)
    at_rest(page)


def memory_mb(shop: Dashboard) -> float:
    """What the server holds."""
    [size] = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{shop.server.pid}/status").read_text())
    return int(size) / 1024


@pytest.mark.parametrize(("address", "label", "said"), [
    ("/history?type=click&limit=20", "Interactions", "14 newer interactions"), ("/overview", "Channels", "14 newer interactions"),
    ("/customers?customerId=C1", "Interactions", "2 newer interactions"),
])
def test_what_is_new_is_offered_and_nothing_moves_by_itself(viewer: Page, post: Post, address: str, label: str, said: str):
    opened(viewer, address)
    title, table = viewer.get_by_role("heading", name=re.compile(r"^\d+ interactions$")), viewer.get_by_role("table", name=label, exact=True)
    expect(table).to_be_visible()
    before, rows = _number(title.inner_text()), table.inner_text()
    post(14)
    viewer.clock.fast_forward(10_000)
    news = viewer.get_by_role("button", name=f"{said} · Show")
    expect(news).to_be_visible()
    assert _number(title.inner_text()) == before
    assert table.inner_text() == rows
    news.click()
    expect(news).to_have_count(0)
    expect(title).to_have_text(f"{before + _number(said)} interactions")
    expect(table).not_to_have_text(rows)


def test_a_page_that_refreshes_says_so_in_its_address_and_stays_right_over_a_hundred_versions(shop: Dashboard, viewer: Page, post: Post):
    opened(viewer, "/history?type=click&limit=20")
    viewer.get_by_text("Refresh every 30 s").click()
    expect(viewer).to_have_url(re.compile(r"[?&]refresh=30s"))
    assert "refresh" not in viewer.get_by_role("button", name="Copy as curl").evaluate("button => button.outerHTML")
    viewer.get_by_role("button", name="Older").click()
    expect(viewer).to_have_url(re.compile(r"cursor=.*refresh=30s"))
    viewer.get_by_role("button", name="Newest").click()
    at_rest(viewer)
    title = viewer.get_by_role("heading", name=re.compile(r"\d+ interactions"))
    count = _number(title.inner_text())
    held = []
    for nth in range(1, 101):
        post(1)
        if nth % 20 == 0:
            viewer.clock.fast_forward(30_000)
            expect(title).to_have_text(f"{count + nth} interactions")
            held.append(memory_mb(shop))
    at_rest(viewer)
    first = viewer.get_by_role("table", name="Interactions").locator("tbody tr").first
    expect(first).to_contain_text("click")
    assert held[-1] < held[1] + 30, held


def test_a_refresh_that_is_not_understood_is_named(viewer: Page, post: Post):
    viewer.goto("/history?refresh=2s")
    expect(viewer.get_by_text("refresh must be one of 30s, not '2s'")).to_be_visible()


def _number(text: str) -> int:
    return int("".join(re.findall(r"\d", text)))
