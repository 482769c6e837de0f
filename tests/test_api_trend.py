"""The figures over time over HTTP: the contract, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from tests.figures_logs import SAMPLE, load_sample
from tests.figures_sql import counts_by_bucket_and_type, figures_by_bucket
from tests.logs import ZENITH, Log, interaction
from tests.service import PREFIX, Service
from tests.test_api_errors import error_of

TREND = f"{PREFIX}/interaction-trend"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Log(tmp_path_factory.mktemp("trend")) as log, Service(log) as service:
        load_sample(log)
        log.load(
            interaction("1", "2026-03-27T22:59:59.999Z", interactionType="impression", outcome={"conversionValue": "0.1"}),
            interaction("2", "2026-03-27T23:00:00Z", outcome={"conversionValue": 0.2}),
            interaction("3", "2026-03-27T23:00:00Z", outcome={"conversionValue": 0.1}),
            interaction("4", "2026-03-30T21:59:59.999Z", customerId="CUST002"),
            interaction("secret", "2030-01-01T00:00:00Z", tenantId=ZENITH),
        )
        yield service


@pytest.fixture(scope="module")
def caller(service: Service) -> TestClient:
    return service.caller()


def answer(caller: TestClient, query: str = "") -> dict:
    response = caller.get(TREND + query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def test_days_of_a_zone_are_there_with_their_zeros_across_the_change_of_clocks(caller: TestClient) -> None:
    found = answer(caller, "?tz=Europe/Amsterdam")
    assert list(found) == ["grain", "askedGrain", "tz", "futureRows", "buckets"]
    assert found == {"grain": "day", "askedGrain": "day", "tz": "Europe/Amsterdam", "futureRows": 0, "buckets": [
        {"start": "2026-03-26T23:00:00.000Z", "date": "2026-03-27", "partial": True,
         "counts": {"impression": 1, "click": 0}, "customers": 1, "revenue": 0.1, "revenueTooLarge": False},
        {"start": "2026-03-27T23:00:00.000Z", "date": "2026-03-28", "partial": False,
         "counts": {"impression": 0, "click": 2}, "customers": 1, "revenue": 0.3, "revenueTooLarge": False},
        {"start": "2026-03-28T23:00:00.000Z", "date": "2026-03-29", "partial": False,
         "counts": {"impression": 0, "click": 0}, "customers": 0, "revenue": 0.0, "revenueTooLarge": False},
        {"start": "2026-03-29T22:00:00.000Z", "date": "2026-03-30", "partial": False,
         "counts": {"impression": 0, "click": 1}, "customers": 1, "revenue": 0.0, "revenueTooLarge": False},
    ]}


@pytest.mark.parametrize(("query", "starts"), [
    ("?grain=week", ["2026-03-23T00:00:00.000Z", "2026-03-30T00:00:00.000Z"]),
    ("?grain=month", ["2026-03-01T00:00:00.000Z"]),
    ("?grain=year", ["2026-01-01T00:00:00.000Z"]),
    ("?grain=day&from=2026-03-26&to=2026-03-28", ["2026-03-26T00:00:00.000Z", "2026-03-27T00:00:00.000Z"]),
    ("?from=2026-03-28&to=2026-03-30&type=convert", ["2026-03-28T00:00:00.000Z", "2026-03-29T00:00:00.000Z"]),
])
def test_every_bucket_of_the_period_is_there(caller: TestClient, query: str, starts: list[str]) -> None:
    assert [bucket["start"] for bucket in answer(caller, query)["buckets"]] == starts


@pytest.mark.parametrize("grain", ["day", "week", "month", "year"])
@pytest.mark.parametrize("filters", [[], [("type", "click"), ("type", "impression"), ("direction", "outbound")]], ids=str)
def test_the_sample_has_the_buckets_that_sql_over_its_raw_rows_says(service: Service, grain: str, filters: list[tuple[str, str]]) -> None:
    zone = "America/New_York"
    figures = figures_by_bucket(service.log.store, SAMPLE, grain, zone, filters)
    counts = counts_by_bucket_and_type(service.log.store, SAMPLE, grain, zone, filters)
    response = service.caller(SAMPLE).get(TREND, params=[("grain", grain), ("tz", zone), *filters])
    buckets = response.json()["buckets"]
    dates = [datetime.fromisoformat(bucket["start"]).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d") for bucket in buckets]
    assert set(figures) <= set(dates)
    for date, bucket in zip(dates, buckets, strict=True):
        row = figures.get(date, {"customers": 0, "revenue": 0.0})
        assert (bucket["customers"], bucket["revenue"]) == (row["customers"], row["revenue"])
        assert bucket["counts"] == {type: counts.get((date, type), 0) for type in {type for _, type in counts}}


@pytest.mark.parametrize(("query", "named"), [
    ("grain=hour", "grain must be one of day, week, month, year, not 'hour'"),
    ("tz=Mars", "tz must be an IANA time zone"),
    ("groupBy=offer", "there is no parameter 'groupBy'"),
])
def test_what_is_not_understood_is_refused_by_name(caller: TestClient, query: str, named: str) -> None:
    assert named in error_of(caller.get(f"{TREND}?{query}"), 400, "BAD_REQUEST")


def test_a_period_of_too_many_days_is_counted_by_longer_buckets_and_says_so(caller: TestClient) -> None:
    found = answer(caller, "?from=1970-01-01")
    assert (found["grain"], found["askedGrain"], len(found["buckets"])) == ("week", "day", 2936)
    assert [bucket["date"] for bucket in (found["buckets"][0], found["buckets"][-1])] == ["1969-12-29", "2026-03-30"]
    found = answer(caller, "?from=0001-01-01&grain=week")
    assert (found["grain"], found["askedGrain"], len(found["buckets"])) == ("year", "week", 2026)


def test_an_empty_log_has_no_buckets(service: Service) -> None:
    assert answer(service.caller("nobody"))["buckets"] == []
    error_of(service.stranger().get(TREND), 401, "UNAUTHORIZED")
