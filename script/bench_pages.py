"""How soon a page shows what another filter asks for, in a real browser over a large log, and whether it blanks meanwhile."""

from __future__ import annotations

import statistics

from playwright.sync_api import Page

from script.bench_log import TENANT, made_store, options_with_home
from tests.browser import EMAIL, PASSWORD, Dashboard, drawn, running_chromium, served, window

REPEATS = 20
# From the click on an option to the first frame with other figures, and to the last; and the fewest rows in any frame until then.
WATCH = """() => {
    const rows = () => [...document.querySelectorAll("tbody tr")]
    const text = () => [document.querySelector("h2"), ...rows()].map(shown => shown?.innerText).join("\\n")
    const before = text()
    const watched = { fewest: rows().length, first: null, last: null }
    const started = performance.now()
    const look = () => {
        const rests = document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning"
        watched.fewest = Math.min(watched.fewest, rows().length)
        if (watched.first === null && text() !== before) watched.first = performance.now() - started
        if (watched.first !== null && rests) watched.last = performance.now() - started
        else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
    window.watched = watched
}"""


def main() -> None:
    options = options_with_home(__doc__)
    made_store(options.home, options.rows)
    with served(options.home, TENANT) as dashboard, running_chromium() as chromium:
        page = window(chromium, dashboard)
        token = dashboard.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
        page.context.add_cookies([{"name": "ih_session", "value": token, "url": dashboard.address}])
        for path in ("/history", "/overview", "/offers", "/funnels"):
            _measure(page, dashboard, path)


def _measure(page: Page, dashboard: Dashboard, path: str) -> None:
    page.goto(dashboard.address + path)
    drawn(page)
    page.wait_for_timeout(3000)
    page.get_by_role("combobox", name="Creative").click()
    names = [text.split(" · ")[0] for text in page.get_by_role("option").all_inner_texts()[:5]]
    page.keyboard.press("Escape")
    chosen: set[str] = set()
    seen = []
    for number in range(1, REPEATS + 1):
        # Counting in Gray's code makes each change one of a single value, and each combination a new one.
        name = names[(number & -number).bit_length() - 1]
        clicked = page.get_by_role("button", name=f"Remove {name}", exact=True)
        if name not in chosen:
            page.get_by_role("combobox", name="Creative").click()
            clicked = page.get_by_role("option").filter(has_text=f"{name} ·").first
            clicked.wait_for()
        chosen ^= {name}
        page.evaluate(WATCH)
        clicked.click()
        page.wait_for_function("window.watched.last !== null", timeout=60_000)
        seen.append(page.evaluate("window.watched"))
        page.keyboard.press("Escape")
        page.wait_for_timeout(500)
    first, last = ([watched[name] for watched in seen] for name in ("first", "last"))
    print(f"{path:<10} first new figures {statistics.median(first):>5.0f} ms (worst {max(first):.0f}), "
          f"all {statistics.median(last):>5.0f} ms (worst {max(last):.0f}), "
          f"never fewer than {min(watched['fewest'] for watched in seen)} rows on the screen", flush=True)


if __name__ == "__main__":
    main()
