"""Pictures and forms on a telephone: nothing that is written in them is cut off or lies across."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Dashboard, Visit, at_rest
from tests.data_page import drop, own_names

pytest_plugins = ["tests.browser_fixtures", "tests.data_page"]

# The hover's own layer is empty until someone points at a mark.
WRITTEN = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap((plot) => {
    const edge = plot.querySelector(".main-svg").getBoundingClientRect()
    const legend = plot.querySelector(".legend")?.getBoundingClientRect()
    return [...plot.querySelectorAll("text")].filter((text) => text.textContent && text.checkVisibility()).map((text) => {
        const box = text.getBoundingClientRect()
        const inside = box.left >= edge.left - 1 && box.right <= edge.right + 1 && box.top >= edge.top - 1 && box.bottom <= edge.bottom + 1
        const slanted = /rotate\\((?!-?90|0)/.test(text.getAttribute("transform") ?? "")
        const covered = legend && !text.closest(".legend") && box.bottom > legend.top + 1 && box.top < legend.bottom - 1
        return [text.textContent, inside && !slanted && !covered]
    })
})"""


@pytest.fixture(scope="module")
def busiest(dashboard: Dashboard) -> str:
    with dashboard.client() as client:
        rows = client.get("/api/v1/interaction-summary", params={"groupBy": "customer", "limit": 1}).json()["summary"]
    return rows[0]["id"]


@pytest.mark.parametrize("address", [
    "/overview", "/overview?period=all&grain=month", "/offers?offerId=off_002&period=all", "/offers?offerId=off_002&offerId=off_003",
    "/funnels?breakdown=offer", "/funnels?breakdown=channel&window=none", "/funnels?view=trend", "/funnels?view=times",
    "/funnels?view=before&from=2026-06-01&to=2026-06-20", "/customers?customerId={busiest}",
])
def test_all_that_is_written_in_a_picture_can_be_read(visit: Visit, busiest: str, address: str):
    page = visit("/customers")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address.format(busiest=busiest))
    expect(page.locator(".js-plotly-plot .main-svg text").first).to_be_attached(timeout=60_000)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.wait_for_function("[...document.querySelectorAll('.js-plotly-plot .main-svg')].every(one => one.getBoundingClientRect().width <= 390)")
    written = page.evaluate(WRITTEN)
    assert len(written) > 5
    assert [text for text, readable in written if not readable] == []


def test_the_lines_between_rows_pass_under_the_column_that_stays_in_sight(visit: Visit):
    page = visit("/offers?period=all")
    page.set_viewport_size({"width": 390, "height": 844})
    heights = page.locator(".ih-figures tbody tr").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert len(heights) > 20
    assert [height for height in heights if height != round(height)] == []


# Tables may be wider than the screen: they scroll within themselves.
BEYOND = """() => [document.scrollingElement.scrollWidth > innerWidth ? "the page" : null,
    ...[...document.querySelectorAll("[data-testid=stMain] :is(h1, h2, label, button, input, [data-testid=stText], [data-testid=stMarkdown])")]
        .filter((one) => one.checkVisibility() && !one.closest(".ih-figures"))
        .filter((one) => { const box = one.getBoundingClientRect(); return box.width && (box.left < 0 || box.right > innerWidth + 1) })
        .map((one) => one.textContent || one.ariaLabel || one.tagName)].filter(Boolean)"""


def test_nothing_of_the_page_that_takes_files_lies_beyond_the_screen(admin: Page, tmp_path: Path):
    admin.set_viewport_size({"width": 390, "height": 844})
    admin.goto("/data")
    expect(admin.get_by_text("You see its rows as they will be stored")).to_be_visible()
    assert admin.evaluate(BEYOND) == []
    drop(admin, own_names(tmp_path))
    expect(admin.get_by_role("button", name="Load 27 rows")).to_be_visible()
    expect(admin.get_by_role("combobox", name="impression · 20 rows")).to_be_visible()
    at_rest(admin)
    assert admin.evaluate(BEYOND) == []
    # Menus that stand beside each other begin at one height.
    tops = admin.locator(".st-key-mapping").get_by_role("combobox").evaluate_all(
        "menus => menus.map(menu => Math.round(menu.getBoundingClientRect().top))")
    assert len(tops) == 15, tops
    assert all(tops.count(top) <= 2 for top in tops) and len({*tops}) == 8
    admin.get_by_role("button", name="Load 27 rows").click()
    expect(admin.get_by_text("27 rows loaded")).to_be_visible()
    expect(admin.get_by_role("button", name="Undo a load")).to_be_visible()
    assert admin.evaluate(BEYOND) == []
