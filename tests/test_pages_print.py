"""Each page on paper: its sentence and its date, nothing cut, nothing to press, and on white whatever the theme."""

from __future__ import annotations

import io
from unicodedata import normalize

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser import Visit

pytest_plugins = ["tests.browser_fixtures"]

# Whatever can be pressed and is seen, and whatever lies beyond the paper's edge or is scrolled there; in components' own trees as well.
AMISS = """() => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
    const seen = all(document.querySelector("[data-testid=stMain]")).filter((one) => one.checkVisibility() && one.getBoundingClientRect().width)
    const name = (one) => `${one.tagName} ${one.className?.baseVal ?? one.className} ${one.textContent.slice(0, 40)}`
    const pressed = seen.filter((one) => one.matches("input, select, [role=combobox], button:not(th button), .ih-button"))
    const beyond = seen.filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.matches("td, th, .card, .main-svg, p, h1, h2"))
    const scrolled = seen.filter((one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight + 1)
    return { pressed: pressed.map(name), beyond: beyond.map(name), scrolled: scrolled.map(name) }
}"""
COLOURS = """() => {
    const light = (colour) => { const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number); return .299 * red + .587 * green + .114 * blue }
    const said = [...document.querySelectorAll("[data-testid=stMain] :is(h1, h2, p, td, th, [data-testid=stText] *)")]
    const pale = said.filter((one) => one.checkVisibility() && one.textContent && light(getComputedStyle(one).color) > 150)
    return [getComputedStyle(document.querySelector(".stApp")).backgroundColor, pale.map((one) => one.textContent)]
}"""
WIDTH_OF_PAPER = 703


def printed(page: Page) -> str:
    """The text of the page as a file for paper."""
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)
    # Fonts join letters: the ff of Offers is one glyph.
    return " ".join(normalize("NFKC", text).split())


@pytest.mark.parametrize(("address", "words"), [
    ("/overview", ["All interactions, since 1 June 2026 (UTC)", "Channels"]),
    ("/offers?period=all", ["As of 2026-06-30"]),
    ("/funnels?breakdown=channel", ["reached the last step", "What this counts."]),
    ("/funnels?view=trend", ["reached the last step"]),
    ("/history?type=click", ["Interactions of type click", "Rows 1–25", "Direction"]),
    ("/history?type=click&limit=100", ["Rows 1–100"]),
    ("/customers", ["Customers"]),
])
def test_a_page_on_paper(visit: Visit, address: str, words: list[str]):
    page = visit(address)
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": WIDTH_OF_PAPER, "height": 1000})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(AMISS) == {"pressed": [], "beyond": [], "scrolled": []}
    assert page.evaluate(COLOURS) == ["rgb(255, 255, 255)", []]
    text = printed(page)
    assert [word for word in [*words, "Printed 20", page.locator("h1").inner_text()] if word not in text] == []


def test_every_row_of_a_long_table_is_printed(visit: Visit):
    page = visit("/history?limit=100&columns=time,customer,id")
    ids = page.locator("tbody tr").evaluate_all("rows => rows.map(row => row.dataset.id)")
    assert len(ids) == 100
    text = printed(page)
    assert [one for one in ids if one not in text] == []
