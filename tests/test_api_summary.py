"""The figures by offer, creative, … over HTTP: the contract, row by row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from queries.asking.times import iso
from tests.figures_logs import SAMPLE, load_sample
from tests.figures_sql import FIGURES, figures_by
from tests.logs import ACME, ZENITH, Log, interaction
from tests.service import PREFIX, Service
from tests.test_api_errors import error_of

SUMMARY = f"{PREFIX}/interaction-summary"
ROW_KEYS = [
    "id", "name", "impression", "click", "dismiss", "accept", "convert", "total", "customers", "positive", "negative", "neutral",
    "revenue", "ctr", "cvr", "acceptanceRate", "revenueTooLarge", "lastInteractionAt",
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The sample, and of tenant acme twelve rows of the days 1 to 12 March 2026 at noon, the last at ten."""
    with Log(tmp_path_factory.mktemp("summary")) as log, Service(log) as service:
        load_sample(log)
        offers = {"off_a": {"id": "off_a", "name": "Loan", "status": "archived"}, "off_b": None, None: None}
        log.load(*(
            interaction(
                f"{day}", f"2026-03-{day:02d}T{10 if day == 12 else 12}:00:00Z", offerId=offer, offer=offers[offer],
                interactionType="impression" if day % 2 else "click", customerId=f"C{day % 3}", channelId="ch_web",
            )
            for day, offer in zip(range(1, 13), ["off_a"] * 6 + ["off_b"] * 3 + [None] * 3, strict=True)
        ))
        log.load(interaction("secret", tenantId=ZENITH, offerId="off_z"))
        yield service


@pytest.fixture(scope="module")
def caller(service: Service) -> TestClient:
    return service.caller()


