from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Dashboard, Visit, choose, copied, drawn

pytest_plugins = ["tests.browser_fixtures"]

API = "/api/v1"


def asked(page: Page) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(page.url).query)


def values(page: Page) -> dict[str, str]:
    cards = page.get_by_role("list", name="Figures of the period").locator(".card")
    expect(cards.first).to_be_visible(timeout=20_000)
    return dict(cards.evaluate_all(
        "cards => cards.map(card => [card.querySelector('.label').innerText, card.querySelector('.value').innerText])"
    ))


def cells(page: Page, table: str) -> list[list[str]]:
    rows = page.get_by_role("table", name=table).locator("tbody tr")
    expect(rows.first).to_be_visible()
    return rows.evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.firstElementChild?.innerText ?? ''))"
    )


def test_the_address_without_a_path_opens_the_overview_of_the_last_thirty_days(visit: Visit):
    page = visit("/")
    assert urlsplit(page.url).path == "/overview"
    expect(page.get_by_text("since 1 June 2026 (UTC)")).to_be_visible()
    expect(page.get_by_text("Compared with the preceding period of the same length")).to_be_visible()


@pytest.mark.parametrize("words", ["period=all", "from=2026-06-01&to=2026-06-20&channelId=ch_email&tz=Asia%2FTokyo", "type=click&period=all"])
def test_the_figures_are_those_of_the_api(go: Visit, dashboard: Dashboard, words: str):
    page = go(f"/overview?{words}")
    parameters = [pair for pair in parse_qsl(words) if pair != ("period", "all")]
    with dashboard.client() as client:
        rows = client.get(f"{API}/interaction-summary", params=[("groupBy", "direction"), *parameters]).json()["summary"]
        customers = client.get(f"{API}/interaction-summary", params=[("groupBy", "customer"), *parameters]).json()["total"]
    whole = {name: sum(row[name] for row in rows) for name in ("impression", "click", "accept", "convert", "dismiss", "positive", "revenue")}
    shown = values(page)
    assert whole["click"] > 0
    assert {label: shown[label] for label in ("Impressions", "Clicks", "Accepts", "Conversions", "Dismissals", "Customers", "Value")} == {
        "Impressions": f"{whole['impression']:,}", "Clicks": f"{whole['click']:,}", "Accepts": f"{whole['accept']:,}",
        "Conversions": f"{whole['convert']:,}", "Dismissals": f"{whole['dismiss']:,}", "Customers": f"{customers:,}",
        "Value": f"{whole['revenue']:,.2f}",
    }
    if whole["impression"]:
        assert float(shown["CTR"][:-1]) == pytest.approx(100 * whole["click"] / whole["impression"], abs=0.0051)
        assert float(shown["Positive response rate"][:-1]) == pytest.approx(100 * whole["positive"] / whole["impression"], abs=0.0051)
    else:
        assert shown["CTR"] == "–"


def test_the_trends_table_has_each_day_of_the_api_in_the_chosen_time_zone(go: Visit, dashboard: Dashboard):
    words = "from=2026-06-01&to=2026-06-15&tz=Asia%2FTokyo&offerId=off_003"
    page = go(f"/overview?{words}")
    page.get_by_text("These lines as a table").click()
    table = page.get_by_role("table", name="Interactions by type over time")
    expect(table).to_be_visible()
    with dashboard.client() as client:
        buckets = client.get(f"{API}/interaction-trend", params=parse_qsl(words)).json()["buckets"]
    types = table.locator("thead th").all_inner_texts()[1:-2]
    assert cells(page, "Interactions by type over time") == [
        [f"2026-06-{14 - place:02d}", *(f"{bucket['counts'][name]:,}" for name in types), f"{bucket['customers']:,}", f"{bucket['revenue']:,.2f}"]
        for place, bucket in enumerate(reversed(buckets))
    ]
    assert sorted(types) == sorted(buckets[0]["counts"])
    assert any(not any(bucket["counts"].values()) for bucket in buckets)


@pytest.mark.parametrize("words", ["", "from=2026-06-01&to=2026-06-20&channelId=ch_email&tz=Asia%2FTokyo", "period=all"])
def test_the_cards_are_a_call_of_the_api_with_their_change(go: Visit, dashboard: Dashboard, words: str):
    page = go(f"/overview?{words}")
    [call] = copied(page, "taking")
    with dashboard.client() as client:
        answer = client.get(call).json()
    now, before, shown = answer["figures"], answer["before"], values(page)
    assert (shown["Impressions"], shown["Customers"], shown["CTR"]) == (f"{now['impression']:,}", f"{now['customers']:,}", f"{now['ctr']:.2f}%")
    card = page.get_by_role("listitem").filter(has_text=re.compile("^Impressions"))
    if before is None:
        expect(card).not_to_contain_text("before")
    else:
        expect(card).to_contain_text(f"{before['figures']['impression']:,} before")


def test_what_is_unusual_is_a_call_of_the_api(go: Visit, dashboard: Dashboard):
    page = go("/overview?tz=Asia%2FTokyo")
    [call] = copied(page, "taking_interaction-unusual")
    with dashboard.client() as client:
        told = client.get(call).json()
    assert (told["tz"], told["checked"]) == ("Asia/Tokyo", True)
    shown = page.get_by_role("list", name="What is unusual").get_by_role("listitem").all_inner_texts()
    assert [text.strip() for text in shown] == [change["sentence"] for change in told["unusual"]]


def test_a_card_is_coloured_only_with_an_arrow_and_a_verdict(go: Visit):
    page = go("/overview")
    cards = page.locator(".kpis .card")
    expect(cards.first).to_be_visible()
    for card in cards.all():
        change, text = card.locator(".change").inner_text(), card.inner_text()
        tone = card.locator(".change").get_attribute("class").split()[1]
        assert (change[0] in "▲▼") == ("clearly higher" in text or "clearly lower" in text)
        assert tone == "quiet" or change[0] in "▲▼"
    assert "of impressions" in cards.filter(has_text="Accepts").inner_text()


