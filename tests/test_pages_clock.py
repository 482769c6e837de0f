"""Pages over a log with one row of a far year and one of the calendar's last moment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import EMAIL, PASSWORD, choose, drawn, run, served, window
from tests.logs import interaction

pytest_plugins = ["tests.browser_fixtures"]

TENANT = "acme"
ROWS = [
    *(interaction(f"{day}", f"2026-03-{day:02}T10:00:00Z", offerId="o", interactionType="impression") for day in range(1, 22)),
    interaction("w1", "0001-01-01T00:00:00Z", customerId="wide", offerId="o", interactionType="impression"),
    interaction("w2", "1970-01-20T10:00:00Z", customerId="wide", offerId="o"),
    interaction("w3", "2026-03-01T10:00:00Z", customerId="wide", offerId="o"),
    interaction("w4", "9999-12-31T23:59:59.999Z", customerId="wide", offerId="o", interactionType="convert"),
]


@pytest.fixture(scope="module")
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    home: Path = tmp_path_factory.mktemp("clock")
    file = home / "log.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    run(home, "data", "load", str(file), "--tenant", TENANT)
    with served(home, TENANT) as dashboard:
        opened = window(chromium, dashboard)
        token = dashboard.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
        opened.context.add_cookies([{"name": "ih_session", "value": token, "url": dashboard.address}])
        yield opened
        opened.context.close()


@pytest.mark.parametrize("address", ["/overview", "/offers", "/offers?offerId=o", "/history", "/funnels?step=impression&step=convert"])
def test_a_page_that_goes_by_the_clock_leads_to_the_rows_of_the_future(page: Page, address: str) -> None:
    page.goto(address)
    drawn(page)
    expect(page.get_by_text("As of 2026-03-21 10:00:00 UTC")).to_be_visible()
    said = page.get_by_role("list", name="Rows of the future").locator("li")
    expect(said).to_contain_text("1 row lies in the future.")
    assert said.get_by_role("link").get_attribute("href") == "/history?from=2026-03-21T10%3A00%3A00.001Z"
    assert said.get_by_role("link").evaluate("link => getComputedStyle(link).textDecorationLine") == "underline"


def test_the_usual_period_is_of_the_thirty_days_up_to_the_clocks(page: Page) -> None:
    page.goto("/overview")
    drawn(page)
    expect(page.get_by_text("All interactions, 20 February – 21 March 2026 (UTC)")).to_be_visible()
    expect(page.get_by_role("heading", name="22 interactions")).to_be_visible()


def test_the_last_days_end_before_the_rows_of_the_future_and_own_days_can_be_chosen(page: Page) -> None:
    page.goto("/history")
    drawn(page)
    choose(page, "Period", "Last 7 days")
    expect(page).to_have_url(re.compile(r"/history\?from=2026-03-15&to=2026-03-22$"))
    drawn(page)
    choose(page, "Period", "Custom…")
    expect(page).to_have_url(re.compile(r"/history\?from=2026-03-15$"))
    expect(page.get_by_text("Last day (included)")).to_be_visible()


@pytest.mark.parametrize("address", ["/overview?period=all", "/overview?from=9999-12-31", "/offers?offerId=o&period=all&tz=Asia/Tokyo"])
def test_the_ends_of_the_calendar_are_drawn(page: Page, address: str) -> None:
    page.goto(address)
    drawn(page)
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=120_000)
    expect(page.get_by_text("could not be shown")).to_have_count(0)


def test_a_row_of_the_calendars_last_moment_leaves_the_timeline_all_its_marks(page: Page) -> None:
    page.goto("/customers?customerId=wide")
    drawn(page)
    expect(page.locator(".js-plotly-plot .scatterlayer .points path")).to_have_count(4, timeout=120_000)
