"""The product over a log in ClickHouse: the same pages and answers by one setting, and what it says where it only reads."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from accounts import Role
from data.commands import main
from tests.browser import EMAIL, PASSWORD, ROOT, TENANT, Dashboard, drawn, run, served, window
from tests.logs import Log
from tests.service import PREFIX, Service

pytest_plugins = ["tests.browser_fixtures"]

TEXT = (ROOT / "docs" / "scale-out.md").read_text(encoding="utf-8")
COMMANDS = [line for line in TEXT.splitlines() if line.startswith(".venv/bin/python -m data")]

ASKED = (
    "interaction-history?limit=7&type=click", "interaction-history.csv?direction=outbound", "interaction-summary?groupBy=offer",
    "interaction-trend?grain=week&tz=Europe/Amsterdam", "funnel?breakdown=channel&grain=week", "interaction-outcomes",
)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The product over a copy of the store that its state folder still holds."""
    home = tmp_path_factory.mktemp("elsewhere")
    run(home, "data", "sample", "--interactions", "3000", "--seed", "2", "--tenant", TENANT)
    address = f"chdb://{home}/clickhouse"
    for command in COMMANDS:
        # The way that the document shows, to a database that is here.
        run(home, *shlex.split(command.removeprefix(".venv/bin/python -m ").replace("clickhouse+https://owner@db.example.com/history", address)))
    with served(home, TENANT, IH_STORE=address) as dashboard:
        yield dashboard


def test_the_api_answers_as_over_the_embedded_store(elsewhere: Dashboard) -> None:
    with Log(elsewhere.home) as log, Service(log) as embedded, elsewhere.client() as client:
        caller = embedded.caller(TENANT)
        for asked in ASKED:
            answer, expected = client.get(f"{PREFIX}/{asked}"), caller.get(f"{PREFIX}/{asked}")
            assert (answer.status_code, answer.content) == (200, expected.content), asked


def test_what_would_be_written_is_refused_with_the_way_that_rows_come_there(elsewhere: Dashboard) -> None:
    key = elsewhere.accounts.keys.add("writer", TENANT, Role.ADMIN)
    with elsewhere.client() as client:
        for method, path, body in (
            ("POST", "interactions", '{"id": "1", "customerId": "c", "interactionType": "click", "timestamp": "2026-03-15T14:30:00Z"}'),
            ("PUT", "interaction-outcomes/odd", '{"countsAs": "click"}'), ("GET", "loads", None),
        ):
            kind = "application/x-ndjson" if method == "POST" else "application/json"
            answer = client.request(method, f"{PREFIX}/{path}", content=body, headers={"Authorization": f"Bearer {key}", "Content-Type": kind})
            assert answer.status_code == 409, answer.text
            assert "python -m data copy --to ADDRESS" in answer.json()["error"]["message"]


def test_a_person_reads_its_pages(elsewhere: Dashboard, chromium: Browser) -> None:
    page = window(chromium, elsewhere)
    token = elsewhere.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
    page.context.add_cookies([{"name": "ih_session", "value": token, "url": elsewhere.address}])
    page.goto("/history?type=click")
    drawn(page)
    with elsewhere.client() as client:
        total = client.get(f"{PREFIX}/interaction-history?type=click").json()["pagination"]["total"]
    expect(page.get_by_text(f"{total:,} interactions").first).to_be_visible()
    page.goto("/funnels")
    drawn(page)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    page.context.close()


def test_a_command_that_loads_is_refused_while_the_log_is_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path))
    monkeypatch.setenv("IH_STORE", "clickhouse+https://reader@db.example.com/history")
    assert main(["sample", "--interactions", "10"]) == 1
    assert capsys.readouterr().err == ("IH_STORE is set, and what it names is only read. Unset it for this command, and bring the rows there: "
                                       "python -m data copy --to ADDRESS\n")
    assert not (tmp_path / "history.duckdb").exists()
