"""A shop with an empty log, its viewer, editor and admin in browsers of their own, and a file to drop on the page Data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts import Role
from tests.browser import EMAIL, PASSWORD, Dashboard, at_rest, served, window

TENANT = "shop"
EDITOR, ADMIN = "eve@example.com", "alan@example.com"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The product over an empty store, with a viewer, an editor and an admin of one tenant; it takes files of up to 1 MB."""
    with served(tmp_path_factory.mktemp("shop"), TENANT, IH_UPLOAD_MB="1") as shop:
        shop.accounts.users.add(EDITOR, PASSWORD, TENANT, Role.EDITOR)
        shop.accounts.users.add(ADMIN, PASSWORD, TENANT, Role.ADMIN)
        yield shop


def browser_of(chromium: Browser, shop: Dashboard, email: str) -> Page:
    """A browser in which an account is signed in."""
    page = window(chromium, shop)
    page.context.add_cookies([{"name": "ih_session", "value": shop.accounts.sign_in(email, PASSWORD, "127.0.0.1"), "url": shop.address}])
    return page


@pytest.fixture
def editor(chromium: Browser, shop: Dashboard) -> Iterator[Page]:
    page = browser_of(chromium, shop, EDITOR)
    yield page
    page.context.close()


@pytest.fixture
def admin(chromium: Browser, shop: Dashboard) -> Iterator[Page]:
    page = browser_of(chromium, shop, ADMIN)
    yield page
    page.context.close()


@pytest.fixture
def viewer(chromium: Browser, shop: Dashboard) -> Iterator[Page]:
    page = browser_of(chromium, shop, EMAIL)
    yield page
    page.context.close()


def drop(page: Page, *files: Path) -> None:
    """Hands a file in, and waits until its rows are shown."""
    page.goto("/data")
    page.locator("input[type=file]").set_input_files(files)
    expect(page.get_by_role("heading", name="The first rows, as they will be stored")).to_be_visible()
    at_rest(page)


def own_names(folder: Path) -> Path:
    """An NDJSON log with the fields' own names: 20 impressions, of which 5 are clicked and 2 bought for 10 each."""
    rows = []
    for number in range(20):
        types = ["impression", *(["click"] if number % 4 == 0 else []), *(["convert"] if number % 10 == 0 else [])]
        rows += [
            {"id": f"{type}-{number}", "customerId": f"C{number % 5}", "interactionType": type, "timestamp": f"2026-03-{number + 1:02d}T10:00:00Z",
             "offerId": "off_card"} | ({"outcome": {"conversionValue": 10}} if type == "convert" else {})
            for type in types
        ]
    file = folder / "march.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file
