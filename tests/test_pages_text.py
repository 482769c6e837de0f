"""Names of the log and words of the address, shown in a real browser: whatever they hold, they are text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts import Role
from tests.browser import PASSWORD, Dashboard, drawn, window
from tests.logs import interaction

pytest_plugins = ["tests.browser_fixtures"]

HOSTILE = "https://evil.example/x?a=1 www.evil.example ada@evil.example mailto:ada@evil.example <https://evil.example> " \
          ":material/home: :streamlit: :smile: :red[x] $x^2$ **b** <b>b</b> [a](https://evil.example) -> -- # `c`"
CUSTOMER = "https://evil.example/customer"
TYPE = "https://evil.example/type"
EMAIL = "mallory@evil.example"


@pytest.fixture(scope="module")
def reader(dashboard: Dashboard, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The browser of someone whose log has names that would be links, icons and formulas."""
    offers = [{"id": f"https://evil.example/{place}", "name": f"{HOSTILE} {place}", "status": "www.evil.example"} for place in range(2)]
    rows = [
        interaction(f"i{place}", tenantId=TENANT, customerId=CUSTOMER, interactionType=("impression", TYPE)[place % 2], offerId=offer["id"],
                    offer=offer, timestamp=f"2026-03-15T14:{place:02}:00.000Z",
                    creativeId=HOSTILE, creative={"id": HOSTILE, "name": HOSTILE, "channel": {"id": "www.evil.example", "name": HOSTILE}})
        for place in range(40) for offer in [offers[place // 20]]
    ]
    file: Path = tmp_path_factory.mktemp("hostile") / "log.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dashboard.run("data", "load", str(file), "--tenant", TENANT)
    dashboard.accounts.users.add(EMAIL, PASSWORD, TENANT, Role.EDITOR)
    page = window(chromium, dashboard)
    page.context.add_cookies([{"name": "ih_session", "value": dashboard.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1"), "url": dashboard.address}])
    yield page
    page.context.close()


TENANT = "www.evil.example"
OFFER = quote("https://evil.example/0", safe="")
FUNNEL = f"step=impression&step={quote(TYPE, safe='')}&from=2026-03-01&to=2026-04-01"


@pytest.mark.parametrize(("address", "said"), [
    (f"/offers?offerId={OFFER}&from=2026-03-01", f"{HOSTILE} 0"),
    (f"/offers?offerId={OFFER}&offerId=www.evil.example", "no offer has the id 'www.evil.example'"),
    (f"/offers?search={quote(HOSTILE + '!', safe='')}", f"“{HOSTILE}!”"),
    (f"/customers?customerId={quote(CUSTOMER, safe='')}", f"Customer {CUSTOMER}"),
    (f"/customers?customerId={quote('https://evil.example/' + HOSTILE, safe='')}", f"https://evil.example/{HOSTILE}"),
    (f"/funnels?{FUNNEL}&reached=2&view=times", f"reached step 2 ({TYPE})"),
    (f"/history?www.evil.example={quote(HOSTILE, safe='')}", "there is no parameter 'www.evil.example'"),
    ("/www.evil.example%20ada@evil.example%20:smile:", "There is no page /www.evil.example ada@evil.example :smile:"),
    ("/data", EMAIL),
])
def test_nothing_of_the_log_or_the_address_becomes_a_link_or_markup(reader: Page, address: str, said: str) -> None:
    reader.goto(address)
    drawn(reader)
    app = reader.get_by_test_id("stApp")
    expect(app.get_by_text(said).first).to_be_visible()
    assert app.locator("a[href*='://evil'], a[href*='//www.evil'], a[href^='mailto:']").count() == 0
    texts = app.locator("[data-testid=stMarkdownContainer], [data-testid=stHeading], [data-testid=stCaptionContainer]")
    assert texts.locator(".katex, img, b, code, a").count() == 0
    assert app.get_by_role("img", name="home icon").count() == 0
