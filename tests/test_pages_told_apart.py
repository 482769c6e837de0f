"""What looks alike and is not, as people see it in a browser: a log of types of its own, and customers whose ids differ in what nobody sees."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import EMAIL, PASSWORD, TENANT, Visit, drawn, run, served, step_to, window

pytest_plugins = ["tests.browser_fixtures"]

TYPES = ("product_viewed", "add_to_cart", "checkout_started", "purchase", "view", "open")
ALIKE = {"c7": "c7", "c7 ": "c7⟨space⟩", " c7": "⟨space⟩c7", "c7\u00a0": "c7⟨no-break space⟩", "c\u200b7": "c⟨U+200B⟩7"}


@pytest.fixture(scope="module")
def go(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """Leads an open page to an address of a small shop: each customer did each thing once on each of two days."""
    home = tmp_path_factory.mktemp("shop")
    rows = [
        {"id": f"{day}-{customer}-{name}", "customerId": customer, "interactionType": name, "offerId": "o1",
         "timestamp": f"2026-03-0{day}T{10 + hour}:00:00Z"}
        for day in (2, 3) for customer in ALIKE for hour, name in enumerate(TYPES)
    ]
    file = home / "rows.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run(home / "state", "data", "load", str(file), "--tenant", TENANT)
    with served(home / "state", TENANT) as shop:
        page = window(chromium, shop)
        page.context.add_cookies([{"name": "ih_session", "value": shop.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1"), "url": shop.address}])

        page.goto("/overview")
        # To read the script that draws pictures takes a slow machine long.
        expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=120_000)

        def gone(address: str) -> Page:
            step_to(page, address)
            drawn(page)
            return page

        yield gone
        page.context.close()


def test_ids_that_look_alike_are_shown_apart_and_each_leads_to_its_own(go: Visit):
    page = go("/history?type=open&from=2026-03-03")
    table = page.get_by_role("table", name="Interactions")
    assert {*table.locator("tbody td:nth-child(3)").all_inner_texts()} == {*ALIKE.values()}
    table.get_by_role("cell", name="c7⟨space⟩", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("c7⟨space⟩", exact=True)).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("3-c7 -open", exact=True)).to_be_visible()
    page = go("/history?customerId=c7%20")
    expect(page.get_by_role("heading", level=2)).to_have_text("12 interactions")
    expect(page.get_by_text("Interactions of customer c7⟨space⟩")).to_be_visible()
    # The chip of the filter, and its button.
    expect(page.get_by_role("button", name="Remove c7⟨space⟩")).to_be_visible()


def test_each_type_has_the_marker_and_the_colour_of_its_line_in_tables_too(go: Visit):
    page = go("/history?customerId=c7")
    pills = page.locator("td.ih-type span")
    drawn_as = {pill.inner_text(): pill.locator("polygon").evaluate("shape => [shape.getAttribute('points'), shape.getAttribute('stroke')]")
                for pill in pills.all()}
    assert sorted(drawn_as) == sorted(TYPES)
    assert len({points for points, _ in drawn_as.values()}) == len(TYPES)
    page = go("/overview?from=2026-03-02&to=2026-03-04")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    colours = page.evaluate("Object.fromEntries(document.querySelector('.js-plotly-plot').data.map(line => [line.name, line.line.color]))")
    assert colours == {name: colour for name, (_, colour) in drawn_as.items()}


def test_one_week_has_its_monday_on_the_axis_small_counts_whole_numbers_and_a_cut_week_says_so(go: Visit):
    page = go("/overview?from=2026-03-02&to=2026-03-09&grain=week&customerId=c7")
    chart = page.locator(".js-plotly-plot").first
    expect(chart.locator(".xtick text")).to_have_text(["2 Mar2026"])
    expect(chart.locator(".ytick text")).to_have_text(["0", "1", "2"])
    expect(page.get_by_text("Shaded, for only a part of it counts: 2026-03-02, 2 of 7 days.")).to_be_visible()


def test_a_bar_of_a_sixth_is_a_sixth_of_its_cell(go: Visit):
    page = go("/customers?customerId=c7")
    bars = page.get_by_role("table", name="Interactions by type").locator(".ih-bar")
    shares = bars.evaluate_all("bars => bars.map(bar => bar.firstChild.getBoundingClientRect().width / bar.getBoundingClientRect().width)")
    assert shares == [pytest.approx(1 / 6, abs=0.01)] * 6


def test_a_step_without_a_type_says_that_it_is_not_counted_and_has_no_number(go: Visit):
    page = go("/funnels?step=product_viewed&step=&step=purchase&unit=customer")
    numbers = page.locator("[class*=st-key-funnel_step_] [data-testid=stMarkdown]")
    expect(numbers).to_have_text(["1", "–", "2"])
    expect(page.get_by_placeholder("Not counted: no type chosen").or_(page.get_by_text("Not counted: no type chosen"))).to_be_visible()
    expect(page.get_by_role("link", name="2 purchase")).to_be_visible()


def test_in_any_order_no_table_of_the_funnel_names_a_step(go: Visit):
    page = go("/funnels?step=product_viewed&step=purchase&order=any&unit=customer&reached=2&view=before&from=2026-03-03")
    for name in ("Steps", "Units", "Now and before"):
        words = page.get_by_role("table", name=name).inner_text()
        assert "Did 2 of 2" in words
        assert not [name for name in TYPES if name in words]
