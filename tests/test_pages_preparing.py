"""The first funnel of a server that is still compiling what counts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import EMAIL, PASSWORD, TENANT, Dashboard, drawn, run, served, window

pytest_plugins = ["tests.browser_fixtures"]

PREPARING = "Preparing the funnel: a few seconds, only after a restart"


@pytest.fixture
def cold(tmp_path: Path) -> Iterator[Dashboard]:
    """The product with four customers, each with an impression and a click; funnels are ready once the folder has a file `ready`."""
    rows, home = tmp_path / "rows.ndjson", tmp_path / "state"
    rows.write_text("".join(
        f'{{"id":"{name}{n}","customerId":"C{n}","offerId":"o","interactionType":"{name}","timestamp":"2026-06-30T10:0{minute}:00Z"}}\n'
        for n in range(4) for minute, name in enumerate(("impression", "click"))
    ))
    run(home, "data", "load", str(rows), "--tenant", TENANT)
    with served(home, TENANT, ["tests/held_server.py"], HELD_UNTIL=str(home / "ready")) as dashboard:
        yield dashboard


def test_the_first_funnel_says_that_it_is_prepared_while_other_pages_answer(chromium: Browser, cold: Dashboard) -> None:
    page = window(chromium, cold)
    page.context.add_cookies([{"name": "ih_session", "value": cold.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1"), "url": cold.address}])
    page.goto("/funnels?step=impression&step=click")
    expect(page.get_by_text(PREPARING)).to_be_visible()
    expect(page.get_by_role("table", name="Steps")).to_have_count(0)
    other = page.context.new_page()
    other.goto("/history")
    drawn(other)
    expect(other.get_by_role("heading", level=2)).to_have_text("8 interactions")
    expect(page.get_by_text(PREPARING)).to_be_visible()
    (cold.home / "ready").touch()
    expect(page.get_by_role("table", name="Steps")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("heading", name=re.compile("of 4 customer–offer pairs reached the last step$"))).to_be_visible()
    expect(page.get_by_text(PREPARING)).to_have_count(0)
    page.reload()
    drawn(page)
    expect(page.get_by_role("table", name="Steps")).to_be_visible()
    page.context.close()
