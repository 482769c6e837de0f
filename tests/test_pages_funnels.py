from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import Dashboard, Visit, choose, copied, drawn, step_to

pytest_plugins = ["tests.browser_fixtures"]

API = "/api/v1/funnel"
FOUR = "step=impression&step=click&step=accept&step=convert"


def asked(page: Page) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(page.url).query, keep_blank_values=True)


def steps(page: Page) -> Locator:
    return page.get_by_role("table", name="Steps")


def cells(table: Locator) -> list[list[str]]:
    expect(table.locator("tbody tr").first).to_be_visible()
    return table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.replace(/\\s+/g, ' ').trim()))"
    )


def answer(dashboard: Dashboard, words: str) -> dict:
    with dashboard.client() as client:
        return client.get(API, params=parse_qsl(words)).json()


@pytest.mark.parametrize("words", ["", f"{FOUR}&window=30d&unit=customer", "order=any&window=none", "channelId=ch_email&from=2026-05-01"])
def test_the_table_shows_the_steps_of_the_api(go: Visit, dashboard: Dashboard, words: str):
    page = go(f"/funnels?{words}")
    found = answer(dashboard, words)
    shown = cells(steps(page))
    assert [row[1] for row in shown[::2]] == [f"{step['units']:,}" for step in found["steps"]]
    assert [row[2].split()[0] for row in shown[::2]] == [f"{100 * step['rateFromFirst']:.1f}%" for step in found["steps"]]
    expect(page.get_by_text(found["definition"])).to_be_visible()


def test_a_row_leads_to_as_many_units_as_it_says_and_a_unit_to_its_rows(go: Visit, dashboard: Dashboard):
    page = go("/funnels")
    count = cells(steps(page))[2][1]
    steps(page).get_by_role("link", name="2 click").click()
    expect(page).to_have_url(re.compile(r"/funnels\?reached=2$"))
    expect(page.get_by_role("heading", name=f"{count} customer–offer pairs reached step 2 (click)")).to_be_visible()
    first = cells(page.get_by_role("table", name="Units"))[0]
    with dashboard.client() as client:
        units = client.get(f"{API}/units", params={"reached": 2}).json()
    assert f"{units['pagination']['total']:,}" == count
    assert first[0] == units["data"][0]["customerId"]
    page.get_by_role("table", name="Units").get_by_role("link", name=first[0]).click()
    expect(page).to_have_url(re.compile(rf"/history\?customerId={first[0]}&offerId={units['data'][0]['offerId']}$"))
    drawn(page)
    assert int(page.get_by_role("heading", level=2).inner_text().split()[0]) >= units["data"][0]["level"]


def test_the_focus_stays_on_the_step_whose_units_are_listed_and_returns_to_it_when_the_list_is_closed(go: Visit):
    page = go("/funnels")
    link = steps(page).get_by_role("link", name="2 click")
    steps(page).get_by_role("link", name="1 impression").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/funnels\?reached=2$"))
    expect(steps(page)).to_contain_text("listed below")
    expect(link).to_be_focused()
    drawn(page)
    page.get_by_role("button", name="Close").press("Enter")
    expect(page.locator(".st-key-units")).to_have_count(0)
    expect(link).to_be_focused()


@pytest.mark.parametrize(("trace", "words", "row"), [(0, "reached=2", 2), (1, "droppedAfter=1", 1)])
def test_a_bar_of_the_picture_leads_to_as_many_units_as_its_row_says(go: Visit, trace: int, words: str, row: int):
    page = go("/funnels")
    count = cells(steps(page))[row][1]
    # The layer that plotly lays over its bars takes the click for them.
    page.locator(f".st-key-funnel_picture .trace.bars >> nth={trace}").locator(".point path").nth(1 - trace).click(force=True)
    expect(page).to_have_url(re.compile(rf"/funnels\?{words}$"))
    expect(page.locator(".st-key-units").get_by_role("heading", level=2)).to_contain_text(f"{count} customer–offer pairs")
    page.get_by_role("button", name="Close").click()
    expect(page).to_have_url(re.compile(r"/funnels$"))
    expect(page.locator(".st-key-units")).to_have_count(0)


