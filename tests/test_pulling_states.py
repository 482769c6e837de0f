"""How a pull stands is said where people and monitors look: `status`, `/readyz` and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from accounts import Role
from data.pulling.platform import PlatformError
from data.pulling.states import PullState, TypeTotal, least_fresh, pull_states
from data.store.status import store_status
from tests.browser import PASSWORD, served, window
from tests.logs import ACME, ZENITH, Log
from tests.platform_double import BROKEN, KEY, Platform, rows_of, serving
from tests.pulling_fixtures import Pulling
from tests.service import Service

pytest_plugins = ["tests.browser_fixtures", "tests.pulling_fixtures"]


def states(pulling: Pulling) -> tuple[PullState, ...]:
    with pulling.store.snapshot() as snapshot:
        assert pull_states(snapshot, ZENITH) == ()
        assert pull_states(snapshot) == pull_states(snapshot, ACME)
        return pull_states(snapshot)


def test_a_pull_stands_where_it_has_come_to(pulling: Pulling) -> None:
    assert states(pulling) == () and "pulls" not in str(store_status(pulling.store))
    pulling.platform.faults = [None, *[BROKEN] * 6]
    with pytest.raises(PlatformError):
        pulling()
    assert states(pulling) == (PullState(pulling.platform.url, ACME, None, None, (), None),)
    assert str(store_status(pulling.store)).splitlines()[-1] == f"  acme    {pulling.platform.url}  not yet to the end  not compared yet"
    began = int(datetime.now(UTC).timestamp() * 1000) - 1
    pulling()
    [state] = states(pulling)
    assert state.pulled and state.compared and began <= state.pulled <= state.compared and state.agrees
    assert state.totals[0] == TypeTotal("click", 33, 33, 0, 0, state.compared)
    assert str(store_status(pulling.store)).splitlines()[-1].endswith("Z  agree")


def test_since_when_totals_agree_and_which_do_not(pulling: Pulling) -> None:
    pulling()
    [before] = states(pulling)
    # A cursor that loses one of two pages of an offer: no walk meets it.
    pulling.platform.literal = True
    pulling.platform.add(*(row | {"id": f"{number:05d}", "interactionType": "dismiss", "timestamp": "2025-01-01T00:00:00.000Z"}
                           for number, row in enumerate(rows_of(12, 1000))))
    pulling.platform.most = 5
    pulling.platform.rows |= {"zz": pulling.platform.rows["00000"] | {"id": "zz", "timestamp": "2024-01-01T00:00:00.000Z"}}
    pulling(lookback_s=60)
    [after] = states(pulling)
    assert [total.type for total in after.differing] == ["dismiss"] and after.agrees is False
    assert {total.type: total.since for total in after.totals if total.since} == {total.type: total.since for total in before.totals}
    assert "differ: dismiss 13 there, 12 here" in str(store_status(pulling.store))


def test_of_several_pulls_the_least_fresh_counts() -> None:
    def state(pulled: int | None, agrees: bool | None) -> PullState:
        return PullState("u", "t", pulled, pulled, (), agrees)

    assert least_fresh([state(5, True), state(3, True)]) == (3, True)
    assert least_fresh([state(5, True), state(None, None)]) == (None, None)
    assert least_fresh([state(5, False), state(3, None)]) == (3, False)


def test_readiness_tells_a_caller_of_its_own_pulls_alone(pulling: Pulling, tmp_path: Path) -> None:
    pulling()
    [state] = states(pulling)
    log = Log(tmp_path / "accounts")
    log.store.close()
    log.store = log.engine = pulling.store
    with Service(log) as service:
        told = service.caller().get("/readyz").json()
        assert datetime.fromisoformat(told["pulled"]).timestamp() * 1000 == state.pulled and told["totalsAgree"] is True
        assert "pulled" not in service.caller(ZENITH).get("/readyz").json()


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform()
    platform.add(*rows_of(60))
    with serving(platform):
        yield platform


def test_the_server_pulls_what_its_file_says_and_the_pages_say_so(chromium: Browser, platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "pulls").write_text(f"--from {platform.url} --key-file {tmp_path / 'key'} --tenant shop --every 1s --a-minute 6000 # a shop\n")
    home = tmp_path / "home"
    home.mkdir()
    with served(home, "shop", IH_PULL=str(tmp_path / "pulls")) as dashboard, closing(window(chromium, dashboard).context) as context:
        dashboard.accounts.users.add("eve@example.com", PASSWORD, "shop", Role.EDITOR)
        [page] = context.pages
        context.add_cookies([
            {"name": "ih_session", "value": dashboard.accounts.sign_in("eve@example.com", PASSWORD, "127.0.0.1"), "url": dashboard.address}])
        page.goto("/history")
        expect(page.get_by_text("Last pulled")).to_contain_text("UTC, the totals agree")
        page.goto("/data")
        expect(page.get_by_role("heading", name="Pulled", exact=True)).to_be_visible()
        table = page.get_by_role("table", name=f"Totals of {platform.url}")
        expect(table.get_by_role("row")).to_have_count(4)
        expect(table.get_by_role("row").nth(1)).to_contain_text("click")
        page.get_by_text("Ours by day").click()
        days = page.get_by_role("table", name="The log's rows of its last 14 days").get_by_role("row")
        expect(days).to_have_count(15)
        expect(days.nth(1)).to_contain_text("2026-03-01")