def answer(caller: TestClient, query: str = "") -> dict:
    response = caller.get(SUMMARY + query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def test_the_answer_has_just_the_fields_of_the_contract_in_its_order(caller: TestClient) -> None:
    found = answer(caller)
    assert list(found) == ["groupBy", "from", "to", "summary", "total", "limit", "offset", "futureRows"]
    assert found | {"summary": []} == {
        "groupBy": "offer", "from": None, "to": None, "summary": [], "total": 3, "limit": 100, "offset": 0, "futureRows": 0,
    }
    assert [list(row) for row in found["summary"]] == [[*ROW_KEYS[:2], "status", *ROW_KEYS[2:]]] * 3
    assert found["summary"][0] == {
        "id": "off_a", "name": "Loan", "status": "archived", "impression": 3, "click": 3, "dismiss": 0, "accept": 0, "convert": 0,
        "total": 6, "customers": 3, "positive": 3, "negative": 0, "neutral": 3, "revenue": 0.0, "ctr": 100.0, "cvr": 0.0,
        "acceptanceRate": 1.0, "revenueTooLarge": False, "lastInteractionAt": "2026-03-06T12:00:00.000Z",
    }
    # Three each: the offer with an id first.
    assert [(row["id"], row["name"], row["status"], row["total"]) for row in found["summary"][1:]] == [
        ("off_b", None, None, 3), (None, None, None, 3),
    ]


@pytest.mark.parametrize("by", ["creative", "channel", "type", "direction", "customer"])
def test_only_offers_have_a_status(caller: TestClient, by: str) -> None:
    found = answer(caller, f"?groupBy={by}")
    assert found["groupBy"] == by
    assert {tuple(row) for row in found["summary"]} == {tuple(ROW_KEYS)}
    assert sum(row["total"] for row in found["summary"]) == 12


@pytest.mark.parametrize(("older", "newer"), [("action", "offer"), ("treatment", "creative")])
def test_older_names_group_as_the_newer_and_are_answered_with_them(caller: TestClient, older: str, newer: str) -> None:
    assert answer(caller, f"?groupBy={older}") == answer(caller, f"?groupBy={newer}")


@pytest.mark.parametrize("by", ["offer", "creative", "channel", "type", "direction", "customer"])
@pytest.mark.parametrize("query", ["", "&type=click&type=convert", "&from=2026-02-01&to=2026-03-01&direction=outbound"])
def test_the_sample_is_summarised_as_sql_over_its_raw_rows_says(service: Service, by: str, query: str) -> None:
    words = [tuple(word.split("=")) for word in query.split("&") if word]
    pairs = [(name, f"{value}T00:00:00Z" if name in ("from", "to") else value) for name, value in words]
    expected = figures_by(service.log.store, SAMPLE, by, pairs)
    found = answer(service.caller(SAMPLE), f"?groupBy={by}&limit=500{query}")
    assert found["total"] == len(expected)
    assert len(found["summary"]) == min(500, len(expected)) > 0
    for row, sql in zip(found["summary"], expected[:500], strict=True):
        assert row["id"] == sql["id"]
        assert {name: row[name] for name in FIGURES} == {name: sql[name] for name in FIGURES}
        assert row["lastInteractionAt"] == iso(sql["last"])


@pytest.mark.parametrize(("query", "start", "end", "total"), [
    ("?days=1", "2026-03-12T00:00:00.000Z", "2026-03-12T10:00:00.001Z", 1),
    ("?days=7", "2026-03-06T00:00:00.000Z", "2026-03-12T10:00:00.001Z", 7),
    ("?days=365", "2025-03-13T00:00:00.000Z", "2026-03-12T10:00:00.001Z", 12),
    ("?days=2&tz=Asia/Tokyo", "2026-03-10T15:00:00.000Z", "2026-03-12T10:00:00.001Z", 2),
    ("?from=2026-03-03&to=2026-03-05T12:00:00Z", "2026-03-03T00:00:00.000Z", "2026-03-05T12:00:00.000Z", 2),
    ("?from=2026-03-03", "2026-03-03T00:00:00.000Z", None, 10),
    ("?days=&from=2026-03-03", "2026-03-03T00:00:00.000Z", None, 10),
])
def test_the_period_that_was_counted_is_told(caller: TestClient, query: str, start: str, end: str | None, total: int) -> None:
    found = answer(caller, query)
    assert (found["from"], found["to"]) == (start, end)
    assert sum(row["total"] for row in found["summary"]) == total


def test_filters_do_not_move_the_last_days(caller: TestClient) -> None:
    found = answer(caller, "?days=1&offerId=off_a")
    assert (found["from"], found["summary"]) == ("2026-03-12T00:00:00.000Z", [])


def test_pages_are_cut_from_one_order(caller: TestClient) -> None:
    every = answer(caller)["summary"]
    assert answer(caller, "?limit=2")["summary"] == every[:2]
    assert answer(caller, "?limit=2&offset=2")["summary"] == every[2:]
    assert [answer(caller, f"?limit={limit}")["limit"] for limit in (1, 500, 501, 10**30)] == [1, 500, 500, 500]
    assert answer(caller, "?offset=99")["total"] == 3


@pytest.mark.parametrize(("query", "named"), [
    ("groupBy=offers", "groupBy must be one of offer, creative, channel, type, direction, customer, action, treatment, not 'offers'"),
    ("groupBy=Offer", "groupBy must be one of"),
    ("days=0", "days must be a whole number from 1 to 365, not '0'"),
    ("days=366", "days must be a whole number from 1 to 365, not '366'"),
    ("days=7&from=2026-03-01", "days 7 cannot be combined with from or to"),
    ("days=7&to=2026-03-01", "days 7 cannot be combined with from or to"),
    ("limit=0", "limit must be a whole number from 1, not '0'"),
    ("offset=-1", "offset must be a whole number from 0, not '-1'"),
    ("group=offer", "there is no parameter 'group'"),
    ("cursor=1", "there is no parameter 'cursor'"),
    ("groupBy=offer&groupBy=type", "groupBy can be given only once"),
])
def test_what_is_not_understood_is_refused_by_name(caller: TestClient, query: str, named: str) -> None:
    assert named in error_of(caller.get(f"{SUMMARY}?{query}"), 400, "BAD_REQUEST")


def test_another_tenants_rows_are_as_if_there_were_none(service: Service) -> None:
    assert [row["id"] for row in answer(service.caller(ZENITH))["summary"]] == ["off_z"]
    assert answer(service.caller(ACME), "?offerId=off_z")["summary"] == []
    empty = answer(service.caller("nobody"), "?days=7")
    assert (empty["from"], empty["to"], empty["summary"], empty["total"]) == (None, None, [], 0)


def test_without_a_credential_there_are_no_figures(service: Service) -> None:
    error_of(service.stranger().get(SUMMARY), 401, "UNAUTHORIZED")


def test_a_row_at_the_calendars_end_is_counted(log: Log) -> None:
    with Service(log) as service:
        log.load(interaction("1", "9999-12-31T23:59:59.999Z"))
        found = answer(service.caller(), "?days=7&groupBy=type")
        assert (found["from"], found["to"], found["summary"][0]["total"]) == ("9999-12-25T00:00:00.000Z", None, 1)
        log.load(interaction("2", "0001-01-01T00:00:00Z"))
        found = answer(service.caller(), "?days=7&groupBy=type")
        assert (found["from"], found["to"], found["summary"][0]["total"], found["futureRows"]) == (
            "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.001Z", 1, 1,
        )
        assert answer(service.caller(), "?groupBy=type")["summary"][0]["total"] == 2


def test_a_sum_too_large_for_a_number_is_said_and_any_other_has_every_digit(log: Log) -> None:
    of_offer = {
        "micros": [1234567890123457], "cents": [12345678901234.56], "refund": [100.1, -100.1], "tenths": [0.1, "0.2"], "vast": [1e308, 1e308],
    }
    log.load(*(
        interaction(f"{offer} {place}", offerId=offer, outcome={"conversionValue": value})
        for offer, values in of_offer.items() for place, value in enumerate(values)
    ))
    with Service(log) as service:
        rows = answer(service.caller(ACME))["summary"]
    assert {row["id"]: (row["revenue"], row["revenueTooLarge"]) for row in rows} == {
        "micros": (1234567890123457.0, False), "cents": (12345678901234.56, False), "refund": (0.0, False), "tenths": (0.3, False),
        "vast": (None, True),
    }