def test_the_units_are_walked_page_by_page_each_once_and_all_of_them_are_in_the_file(go: Visit):
    page = go(f"/funnels?{FOUR}&reached=3")
    table = page.get_by_role("table", name="Units")
    count = int(page.locator(".st-key-units").get_by_role("heading", level=2).inner_text().split()[0])
    first = cells(table)
    seen = list(first)
    assert count > len(seen)
    while len(seen) < count:
        last = seen[-1]
        page.get_by_role("button", name="Older").press("Enter")
        expect(table.locator("tbody")).not_to_contain_text(last[2])
        drawn(page)
        seen += cells(table)
    assert len({tuple(row) for row in seen}) == len(seen) == count
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"), newline="")))
    assert [row["customerId"] for row in rows] == [row[0] for row in seen]
    page.get_by_role("button", name="Newest").press("Enter")
    expect(table.locator("tbody")).to_contain_text(first[0][2])
    drawn(page)
    assert cells(table) == first


def test_a_step_can_be_added_chosen_moved_and_removed_and_back_undoes_it(go: Visit):
    page = go("/funnels?step=impression&step=click")
    page.get_by_role("button", name="Add a step").click()
    expect(page.get_by_role("combobox", name="Step 3")).to_be_visible()
    assert asked(page) == [("step", "impression"), ("step", "click"), ("step", "")]
    assert len(cells(steps(page))) == 3
    page.get_by_role("combobox", name="Step 3").click()
    page.keyboard.type("accept")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(steps(page).locator("tbody tr")).to_have_count(5)
    page.get_by_role("button", name="Move up step 3").click()
    expect(steps(page).get_by_role("link", name="2 accept")).to_be_visible()
    drawn(page)
    assert asked(page) == [("step", "impression"), ("step", "accept"), ("step", "click")]
    page.get_by_role("button", name="Remove step 1").click()
    expect(steps(page).get_by_role("link", name="1 accept")).to_be_visible()
    page.go_back()
    expect(steps(page).get_by_role("link", name="3 click")).to_be_visible()
    page.go_forward()
    expect(steps(page).get_by_role("link", name="2 click")).to_be_visible()
    expect(page.get_by_role("button", name="Remove step 1")).to_be_disabled()


def test_with_too_few_types_the_page_asks_for_them_instead_of_answering(go: Visit):
    page = go("/funnels?step=impression&step=click")
    page.get_by_role("button", name="Remove click").first.click()
    expect(page.get_by_text("A funnel needs at least two steps, each with a type")).to_be_visible()
    expect(page.get_by_text("Not everything in this link was understood")).to_have_count(0)
    expect(steps(page)).to_have_count(0)


def test_a_preset_is_the_whole_of_the_steps_and_shows_that_it_is_chosen(go: Visit, dashboard: Dashboard):
    page = go("/funnels?window=30d&exclude=dismiss")
    page.get_by_role("button", name="What follows a dismissal").or_(page.get_by_role("radio", name="What follows a dismissal")).click()
    expect(steps(page).get_by_role("link", name="1 dismiss")).to_be_visible()
    drawn(page)
    words = [(name, value) for name, value in asked(page)]
    assert words[0] == ("step", "dismiss")
    assert words[-1] == ("window", "30d")
    assert "exclude" not in dict(words)


def test_after_a_question_without_an_answer_the_looks_say_what_the_next_address_says(go: Visit):
    step_to(go("/funnels"), "/funnels?step=impression&step=")
    page = go("/funnels?breakdown=offer&target=3")
    expect(page.get_by_role("combobox", name="By", exact=True)).to_have_value("Offer")
    expect(page.get_by_role("combobox", name="Up to step")).to_have_value(re.compile("^3 "))
    page = go("/funnels?breakdown=offer&view=times")
    page.get_by_role("radio", name="By value").click()
    expect(page.get_by_role("combobox", name="By", exact=True)).to_have_value("Offer")


def test_a_rule_is_in_the_address_in_the_words_of_the_api_and_leaves_with_its_default(go: Visit):
    page = go("/funnels")
    choose(page, "Within", "30 days")
    expect(page).to_have_url(re.compile(r"/funnels\?window=30d$"))
    drawn(page)
    choose(page, "Counts each", "Customer")
    expect(page).to_have_url(re.compile(r"/funnels\?window=30d&unit=customer$"))
    drawn(page)
    choose(page, "Within", "7 days")
    expect(page).to_have_url(re.compile(r"/funnels\?unit=customer$"))


