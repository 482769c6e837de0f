from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page, expect

from tests.browser import Dashboard, Visit, copied

pytest_plugins = ["tests.browser_fixtures"]

SUMMARY, HISTORY = "/api/v1/interaction-summary", "/api/v1/interaction-history"


def table(page: Page, label: str) -> list[list[str]]:
    """The first line of each cell."""
    rows = page.get_by_role("table", name=label, exact=True).locator("tbody tr")
    expect(rows.first).to_be_visible()
    return rows.evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim().split('\\n')[0].trim()))")


def of_api(dashboard: Dashboard, words: str) -> list[dict]:
    with dashboard.client() as client:
        return client.get(SUMMARY, params=parse_qsl(words)).json()["summary"]


def percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}%"


def test_every_figure_of_the_list_is_the_api_s(go: Visit, dashboard: Dashboard):
    page = go("/offers?period=all&channelId=ch_email&sort=name")
    shown = {row[0]: row[1:] for row in table(page, "Offers")}
    answer = of_api(dashboard, "channelId=ch_email&limit=500")
    assert len(answer) > 10
    for row in answer:
        cells = next(cells for name, cells in shown.items() if name.startswith(row["name"] or row["id"] or "No offer"))
        assert cells[:9] == [
            *(f"{row[name]:,}" for name in ("impression", "click", "accept", "convert")),
            percent(row["ctr"]), percent(row["cvr"]), percent(row["acceptanceRate"] and 100 * row["acceptanceRate"]),
            f"{row['customers']:,}", f"{row['revenue']:,.2f}",
        ]
    assert any(cells[0] == "0" and name.endswith(("archived", "deleted", "draft")) for name, cells in shown.items())


def test_a_heading_sorts_a_search_finds_and_both_are_in_the_address(go: Visit):
    page = go("/offers?period=all")
    page.get_by_role("button", name="Clicks").press("Enter")
    expect(page).to_have_url(re.compile("sort=-click"))
    expect(page.get_by_role("columnheader", name="Clicks")).to_have_attribute("aria-sort", "descending")
    clicks = [int(row[2].replace(",", "")) for row in table(page, "Offers")]
    assert clicks == sorted(clicks, reverse=True) and clicks[0] > clicks[-1]
    page.get_by_role("textbox", name="Find an offer").fill("LOAN")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("search=LOAN"))
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile(r"^\d offers?$"))
    found = int(page.get_by_role("heading", level=2).inner_text().split()[0])
    expect(page.get_by_role("table", name="Offers", exact=True).locator("tbody tr")).to_have_count(found)
    assert all("loan" in row[0].lower() for row in table(page, "Offers"))
    assert dict(parse_qsl(urlsplit(page.url).query)) == {"period": "all", "sort": "-click", "search": "LOAN"}
    page.go_back()
    expect(page.get_by_role("heading", level=2)).not_to_have_text(re.compile(r"^\d offers?$"))


def test_a_figure_leads_to_as_many_rows_of_the_log_as_it_says(go: Visit, dashboard: Dashboard):
    page = go("/offers?period=all&direction=outbound")
    link = page.get_by_role("table", name="Offers", exact=True).locator("tbody tr").first.locator("td").nth(1).get_by_role("link")
    clicks, behind = link.inner_text(), link.get_attribute("href")
    with dashboard.client() as client:
        total = client.get(HISTORY, params=parse_qsl(urlsplit(behind).query)).json()["pagination"]["total"]
    assert clicks == f"{total:,}" != "0"
    link.click()
    expect(page).to_have_url(re.compile("/history"))
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{clicks} interactions")


def test_the_name_opens_the_offer_whose_figures_are_the_api_s(go: Visit, dashboard: Dashboard):
    page = go("/offers?period=all")
    page.get_by_role("link", name="Everyday Cashback Card").press("Enter")
    expect(page).to_have_url(re.compile("offerId=off_002"))
    expect(page.get_by_role("heading", name="Everyday Cashback Card", level=1)).to_be_visible()
    [row] = of_api(dashboard, "offerId=off_002")
    cards = page.get_by_role("list", name="Figures of the offer")
    expect(cards).to_contain_text(f"{row['impression']:,}")
    expect(cards).to_contain_text(percent(row["ctr"]))
    creatives = {cells[0]: cells[1:3] for cells in table(page, "Creatives side by side")}
    assert creatives == {
        creative["name"] or creative["id"] or "No creative": [f"{creative['impression']:,}", f"{creative['click']:,}"]
        for creative in of_api(dashboard, "groupBy=creative&offerId=off_002")
    }
    heat = page.get_by_role("table", name="Clicks by weekday and hour, UTC").locator("td:not(.none)")
    expect(heat).to_have_count(168)
    assert sum(int(text.replace(",", "")) for text in heat.all_inner_texts()) == row["click"]
    assert page.get_by_role("table", name="Newest interactions", exact=True).locator("tbody tr").count() == 10


