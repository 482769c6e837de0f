"""The figures of a period and of the one before over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.figures_logs import SAMPLE, load_sample
from tests.figures_sql import FIGURES, whole_figures
from tests.logs import ZENITH, Log, interaction
from tests.service import PREFIX, Service
from tests.test_api_errors import error_of

COMPARISON = f"{PREFIX}/interaction-comparison"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Log(tmp_path_factory.mktemp("comparison")) as log, Service(log) as service:
        load_sample(log)
        log.load(
            interaction("1", "2026-03-14T09:00:00Z", interactionType="impression"),
            interaction("2", "2026-03-15T09:00:00Z", interactionType="impression", customerId="CUST002"),
            interaction("3", "2026-03-15T09:00:01Z", customerId="CUST002", outcome={"conversionValue": 2.5}),
            interaction("secret", "2026-03-15T09:00:02Z", tenantId=ZENITH),
        )
        yield service


@pytest.fixture(scope="module")
def caller(service: Service) -> TestClient:
    return service.caller()


def answer(caller: TestClient, query: str = "") -> dict:
    response = caller.get(COMPARISON + query)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_day_stands_beside_the_day_before(caller: TestClient) -> None:
    none = dict.fromkeys(FIGURES, 0) | {"revenue": 0.0, "revenueTooLarge": False}
    assert answer(caller, "?from=2026-03-15&to=2026-03-16") == {
        "from": "2026-03-15T00:00:00.000Z",
        "to": "2026-03-16T00:00:00.000Z",
        "figures": none | {
            "impression": 1, "click": 1, "total": 2, "customers": 1, "positive": 1, "neutral": 1, "revenue": 2.5, "ctr": 100.0,
            "cvr": 0.0, "acceptanceRate": 1.0,
        },
        "before": {
            "from": "2026-03-14T00:00:00.000Z",
            "to": "2026-03-15T00:00:00.000Z",
            "whole": False,
            "figures": none | {"impression": 1, "total": 1, "customers": 1, "neutral": 1, "ctr": 0.0, "cvr": 0.0, "acceptanceRate": 0.0},
        },
        "futureRows": 0,
    }


def test_of_the_whole_log_there_is_nothing_before(caller: TestClient) -> None:
    found = answer(caller)
    assert (found["from"], found["to"], found["before"]) == ("2026-03-14T09:00:00.000Z", "2026-03-15T09:00:01.001Z", None)
    assert (found["figures"]["total"], found["figures"]["customers"]) == (3, 2)


def test_the_sample_has_the_figures_that_sql_over_its_raw_rows_says(service: Service) -> None:
    for filters in ([], [("type", "click"), ("type", "impression")]):
        found = service.caller(SAMPLE).get(COMPARISON, params=[("from", "2026-03-01"), ("to", "2026-03-15"), *filters]).json()
        now = whole_figures(service.log.store, SAMPLE, [*filters, ("from", "2026-03-01T00:00:00Z"), ("to", "2026-03-15T00:00:00Z")])
        before = whole_figures(service.log.store, SAMPLE, [*filters, ("from", "2026-02-15T00:00:00Z"), ("to", "2026-03-01T00:00:00Z")])
        assert list(found["figures"]) == [*FIGURES, "revenueTooLarge"]
        assert found["figures"] == {name: now[name] for name in FIGURES} | {"revenueTooLarge": False}
        assert found["before"]["figures"] == {name: before[name] for name in FIGURES} | {"revenueTooLarge": False}
        assert found["before"]["whole"]


def test_an_empty_log_has_no_period(service: Service) -> None:
    found = answer(service.caller("nobody"))
    assert (found["from"], found["to"], found["before"], found["figures"]["total"], found["figures"]["ctr"]) == (None, None, None, 0, None)


def test_what_is_not_understood_is_refused_by_name(caller: TestClient, service: Service) -> None:
    assert "there is no parameter 'groupBy'" in error_of(caller.get(f"{COMPARISON}?groupBy=offer"), 400, "BAD_REQUEST")
    error_of(service.stranger().get(COMPARISON), 401, "UNAUTHORIZED")