def test_a_window_can_be_typed(go: Visit, dashboard: Dashboard):
    page = go("/funnels")
    page.get_by_role("combobox", name="Within").click()
    page.keyboard.type("90s")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/funnels\?window=90s$"))
    drawn(page)
    assert cells(steps(page))[2][1] == f"{answer(dashboard, 'window=90s')['steps'][1]['units']:,}"


def test_what_a_link_asks_that_is_not_understood_is_said_and_the_rest_is_shown(go: Visit, dashboard: Dashboard):
    page = go("/funnels?window=soon&type=click&reached=7&unit=customer")
    said = page.get_by_role("alert")
    expect(said).to_contain_text("'soon'")
    expect(said).to_contain_text("type is not a filter of a funnel")
    expect(said).to_contain_text("reached must be a step, from 1 to 3, not '7'")
    assert cells(steps(page))[0][1] == f"{answer(dashboard, 'unit=customer')['steps'][0]['units']:,}"
    expect(page.locator(".st-key-units")).to_have_count(0)


def test_the_values_of_a_breakdown_sum_to_the_steps(go: Visit, dashboard: Dashboard):
    page = go("/funnels?breakdown=offer")
    rows = cells(page.get_by_role("table", name="Funnel by offer"))
    totals = [sum(int(row[column].replace(",", "")) for row in rows) for column in (3, 4, 5)]
    assert totals == [step["units"] for step in answer(dashboard, "")["steps"]]


def test_a_breakdown_with_one_value_says_that_there_is_nothing_to_compare(go: Visit):
    page = go("/funnels?channelId=ch_email")
    table = page.get_by_role("table", name="Funnel by channel")
    expect(table).to_contain_text("nothing to compare with")
    expect(page.get_by_text("There is only one, and nothing to compare it with.")).to_be_visible()
    expect(page.get_by_text("too few to say")).to_have_count(0)


