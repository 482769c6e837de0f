"""A row of a far year, or of a far past, changes nothing that goes by the log's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.logs import ACME, Log, Row, interaction
from tests.service import PREFIX, Service

FUTURE = interaction("future", "2199-12-31T00:00:00Z")
PAST = interaction("past", "1970-01-01T00:00:00Z")
FUNNEL = "funnel?step=impression&step=convert&from=2026-03-18&to=2026-03-22&window=7d&grain=day"


def daily() -> list[Row]:
    """Three impressions of new customers a day, 1 January to 21 March 2026, and one of them converts."""
    rows = []
    for day in range(80):
        stamp = (date(2026, 1, 1) + timedelta(days=day)).isoformat()
        for customer in range(3):
            who = {"customerId": f"c{day} {customer}", "offerId": "o"}
            rows.append(interaction(f"i{day} {customer}", f"{stamp}T09:00:00Z", interactionType="impression", **who))
        rows.append(interaction(f"v{day}", f"{stamp}T09:05:00Z", interactionType="convert", customerId=f"c{day} 0", offerId="o"))
    return rows


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The tenant acme has the daily rows, `future` and `past` each a row more."""
    with Log(tmp_path_factory.mktemp("clock")) as log, Service(log) as service:
        for tenant, further in ((ACME, []), ("future", [FUTURE]), ("past", [PAST])):
            log.load(*(row | {"tenantId": tenant} for row in [*daily(), *further]))
        yield service


def answer(service: Service, tenant: str, query: str) -> dict[str, Any]:
    response = service.caller(tenant).get(f"{PREFIX}/{query}")
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("query", [
    FUNNEL, f"{FUNNEL}&unit=customer", f"{FUNNEL}&breakdown=offer", "interaction-summary?days=30",
    "interaction-summary?days=1&groupBy=type&tz=Asia/Tokyo",
    "interaction-comparison?from=2026-03-01&to=2026-03-22", "interaction-trend?from=2026-01-05&to=2026-03-22&grain=week",
    "interaction-hours?to=2026-04-01",
])
def test_a_row_of_the_future_changes_no_answer_but_its_own_count(service: Service, query: str) -> None:
    without, with_one = (answer(service, tenant, query) for tenant in (ACME, "future"))
    assert (without.pop("futureRows", 0), with_one.pop("futureRows", 1)) == (0, 1)
    if "newestRow" in without:
        assert (without.pop("newestRow"), with_one.pop("newestRow")) == ("2026-03-21T09:05:00.000Z", "2199-12-31T00:00:00.000Z")
    assert without == with_one


def test_whose_time_has_not_run_out_is_told_by_the_clock(service: Service) -> None:
    found = answer(service, "future", FUNNEL)
    assert (found["clock"], found["immature"]) == ("2026-03-21T09:05:00.000Z", 8)
    assert [(bucket["date"], bucket["waiting"], bucket["immature"], bucket["partial"]) for bucket in found["trend"]] == [
        ("2026-03-18", 2, True, False), ("2026-03-19", 2, True, False), ("2026-03-20", 2, True, False), ("2026-03-21", 2, True, True),
    ]


def test_the_last_days_end_at_the_clock_and_all_time_holds_every_row(service: Service) -> None:
    found = answer(service, "future", "interaction-summary?days=30")
    assert (found["from"], found["to"], found["summary"][0]["total"]) == ("2026-02-20T00:00:00.000Z", "2026-03-21T09:05:00.001Z", 120)
    assert sum(row["total"] for row in answer(service, "future", "interaction-summary")["summary"]) == 321


def test_the_server_says_the_clock_beside_its_newest_row(service: Service) -> None:
    found = answer(service, "future", "../../readyz")
    assert (found["newestRow"], found["clock"]) == ("2199-12-31T00:00:00.000Z", "2026-03-21T09:05:00.000Z")


@pytest.mark.parametrize(("tenant", "query", "grain", "pieces", "first"), [
    # From 1 January 1970, a Thursday, to 21 March 2026 there are 20,534 days.
    ("past", "interaction-trend?grain=day", "week", 2934, "1969-12-29"),
    ("past", "interaction-trend?grain=month", "month", 675, "1970-01-01"),
    ("future", "interaction-trend", "week", 9080, "2025-12-29"),
    ("future", "interaction-trend?grain=year", "year", 174, "2026-01-01"),
])
def test_all_time_is_counted_by_the_finest_grain_that_fits(
    service: Service, tenant: str, query: str, grain: str, pieces: int, first: str,
) -> None:
    found = answer(service, tenant, query)
    asked = query.rpartition("grain=")[2] if "grain=" in query else "day"
    assert (found["grain"], found["askedGrain"], len(found["buckets"]), found["buckets"][0]["date"]) == (grain, asked, pieces, first)
    assert sum(sum(bucket["counts"].values()) for bucket in found["buckets"]) == 321


def test_a_funnels_trend_is_counted_by_the_finest_grain_that_fits(service: Service) -> None:
    found = answer(service, "past", "funnel?step=click|impression&step=convert&grain=day")
    assert (found["query"]["grain"], found["query"]["askedGrain"], len(found["trend"])) == ("week", "day", 2934)
    assert sum(bucket["units"][0] for bucket in found["trend"]) == 240
    assert [(bucket["date"], bucket["partial"]) for bucket in (found["trend"][0], found["trend"][-1])] == [
        ("1969-12-29", True), ("2026-03-16", True),
    ]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("query", [
    "interaction-summary?", "interaction-summary?days=30", "interaction-comparison?", "interaction-hours?",
    *(f"interaction-trend?grain={grain}" for grain in ("day", "week", "month", "year")),
    *(f"funnel?step=impression&step=convert&grain={grain}" for grain in ("day", "week", "month", "year")),
    "funnel?step=click&step=convert&breakdown=offer", "interaction-history?",
    *(f"{path}&from=9999-12-31T00:00:00Z" for path in ("interaction-trend?grain=week", "funnel?grain=day&step=impression&step=convert")),
])
def test_rows_at_both_ends_of_the_calendar_are_answered(tmp_path: Path, query: str, zone: str) -> None:
    with Log(tmp_path) as log, Service(log) as service:
        log.load(
            interaction("1", "0001-01-01T00:00:00.000Z"), interaction("2", "2026-03-01T10:00:00Z", interactionType="impression"),
            interaction("3", "9999-12-31T23:59:59.999Z", interactionType="convert"),
        )
        assert answer(service, ACME, f"{query}&tz={zone}")
