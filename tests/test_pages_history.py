from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import EMAIL, PASSWORD, TENANT, Dashboard, Visit, at_rest, choose, choose_zone, copied, drawn

pytest_plugins = ["tests.browser_fixtures"]

API = "/api/v1/interaction-history"
WHOLE = 3000


def asked(page: Page) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(page.url).query)


def total(page: Page) -> str:
    return page.get_by_test_id("stMain").get_by_role("heading", level=2).inner_text()


def cells(page: Page) -> list[list[str]]:
    return page.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.replace(/\\s+/g, ' ').trim()))"
    )


def test_a_link_opened_while_signed_out_shows_its_view_after_signing_in(stranger: Page):
    stranger.goto("/history?type=click&limit=50")
    expect(stranger).to_have_url(re.compile("/login"))
    stranger.get_by_label("E-mail").fill(EMAIL)
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.get_by_role("button", name="Sign in").click()
    drawn(stranger)
    assert asked(stranger) == [("type", "click"), ("limit", "50")]
    assert stranger.locator("tbody tr").count() == 50
    assert {row[1] for row in cells(stranger)} == {"click"}


@pytest.mark.parametrize("words", [
    "", "not.type=impression&not.channelId=ch_email&limit=50", "type=click&type=convert&limit=100",
    "actionId=off_001&from=2026-05-01&to=2026-06-01&limit=7",
])
def test_the_table_shows_the_rows_of_the_api_cell_for_cell(go: Visit, dashboard: Dashboard, words: str):
    page = go(f"/history?{words}&columns=time,type,customer,offer,creative,channel,direction,value,outcome,id")
    with dashboard.client() as client:
        answer = client.get(API, params=parse_qsl(words)).json()
        rows = list(csv.DictReader(io.StringIO(client.get(f"{API}.csv", params=parse_qsl(words)).text, newline="")))
    assert total(page).split()[0] == f"{answer['pagination']['total']:,}"
    assert len(rows) >= len(answer["data"]) > 0
    assert cells(page) == [_expected(record, row) for record, row in zip(answer["data"], rows, strict=False)]


def _expected(record: dict, row: dict[str, str]) -> list[str]:
    money = record["outcome"].get("conversionValue")
    mark = f" {row['offerStatus']}" if row["offerStatus"] not in ("", "active") else ""
    return [
        record["timestamp"][:19].replace("T", " "),
        record["interactionType"],
        record["customerId"],
        (row["offerName"] or row["offerId"]) + mark,
        row["creativeName"] or row["creativeId"],
        row["channelName"] or row["channelId"],
        record["direction"] or "",
        "" if money is None else f"{float(money):,.2f}",
        record["outcomeTypeKey"],
        record["id"],
    ]


def test_choosing_a_filter_narrows_the_rows_and_is_in_the_address(go: Visit, dashboard: Dashboard):
    page = go("/history?cursor=ih_0000002000")
    page.get_by_role("combobox", name="Offer").click()
    page.keyboard.type("cashback")
    page.keyboard.press("Enter")
    # The list stays open for a further choice.
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/history\?offerId=off_002$"))
    drawn(page)
    with dashboard.client() as client:
        count = client.get(API, params={"offerId": "off_002"}).json()["pagination"]["total"]
    assert 0 < count < WHOLE
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{count:,} interactions")
    expect(page.get_by_text("Interactions of offer Everyday Cashback Card")).to_be_visible()
    assert {row[3] for row in cells(page)} == {"Everyday Cashback Card"}


def test_what_is_left_out_is_chosen_in_a_menu_said_and_in_the_address(go: Visit, dashboard: Dashboard):
    page = go("/history?not.direction=inbound&cursor=ih_0000002000")
    page.get_by_role("button", name="Leave out (1)").click()
    choose(page, "Not type", f"impression · {_count(dashboard, type='impression'):,}")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/history\?not.type=impression&not.direction=inbound$"))
    drawn(page)
    count = _count(dashboard, **{"not.type": "impression", "not.direction": "inbound"})
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{count:,} interactions")
    expect(page.get_by_text("Interactions not of type impression, not of direction inbound")).to_be_visible()
    assert "impression" not in {row[1] for row in cells(page)}
    assert {row[6] for row in cells(page)} == {"outbound"}
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(re.compile(r"/history$"))
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{WHOLE:,} interactions")