def test_the_newest_interactions_download_as_they_are_shown_and_as_the_api_tells_them(go: Visit, dashboard: Dashboard):
    page = go("/offers?offerId=off_002&type=click&tz=Asia%2FTokyo&period=all")
    shown = page.get_by_role("table", name="Newest interactions", exact=True).locator("tbody tr")
    taking = page.locator(".st-key-taking_offer-newest")
    with page.expect_download() as download:
        taking.get_by_role("link", name="Download CSV").click()
    file = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"), newline="")))
    assert [row["customerId"] for row in file] == [row.split("\t")[2] for row in shown.all_inner_texts()]
    [address] = copied(page, "taking_offer-newest")
    with dashboard.client() as client:
        assert [record["id"] for record in client.get(address).json()["data"]] == [row["id"] for row in file]
    assert len(file) == 10


def test_the_figures_and_the_hours_of_an_offer_are_a_call_of_the_api_each(go: Visit, dashboard: Dashboard):
    page = go("/offers?offerId=off_002&tz=Asia%2FTokyo&heat=impression")
    [figures], [hours] = copied(page, "taking"), copied(page, "taking_offer-hours")
    with dashboard.client() as client:
        answer, week = client.get(figures).json(), client.get(hours).json()
    assert answer["before"]["whole"]
    cards = page.get_by_role("list", name="Figures of the offer")
    for name in ("impression", "click", "customers"):
        expect(cards).to_contain_text(f"{answer['figures'][name]:,}")
    expect(cards).to_contain_text(percent(answer["figures"]["cvr"]))
    cells = page.get_by_role("table", name="Impressions by weekday and hour, Asia/Tokyo").locator("tbody td").all_inner_texts()
    assert [int(text.replace(",", "") or 0) for text in cells] == [count for day in week["counts"]["impression"] for count in day]


def test_each_line_of_compared_offers_is_a_call_of_the_api(go: Visit, dashboard: Dashboard):
    page = go("/offers?offerId=off_001&offerId=off_003&grain=week&heat=convert&tz=Asia%2FTokyo")
    calls = copied(page, "taking_offers-trend")
    with dashboard.client() as client:
        answers = [client.get(call).json()["buckets"] for call in calls]
    page.get_by_text("These lines as a table").click()
    shown = table(page, "The offers over time")[::-1]
    assert [row[1:] for row in shown] == [
        [f"{sum(bucket['counts'].values()):,}" for bucket in buckets] for buckets in zip(*answers, strict=True)
    ]
    assert any(row[1:] != ["0", "0"] for row in shown)


def test_all_offers_are_a_step_of_their_own_and_back_returns_to_the_offer(go: Visit):
    page = go("/offers?offerId=off_002&channelId=ch_email")
    page.get_by_role("button", name="All offers").click()
    expect(page).to_have_url(re.compile(r"/offers\?channelId=ch_email$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Offers")
    page.go_back()
    expect(page).to_have_url(re.compile("offerId=off_002"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Everyday Cashback Card")


def test_a_period_without_interactions_is_said_and_leads_out(go: Visit):
    page = go("/offers?from=2031-01-01&to=2031-02-01")
    expect(page.get_by_text("No interactions match")).to_be_visible()
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile(r"^None of \d+ offers has interactions$"))
    expect(page.get_by_role("button", name="Download CSV")).to_have_count(0)
    page.get_by_role("button", name="Remove Period").click()
    expect(page).to_have_url(re.compile(r"/offers\?period=all$"))
    expect(page.get_by_role("table", name="Offers", exact=True)).to_be_visible()


def test_offers_stand_next_to_each_other_with_the_api_s_figures(go: Visit, dashboard: Dashboard):
    page = go("/offers?offerId=off_001&offerId=off_003&period=all")
    first, second = sorted(of_api(dashboard, "offerId=off_001&offerId=off_003"), key=lambda row: row["id"])
    shown = {cells[0]: cells[1:] for cells in table(page, "Figures of the offers")}
    assert shown["Impressions"] == [f"{first['impression']:,}", f"{second['impression']:,}"]
    assert shown["CTR"] == [percent(first["ctr"]), percent(second["ctr"])]
    assert shown["Value"] == [f"{first['revenue']:,.2f}", f"{second['revenue']:,.2f}"]


def test_an_unknown_offer_and_one_offer_too_many_are_said(go: Visit):
    page = go("/offers?offerId=off_nowhere")
    expect(page.locator(".st-key-message")).to_contain_text("off_nowhere")
    page.get_by_role("button", name="Show all offers").click()
    expect(page.get_by_role("table", name="Offers", exact=True)).to_be_visible()
    page = go("/offers?" + "&".join(f"offerId=off_00{number}" for number in range(1, 6)))
    expect(page.get_by_role("alert")).to_contain_text("4 times at most")