def test_in_any_order_the_sentences_speak_of_the_steps_that_were_done(go: Visit):
    page = go("/funnels?order=any&window=none")
    expect(page.get_by_role("heading", name=re.compile("pairs did all 3 steps$"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^\d+ did 3 of 3 steps · 95% interval"))).to_be_visible()
    expect(page.get_by_text("reached Did")).to_have_count(0)


def test_the_looks_are_in_the_address_with_the_words_of_the_api(go: Visit, dashboard: Dashboard):
    page = go("/funnels")
    page.get_by_role("radio", name="Over time").or_(page.get_by_role("button", name="Over time")).click()
    expect(page).to_have_url(re.compile(r"/funnels\?view=trend$"))
    drawn(page)
    choose(page, "Entries", "By month")
    expect(page.get_by_role("table", name="Funnel by month")).to_be_visible()
    drawn(page)
    assert dict(asked(page)) == {"view": "trend", "grain": "month"}
    rows = cells(page.get_by_role("table", name="Funnel by month"))
    assert [int(row[2].replace(",", "")) for row in rows] == [bucket["units"][0] for bucket in answer(dashboard, "grain=month")["trend"]]
    page.get_by_role("radio", name="Time to convert").or_(page.get_by_role("button", name="Time to convert")).click()
    rows = page.get_by_role("table", name="Times").locator("tbody tr")
    expect(rows.first).to_be_visible()
    drawn(page)
    units = [int(row[1].replace(",", "")) for row in cells(page.get_by_role("table", name="Times"))]
    assert sum(units) == answer(dashboard, "")["steps"][2]["units"]


def test_a_period_with_a_beginning_is_compared_at_once_and_the_whole_log_asks_for_one(go: Visit):
    page = go("/funnels?view=before")
    expect(page.get_by_text("The log has nothing before this period to compare with.")).to_be_visible()
    page.get_by_role("button", name="Choose the last 30 days").click()
    expect(page.get_by_role("table", name="Now and before")).to_be_visible()
    drawn(page)
    assert asked(page) == [("view", "before"), ("from", "2026-06-01")]
    expect(page.get_by_role("combobox", name="Period")).to_have_value("Last 30 days")
    expect(page.get_by_text("Entries since 1 June 2026 (UTC), against the preceding period of the same length, 2–31 May 2026")).to_be_visible()


def test_now_and_before_are_a_call_of_the_api_each(go: Visit, dashboard: Dashboard):
    page = go("/funnels?view=before&from=2026-06-24&channelId=ch_email&breakdown=offer")
    calls = copied(page, "funnel_controls")
    with dashboard.client() as client:
        now, before = (client.get(call).json() for call in calls)
    shown = cells(page.get_by_role("table", name="Now and before"))
    assert [row[1:3] for row in shown] == [
        [f"{one['units']:,}", f"{other['units']:,}"] for one, other in zip(now["steps"], before["steps"], strict=True)
    ]
    assert before["query"]["from"] == "2026-06-17T00:00:00.000Z"
    # The week before is seen for as long as the one that is still going on.
    assert now["query"]["asOf"] is None
    assert datetime.fromisoformat(before["query"]["asOf"]) == datetime.fromisoformat(now["newestRow"]) - timedelta(days=7)
    expect(page.get_by_text(re.compile("Both are seen for the same time, .* from the beginning of their period"))).to_be_visible()


def test_a_funnel_as_of_a_time_says_so_keeps_it_and_leads_back(go: Visit):
    page = go("/funnels?asOf=2026-06-20T12:00:00Z")
    said = page.get_by_text("As it stood on 20 June 2026 12:00 (UTC): later rows do not count.")
    expect(said).to_be_visible()
    page.get_by_text("Time to convert", exact=True).click()
    expect(page).to_have_url(re.compile("view=times"))
    assert ("asOf", "2026-06-20T12:00:00.000Z") in asked(page)
    page.get_by_role("button", name="Count them").click()
    expect(said).to_have_count(0)
    assert asked(page) == [("view", "times")]


@pytest.mark.parametrize(("words", "part", "label"), [
    ("breakdown=creative&window=30d", "breakdown", "Funnel by creative"), ("view=trend&grain=month&unit=customer", "trend", "Funnel by month"),
])
def test_what_a_look_shows_is_a_call_of_the_api(go: Visit, dashboard: Dashboard, words: str, part: str, label: str):
    page = go(f"/funnels?{words}")
    [call] = copied(page, "funnel_controls")
    with dashboard.client() as client:
        rows = client.get(call).json()[part]
    counts = [row["steps" if part == "breakdown" else "units"] for row in rows]
    assert [row[-3:] for row in cells(page.get_by_role("table", name=label))] == [[f"{count:,}" for count in row] for row in counts]


def test_the_units_of_a_page_are_a_call_of_the_api(go: Visit, dashboard: Dashboard):
    page = go(f"/funnels?{FOUR}&droppedAfter=2&breakdown=offer")
    table = page.get_by_role("table", name="Units")
    first = cells(table)[0][2]
    page.get_by_role("button", name="Older").press("Enter")
    expect(table.locator("tbody")).not_to_contain_text(first)
    drawn(page)
    [call] = copied(page, "taking_units")
    with dashboard.client() as client:
        answer = client.get(call).json()
    assert [unit["customerId"] for unit in answer["data"]] == [row[0] for row in cells(table)]
    expect(page.locator(".st-key-units").get_by_role("heading", level=2)).to_contain_text(f"{answer['pagination']['total']:,} customer")


def test_the_steps_can_be_taken_as_a_file(go: Visit, dashboard: Dashboard):
    page = go(f"/funnels?{FOUR}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download steps as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"), newline="")))
    assert download.value.suggested_filename == "funnel-steps.csv"
    assert [int(row["units"]) for row in rows] == [step["units"] for step in answer(dashboard, FOUR)["steps"]]


def test_a_funnel_that_nobody_enters_says_so_and_leads_out(go: Visit):
    page = go("/funnels?customerId=nobody")
    expect(page.get_by_role("heading", name="Nobody entered this funnel")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(re.compile(r"/funnels$"))
    expect(steps(page)).to_be_visible()


def test_the_picture_has_its_numbers_in_words(go: Visit):
    page = go("/funnels")
    expect(page.get_by_role("figure", name=re.compile(r"^Funnel of 3 steps\. 1 impression: "))).to_be_attached()