def _count(dashboard: Dashboard, **asked: str) -> int:
    with dashboard.client() as client:
        return client.get(API, params=asked).json()["pagination"]["total"]


def test_back_and_forward_step_through_the_views(go: Visit):
    page = go("/history?type=click")
    first = cells(page)
    page.get_by_role("button", name="Older").click()
    expect(page.get_by_role("status")).to_have_text("Rows 26–50")
    drawn(page)
    second = cells(page)
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("3,000 interactions")
    page.go_back()
    expect(page.get_by_role("status")).to_have_text("Rows 26–50")
    expect(page.locator("tbody tr").first).to_contain_text(second[0][0])
    drawn(page)
    assert cells(page) == second
    page.go_back()
    expect(page.get_by_role("status")).to_have_text("Rows 1–25")
    expect(page.locator("tbody tr").first).to_contain_text(first[0][0])
    drawn(page)
    assert cells(page) == first
    page.go_forward()
    expect(page.get_by_role("status")).to_have_text("Rows 26–50")


def test_paging_to_the_end_and_back_shows_each_row_once_and_keeps_the_focus(go: Visit):
    page = go("/history?type=click&limit=100&columns=id")
    seen = [row[0] for row in cells(page)]
    older, newer = page.get_by_role("button", name="Older"), page.get_by_role("button", name="Newer")
    expect(newer).to_have_attribute("aria-disabled", "true")
    count = int(total(page).split()[0])
    while len(seen) < count:
        older.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(f"Rows {len(seen) + 1}–")
        drawn(page)
        seen += [row[0] for row in cells(page)]
    assert len(set(seen)) == len(seen) == count
    expect(older).to_have_attribute("aria-disabled", "true")
    expect(older).to_be_focused()
    newer.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"Rows {(count - 1) // 100 * 100 - 99}–")
    page.get_by_role("button", name="Newest").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Rows 1–100")
    expect(page.get_by_role("button", name="Newest")).to_be_focused()


def test_the_download_holds_all_filtered_rows_and_says_how_many_before(go: Visit):
    page = go("/history?type=convert&limit=50&columns=id")
    count = int(total(page).split()[0])
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Download {count} rows as CSV").click()
    content = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename == "interaction-history.csv"
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == count
    assert [row["id"] for row in rows[:50]] == [row[0] for row in cells(page)]
    assert asked(page)[0] == ("type", "convert")


def test_a_record_opens_beside_the_table_has_an_address_of_its_own_and_closes_to_its_row(go: Visit):
    page = go("/history?type=convert")
    row = page.locator("tbody tr").nth(1)
    customer = row.locator("td").nth(2).inner_text()
    row.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text(customer)
    expect(drawer).to_contain_text("conversionValue")
    linked, identity = page.url, dict(asked(page))["record"]
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/history\?type=convert$"))
    expect(row).to_be_focused()
    page.goto(linked)
    expect(drawer).to_contain_text(identity)
    drawn(page)
    drawer.get_by_role("link", name="All of this customer").click()
    expect(page).to_have_url(re.compile(rf"/history\?customerId={customer}$"))
    expect(drawer).to_have_count(0)
    drawn(page)
    assert {row[2] for row in cells(page)} == {customer}


def test_back_after_closing_a_record_leaves_the_view_it_was_opened_from_and_back_while_it_is_open_closes_it(go: Visit):
    go("/history?type=accept")
    page = go("/history?type=convert")
    drawer = page.get_by_role("dialog")
    page.locator("tbody tr").first.press("Enter")
    expect(drawer).to_be_visible()
    expect(page).to_have_url(re.compile("&record="))
    page.go_back()
    expect(page).to_have_url(re.compile(r"/history\?type=convert$"))
    expect(drawer).to_have_count(0)
    drawn(page)
    page.locator("tbody tr").first.press("Enter")
    expect(drawer).to_be_visible()
    at_rest(page)
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/history\?type=convert$"))
    expect(drawer).to_have_count(0)
    drawn(page)
    page.go_back()
    expect(page).to_have_url(re.compile(r"/history\?type=accept$"))
    expect(page.get_by_text("Interactions of type accept")).to_be_visible()
    drawn(page)
    expect(drawer).to_have_count(0)
    assert {row[1] for row in cells(page)} == {"accept"}