def test_a_figure_leads_to_the_rows_that_it_counts(go: Visit):
    page = go("/overview?from=2026-06-01&channelId=ch_email")
    count = values(page)["Conversions"]
    page.get_by_role("listitem").filter(has_text="Conversions").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/history\?channelId=ch_email&outcome=conver"))
    drawn(page)
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{count} interactions")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/overview\?from=2026-06-01&channelId=ch_email$"))
    assert values(page)["Conversions"] == count


def test_the_offers_that_are_named_best_and_weakest_have_the_apis_figures(go: Visit, dashboard: Dashboard):
    page = go("/overview?period=all&rate=cvr")
    with dashboard.client() as client:
        rows = {row["name"]: row for row in client.get(f"{API}/interaction-summary", params={"limit": 500}).json()["summary"]}
    best, weakest = cells(page, "Best offers by Conversion rate"), cells(page, "Weakest offers by Conversion rate")
    for name, impressions, conversions, rate, *_ in (*best, *weakest):
        assert (impressions, conversions, rate) == (f"{rows[name]['impression']:,}", f"{rows[name]['convert']:,}", f"{rows[name]['cvr']:.2f}%")
    judged = sorted((row["cvr"] for row in rows.values() if row["impression"] >= 100 and row["id"]), reverse=True)
    assert [float(row[3][:-1]) for row in best] == judged[:len(best)]
    assert [float(row[3][:-1]) for row in weakest] == judged[::-1][:len(weakest)]


def test_the_channels_are_those_of_the_api_and_download_as_they_are(go: Visit, dashboard: Dashboard):
    page = go("/overview?period=all")
    with dashboard.client() as client:
        rows = client.get(f"{API}/interaction-summary", params={"groupBy": "channel"}).json()["summary"]
    assert [row[:3] for row in cells(page, "Channels")] == [
        [row["name"] or "No channel", f"{row['impression']:,}", f"{row['click']:,}"] for row in rows
    ]
    with page.expect_download() as download:
        page.locator(".st-key-taking_channels").get_by_role("link", name="Download CSV").click()
    file = list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["id"] or None, int(row["impression"]), float(row["revenue"])) for row in file] == [
        (row["id"], row["impression"], row["revenue"]) for row in rows
    ]


def test_the_whole_log_and_the_usual_period_are_both_a_choice_and_an_address(go: Visit):
    page = go("/overview?type=click")
    choose(page, "Period", "All time")
    expect(page).to_have_url(re.compile("period=all"))
    expect(page.get_by_text("nothing before this period")).to_be_visible()
    choose(page, "Period", "Last 30 days")
    expect(page).to_have_url(re.compile(r"/overview\?type=click$"))


def test_the_widgets_of_the_next_page_say_what_its_own_address_says(go: Visit):
    page = go("/overview?channelId=ch_email&period=all")
    page.get_by_role("navigation").get_by_role("link", name="Offers").click()
    expect(page).to_have_url(re.compile("/offers$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Offers")
    expect(page.get_by_role("combobox", name="Period")).to_have_value("Last 30 days")
    page = go("/overview")
    expect(page.get_by_role("combobox", name="Period")).to_have_value("Last 30 days")
    page.get_by_role("navigation").get_by_role("link", name="Offers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Offers")
    expect(page.get_by_role("combobox", name="Period")).to_have_value("Last 30 days")


def test_the_grain_and_the_time_zone_are_in_the_address(go: Visit):
    page = go("/overview")
    page.get_by_role("radio", name="Weeks").click()
    expect(page).to_have_url(re.compile(r"/overview\?grain=week$"))
    drawn(page)
    page.get_by_role("combobox", name="Time zone").click()
    page.keyboard.type("Amsterdam")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("tz=Europe"))
    drawn(page)
    assert sorted(asked(page)) == [("grain", "week"), ("tz", "Europe/Amsterdam")]


def test_an_empty_overview_names_the_filter_to_remove(go: Visit):
    page = go("/overview?period=all&type=click&channelId=carrier_pigeon")
    expect(page.get_by_text("No interactions match")).to_be_visible()
    page.get_by_role("button", name="Remove Channel").click()
    expect(page).to_have_url(re.compile(r"/overview\?type=click&period=all$"))
    assert int(values(page)["Clicks"].replace(",", "")) > 0


def test_what_a_link_asks_that_is_not_understood_is_said(go: Visit):
    page = go("/overview?grain=second&colour=red")
    expect(page.get_by_role("alert")).to_contain_text("there is no parameter 'colour'")
    expect(page.get_by_role("alert")).to_contain_text("'second'")


def test_the_chart_says_in_words_what_it_shows(go: Visit):
    page = go("/overview?period=all")
    expect(page.get_by_role("figure", name=re.compile("Lines of interactions a day by type"))).to_be_attached()


def test_nothing_is_wider_than_a_telephone(visit: Visit):
    page = visit("/customers")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/overview?period=all")
    drawn(page)
    assert page.evaluate("[document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth]") == [390, 390]


@pytest.mark.parametrize(("asked", "cleared"), [
    ("/overview?type=click", "/overview"),
    ("/overview?type=click&period=all&grain=week", "/overview?period=all&grain=week"),
    ("/overview?from=2026-06-01&type=click", "/overview?from=2026-06-01"),
])
def test_clearing_the_filters_leaves_the_period_as_the_address_has_it(go: Visit, asked: str, cleared: str):
    page = go(asked)
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(re.compile(re.escape(cleared) + "$"))
