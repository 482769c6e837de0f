"""One server and one browser for all tests that look at pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import EMAIL, PASSWORD, Dashboard, Visit, drawn, running_chromium, running_dashboard, step_to, window


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The running product. What a test changes in it, later tests find changed."""
    with running_dashboard(tmp_path_factory.mktemp("dashboard")) as dashboard:
        yield dashboard


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def stranger(chromium: Browser, dashboard: Dashboard) -> Iterator[Page]:
    """A browser of its own that is not signed in."""
    page = window(chromium, dashboard)
    yield page
    page.context.close()


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, dashboard: Dashboard) -> Iterator[BrowserContext]:
    """A browser that is signed in, and keeps the scripts that it has fetched."""
    context = window(chromium, dashboard).context
    token = dashboard.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
    context.add_cookies([{"name": "ih_session", "value": token, "url": dashboard.address}])
    yield context
    context.close()


@pytest.fixture
def visit(signed_in: BrowserContext) -> Iterator[Visit]:
    """Loads an address anew in a browser that is signed in, and waits until the page is drawn."""
    page = signed_in.new_page()

    def opened(address: str) -> Page:
        page.goto(address)
        drawn(page)
        return page

    yield opened
    page.close()


@pytest.fixture(scope="session")
def open_page(signed_in: BrowserContext) -> Iterator[Page]:
    """A page that stays open, with the large script that draws pictures: to read that takes a slow machine long."""
    page = signed_in.new_page()
    page.goto("/funnels")
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=120_000)
    yield page
    page.close()


@pytest.fixture
def go(open_page: Page) -> Visit:
    """Leads the open page to an address, as back and forward do: a second quicker than loading it anew."""

    def gone(address: str) -> Page:
        step_to(open_page, address)
        drawn(open_page)
        return open_page

    return gone