def test_a_record_that_came_by_a_link_closes_to_its_view_and_is_no_step_back(visit: Visit):
    page = visit("/history?type=convert")
    page.locator("tbody tr").first.press("Enter")
    expect(page).to_have_url(re.compile("&record="))
    linked = page.url
    page.goto("/overview")
    page.goto(linked)
    expect(page.get_by_role("dialog")).to_be_visible()
    drawn(page)
    page.get_by_role("button", name="Close").click()
    expect(page).to_have_url(re.compile(r"/history\?type=convert$"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    drawn(page)
    page.go_back()
    expect(page).to_have_url(re.compile("/overview$"))


def test_a_record_that_is_not_there_is_said_and_the_page_stays(go: Visit):
    page = go("/history?record=ih_nowhere")
    expect(page.get_by_role("dialog")).to_contain_text("No interaction has the id ih_nowhere")
    assert total(page) == "3,000 interactions"


def test_what_a_link_asks_that_is_not_understood_is_said_and_the_rest_is_shown(go: Visit):
    page = go("/history?type=click&colour=red&limit=many&from=yesterday")
    said = page.get_by_role("alert")
    expect(said).to_contain_text("there is no parameter 'colour'")
    expect(said).to_contain_text("limit must be a whole number from 1, not 'many'")
    expect(said).to_contain_text("'yesterday'")
    assert {row[1] for row in cells(page)} == {"click"}


def test_the_next_change_writes_the_canonical_name_and_drops_what_was_not_understood(go: Visit):
    page = go("/history?actionId=off_001&colour=red&tz=Europe%2FAmsterdam")
    choose(page, "Rows per page", "50 per page")
    expect(page.locator("tbody tr")).to_have_count(50)
    assert sorted(asked(page)) == [("limit", "50"), ("offerId", "off_001"), ("tz", "Europe/Amsterdam")]
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_unknown_value_stays_chosen_and_the_empty_page_names_the_filter_to_remove(go: Visit):
    page = go("/history?type=click&channelId=carrier_pigeon")
    expect(page.get_by_text("carrier_pigeon (unknown)")).to_be_visible()
    expect(page.get_by_text("No interactions match")).to_be_visible()
    hint = page.get_by_text("Without the filter Channel there would be").inner_text()
    page.get_by_role("button", name="Remove Channel").click()
    expect(page).to_have_url(re.compile(r"/history\?type=click$"))
    drawn(page)
    assert hint.removesuffix(".").split()[-1] == total(page).split()[0]


def test_a_named_period_counts_back_from_the_newest_interaction_and_its_own_days_can_be_chosen(go: Visit):
    page = go("/history")
    choose(page, "Period", "Last 7 days")
    expect(page).to_have_url(re.compile(r"/history\?from=2026-06-24$"))
    drawn(page)
    choose(page, "Period", "Custom…")
    expect(page).to_have_url(re.compile(r"/history\?from=2026-06-24&to=2026-07-01$"))
    drawn(page)
    expect(page.get_by_text("24–30 June 2026 (UTC)")).to_be_visible()
    page.reload()
    drawn(page)
    expect(page.get_by_text("Last day (included)")).to_be_visible()


def test_the_last_days_stay_that_when_only_the_zone_is_changed_and_are_counted_in_it(go: Visit):
    page = go("/history")
    choose(page, "Period", "Last 7 days")
    expect(page).to_have_url(re.compile(r"/history\?from=2026-06-24$"))
    drawn(page)
    choose_zone(page, "Auckland")
    # The newest interaction is of the evening of 30 June in UTC.
    expect(page).to_have_url(re.compile(r"/history\?from=2026-06-25&tz=Pacific%2FAuckland$"))
    drawn(page)
    expect(page.get_by_role("combobox", name="Period")).to_have_value("Last 7 days")
    expect(page.get_by_text("All interactions, since 25 June 2026 (Pacific/Auckland)")).to_be_visible()


def test_times_are_on_the_clocks_of_the_chosen_zone_which_is_named_and_files_stay_utc(go: Visit, dashboard: Dashboard):
    page = go("/history?type=click&limit=7")
    choose_zone(page, "Kathmandu")
    expect(page).to_have_url(re.compile(r"/history\?tz=Asia%2FKathmandu&type=click&limit=7$"))
    drawn(page)
    with dashboard.client() as client:
        answer = client.get(API, params={"type": "click", "limit": 7, "tz": "Asia/Kathmandu"}).json()["data"]
    moments = [datetime.fromisoformat(record["timestamp"]) for record in answer]
    local = [(moment + timedelta(hours=5, minutes=45)).strftime("%Y-%m-%d %H:%M:%S") for moment in moments]
    assert [row[0] for row in cells(page)] == local
    expect(page.locator("th").first).to_have_text("Time (Asia/Kathmandu)")
    expect(page.get_by_text(re.compile(r"^As of .* Asia/Kathmandu, the newest interaction in the log$"))).to_be_visible()
    page.locator("tbody tr").first.press("Enter")
    drawer = page.get_by_role("dialog")
    milliseconds = answer[0]["timestamp"][19:-1]
    expect(drawer).to_contain_text(f"Time{local[0]}{milliseconds} Asia/Kathmandu")
    expect(drawer).to_contain_text(f"Time in UTC{answer[0]['timestamp'][:-1].replace('T', ' ')} UTC")
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("record="))
    drawn(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("rows as CSV$")).click()
    file = csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"), newline=""))
    assert [row["timestamp"] for row in file][:7] == [record["timestamp"] for record in answer]


def test_clearing_the_filters_keeps_the_zone(go: Visit):
    page = go("/history?type=click&tz=Asia%2FKathmandu")
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(re.compile(r"/history\?tz=Asia%2FKathmandu$"))


def test_columns_can_be_chosen_and_a_link_shows_the_same(go: Visit):
    page = go("/history?type=click")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="Creative").click()
    expect(page.locator("th", has_text="Creative")).to_have_count(0)
    page.reload()
    drawn(page)
    assert page.locator("th").all_inner_texts() == ["Time (UTC)", "Type", "Customer", "Offer", "Channel", "Direction", "Value"]


