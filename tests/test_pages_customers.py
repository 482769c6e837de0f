from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Dashboard, Visit, drawn

pytest_plugins = ["tests.browser_fixtures"]

HISTORY = "/api/v1/interaction-history"
SUMMARY = "/api/v1/interaction-summary"


@pytest.fixture(scope="module")
def busiest(dashboard: Dashboard) -> str:
    """The busiest customer whose interactions the API tells in one answer."""
    with dashboard.client() as client:
        rows = client.get(SUMMARY, params={"groupBy": "customer"}).json()["summary"]
    return next(row["id"] for row in rows if row["total"] <= 100)


def values(page: Page) -> dict[str, str]:
    cards = page.get_by_role("list", name="Figures of the customer").locator(".card")
    expect(cards.first).to_be_visible(timeout=20_000)
    return dict(cards.evaluate_all(
        "cards => cards.map(card => [card.querySelector('.label').innerText, card.querySelector('.value').innerText])"
    ))


def column(page: Page, table: str, place: int) -> list[str]:
    rows = page.get_by_role("table", name=table, exact=True).locator("tbody tr")
    expect(rows.first).to_be_visible()
    return rows.evaluate_all(
        "(rows, place) => rows.map(row => row.cells[place].firstElementChild?.innerText ?? row.cells[place].innerText)", place
    )


def test_without_an_id_the_page_asks_for_one_and_names_no_customer(go: Visit):
    page = go("/customers")
    expect(page.get_by_text("Which customer?")).to_be_visible()
    assert "CUST" not in page.get_by_test_id("stMain").inner_text()


def test_entering_an_id_shows_what_the_api_has_of_that_customer(go: Visit, dashboard: Dashboard, busiest: str):
    page = go("/customers")
    page.get_by_label("Customer id").fill(busiest)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/customers\?customerId={busiest}$"))
    shown = values(page)
    drawn(page)
    with dashboard.client() as client:
        rows = client.get(HISTORY, params={"customerId": busiest, "limit": 100}).json()
        types = client.get(SUMMARY, params={"customerId": busiest, "groupBy": "type"}).json()["summary"]
        offers = client.get(SUMMARY, params={"customerId": busiest, "groupBy": "offer"}).json()["summary"]
    assert rows["pagination"]["hasMore"] is False
    times = [record["timestamp"] for record in rows["data"]]
    taken = [row for row in offers if row["id"] and row["accept"] + row["convert"]]
    assert (shown["Interactions"], shown["First seen"], shown["Last seen"], shown["Offers taken"]) == (
        f"{rows['pagination']['total']:,}", times[-1][:10], times[0][:10], str(len(taken)),
    )
    assert column(page, "Interactions by type", 0) == [row["id"] for row in types]
    assert column(page, "Interactions by type", 1) == [str(row["total"]) for row in types]
    assert sorted(column(page, "Offers seen and taken", 0)) == sorted(row["name"] or row["id"] or "No offer" for row in offers)
    assert column(page, "Offers seen and taken", 1).count("Taken") == len(taken)
    assert column(page, "Interactions", 0) == [time[:19].replace("T", " ") for time in times[:25]]


def test_the_offers_taken_lead_to_the_rows_by_which_they_were_taken(go: Visit, dashboard: Dashboard):
    with dashboard.client() as client:
        taking = client.get(SUMMARY, params={"groupBy": "customer", "outcome": ["accept", "convert", "conversion"]}).json()["summary"][0]
    page = go(f"/customers?customerId={taking['id']}")
    assert values(page)["Offers taken"] != "0"
    page.get_by_role("listitem").filter(has_text="Offers taken").get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/history\?customerId={taking['id']}&outcome=accept"))
    drawn(page)
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile(rf"^{taking['total']} interactions?$"))


def test_the_types_download_as_they_are_shown(go: Visit, busiest: str):
    page = go(f"/customers?customerId={busiest}")
    shown = dict(zip(column(page, "Interactions by type", 0), column(page, "Interactions by type", 1), strict=True))
    with page.expect_download() as download:
        page.locator(".st-key-taking_customer-types").get_by_role("link", name="Download CSV").click()
    file = csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines())
    assert {row["id"]: row["total"] for row in file} == shown


def test_the_timeline_says_in_words_what_it_shows(go: Visit, busiest: str):
    page = go(f"/customers?customerId={busiest}")
    expect(page.get_by_role("figure", name=re.compile("interactions in .* one for each offer"))).to_be_attached()


def test_the_rows_page_by_cursor_and_open_beside_the_table(go: Visit, busiest: str):
    page = go(f"/customers?customerId={busiest}&limit=3")
    first = column(page, "Interactions", 0)
    page.get_by_role("button", name="Older").click()
    expect(page.get_by_role("status")).to_have_text("Rows 4–6")
    drawn(page)
    assert len(column(page, "Interactions", 0)) == len(first) == 3
    page.get_by_role("table", name="Interactions", exact=True).locator("tbody tr").first.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(busiest)
    expect(page).to_have_url(re.compile("&record="))
    page.get_by_role("dialog").get_by_role("link", name="All of this customer").click()
    expect(page).to_have_url(re.compile(rf"/history\?customerId={busiest}$"))


def test_the_log_leads_from_a_record_to_its_customer(go: Visit, busiest: str):
    page = go(f"/history?customerId={busiest}")
    page.locator("tbody tr").first.press("Enter")
    page.get_by_role("dialog").get_by_role("link", name="This customer's timeline").click()
    expect(page).to_have_url(re.compile(rf"/customers\?customerId={busiest}$"))
    values(page)


def test_an_unknown_customer_is_said(go: Visit):
    page = go("/customers?customerId=nobody")
    expect(page.get_by_text("No customer has the id nobody")).to_be_visible()
    expect(page.get_by_label("Customer id")).to_have_value("nobody")


def test_what_does_not_narrow_the_page_is_said(go: Visit, busiest: str):
    page = go(f"/customers?customerId={busiest}&type=click&from=2026-06-01&tz=Asia/Tokyo")
    expect(page.get_by_role("alert")).to_contain_text("type does not filter a customer's page")
    expect(page.get_by_role("alert")).to_contain_text("from and to do not filter a customer's page")
    expect(page.get_by_role("alert")).to_contain_text("tz does not change a customer's page, whose times are UTC")