def test_the_curl_command_asks_for_exactly_what_is_shown(go: Visit, dashboard: Dashboard):
    page = go("/history?type=click&limit=50&columns=id")
    page.get_by_role("button", name="Older").click()
    expect(page.get_by_role("status")).to_have_text("Rows 51–100")
    drawn(page)
    [address] = copied(page, "taking")
    assert address.startswith(f"{dashboard.address}{API}?type=click&limit=50&cursor=")
    with dashboard.client() as client:
        assert [[record["id"]] for record in client.get(address).json()["data"]] == cells(page)


def test_a_load_while_the_page_is_open_leaves_its_filters_whole(go: Visit, dashboard: Dashboard, tmp_path: Path):
    page = go("/history?offerId=off_003&type=click")
    before = int(total(page).split()[0])
    file = tmp_path / "more.ndjson"
    file.write_text('{"id":"late","customerId":"C","offerId":"off_003","interactionType":"click","timestamp":"2026-06-30T00:00:00Z"}\n')
    dashboard.run("data", "load", str(file), "--tenant", TENANT)
    choose(page, "Rows per page", "100 per page")
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{before + 1} interactions")
    page.get_by_role("combobox", name="Direction").click()
    page.get_by_role("option", name=re.compile("^inbound")).click()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("offerId=off_003&type=click&direction=inbound&limit=100"))


def test_nothing_is_wider_than_a_telephone_and_the_filters_fold_away(visit: Visit):
    page = visit("/history?type=click")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("combobox", name="Offer")).to_be_hidden()
    assert page.evaluate("[document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth]") == [390, 390]
    page.get_by_text("Filters (1)").click()
    expect(page.get_by_role("combobox", name="Offer")).to_be_visible()
