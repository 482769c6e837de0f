"""A page of the log over HTTP: the contract, row by row."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from tests import history_oracle
from tests.history_oracle import matching
from tests.logs import ACME, ZENITH, Log, interaction
from tests.service import HISTORY, Service
from tests.test_queries_page import Pairs

RECORD_KEYS = [
    "id", "tenantId", "customerId", "offerId", "creativeId", "channelId", "interactionType", "outcomeTypeKey", "direction", "timestamp",
    "context", "response", "outcome", "offer", "creative",
]


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A caller of a log of thirty rows, one a minute from 2026-03-15T00:00Z, the newest a full one."""
    with Log(tmp_path_factory.mktemp("history")) as log, Service(log) as service:
        log.load(
            *(
                interaction(f"ih_{minute:02d}", f"2026-03-15T00:{minute:02d}:00.000Z", interactionType=type)
                for minute, type in zip(range(29), itertools.cycle(("click", "impression", "impression")), strict=False)
            ),
            interaction(
                "ih_29", "2026-03-15T00:29:00.000Z", customerId="CUST002", interactionType="convert", outcomeTypeKey="sold",
                direction="inbound", channelId="ch_web", offerId="off_card",
                offer={"id": "off_card", "name": "Platinum Card Upgrade", "status": "archived"},
                creativeId="cr_hero", creative={"id": "cr_hero", "name": "Hero", "channel": {"id": "ch_email", "name": "Email"}},
                context={"device": "phone"}, response={"ms": 3}, outcome={"conversionValue": "12.50"},
            ),
        )
        yield service.caller()


def answer(caller: TestClient, query: str = "") -> dict:
    response = caller.get(HISTORY + query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def ids(caller: TestClient, query: str = "") -> list[str]:
    return [record["id"] for record in answer(caller, query)["data"]]


def test_a_full_record_is_that_of_the_reference_field_for_field(caller: TestClient) -> None:
    page = answer(caller, "?limit=1")
    assert list(page) == ["data", "pagination"]
    assert list(page["pagination"]) == ["total", "limit", "hasMore", "nextCursor"]
    [record] = page["data"]
    assert list(record) == RECORD_KEYS
    assert record == {
        "id": "ih_29",
        "tenantId": "acme",
        "customerId": "CUST002",
        "offerId": "off_card",
        "creativeId": "cr_hero",
        "channelId": "ch_web",
        "interactionType": "convert",
        "outcomeTypeKey": "sold",
        "direction": "inbound",
        "timestamp": "2026-03-15T00:29:00.000Z",
        "context": {"device": "phone"},
        "response": {"ms": 3},
        "outcome": {"conversionValue": "12.50"},
        "offer": {"id": "off_card", "name": "Platinum Card Upgrade", "status": "archived"},
        "creative": {"id": "cr_hero", "name": "Hero", "channel": {"id": "ch_email", "name": "Email"}},
    }
    assert list(record["offer"]) == ["id", "name", "status"]
    assert list(record["creative"]) == ["id", "name", "channel"]
    assert list(record["creative"]["channel"]) == ["id", "name"]


def test_a_bare_record_has_every_field_and_empty_objects(caller: TestClient) -> None:
    [record] = answer(caller, "?to=2026-03-15T00:01Z")["data"]
    assert list(record) == RECORD_KEYS
    assert record == {
        "id": "ih_00", "tenantId": "acme", "customerId": "CUST001", "offerId": None, "creativeId": None, "channelId": None,
        "interactionType": "click", "outcomeTypeKey": "click", "direction": None, "timestamp": "2026-03-15T00:00:00.000Z",
        "context": {}, "response": {}, "outcome": {}, "offer": None, "creative": None,
    }


@pytest.mark.parametrize(("query", "limit", "count"), [
    ("", 25, 25), ("?limit=", 25, 25), ("?limit=1", 1, 1), ("?limit=7", 7, 7), ("?limit=100", 100, 30), ("?limit=101", 100, 30),
    ("?limit=99999999999999999999999", 100, 30), ("?limit=5&limit=5", 5, 5),
])
def test_the_limit_that_was_applied_is_echoed(caller: TestClient, query: str, limit: int, count: int) -> None:
    page = answer(caller, query)
    assert page["pagination"]["limit"] == limit
    assert len(page["data"]) == count


@pytest.mark.parametrize(("query", "message"), [
    ("limit=0", "limit must be a whole number from 1, not '0'"),
    ("limit=-1", "limit must be a whole number from 1, not '-1'"),
    ("limit=abc", "limit must be a whole number from 1, not 'abc'"),
    ("limit=1.5", "limit must be a whole number from 1, not '1.5'"),
    ("limit=5&limit=6", "limit can be given only once, not as '5' and '6'"),
    ("cursor=a&cursor=b", "cursor can be given only once, not as 'a' and 'b'"),
    ("typ=click", "there is no parameter 'typ'"),
    ("Type=click", "there is no parameter 'Type'"),
    ("offset=5", "there is no parameter 'offset'"),
    ("tenantId=zenith", "there is no parameter 'tenantId'"),
    ("bom=true", "there is no parameter 'bom'"),
    ("from=now", "from must be an ISO 8601 date or time such as 2026-03-15 or 2026-03-15T14:30:00Z, not 'now'"),
    ("from=2026-03-16&to=2026-03-15", "to '2026-03-15' is before from '2026-03-16'"),
    ("tz=CET2", "tz must be an IANA time zone such as Europe/Amsterdam, not 'CET2'"),
    ("typ=click&limit=x", "there is no parameter 'typ'; limit must be a whole number from 1, not 'x'"),
    ("%27%3B--=1", "there is no parameter \"';--\""),
])
def test_what_is_not_understood_is_refused_by_name_and_value(caller: TestClient, query: str, message: str) -> None:
    response = caller.get(f"{HISTORY}?{query}")
    assert response.status_code == 400
    assert response.json()["error"]["message"] == message


@pytest.mark.parametrize(("query", "expected"), [
    ("customerId=CUST002", ["ih_29"]),
    ("offerId=off_card", ["ih_29"]),
    ("actionId=off_card", ["ih_29"]),
    ("creativeId=cr_hero", ["ih_29"]),
    ("treatmentId=cr_hero", ["ih_29"]),
    ("type=convert", ["ih_29"]),
    ("channelId=ch_web", ["ih_29"]),
    ("channelId=ch_email", []),
    ("direction=inbound", ["ih_29"]),
    ("outcome=sold", ["ih_29"]),
    ("type=click&limit=3", ["ih_27", "ih_24", "ih_21"]),
    ("type=click&type=convert&limit=2", ["ih_29", "ih_27"]),
    ("type=convert&customerId=CUST002", ["ih_29"]),
    ("type=convert&customerId=CUST001", []),
    ("customerId=CUST001&customerId=CUST002&limit=2", ["ih_29", "ih_28"]),
    ("offerId=off_card&actionId=off_other", ["ih_29"]),
    ("offerId=off_other&actionId=off_card", []),
    ("offerId=&actionId=off_card", ["ih_29"]),
    ("type=&limit=1", ["ih_29"]),
    ("type=Convert", []),
    ("type=conv", []),
    ("type=%25", []),
    ("type=no_such_type", []),
    ("customerId=' or 1=1 --", []),
    ("customerId=CUST002%00", []),
    ("customerId=%FF", []),
    ("from=2026-03-15T00:28Z", ["ih_29", "ih_28"]),
    ("from=2026-03-15T00:27:00.001Z", ["ih_29", "ih_28"]),
    ("from=2026-03-15T00:27&to=2026-03-15T00:29", ["ih_28", "ih_27"]),
    ("from=2026-03-15T01:28:00%2B01:00", ["ih_29", "ih_28"]),
    ("to=2026-03-15T00:02Z", ["ih_01", "ih_00"]),
    ("to=2026-03-15", []),
    ("from=2026-03-16", []),
    ("from=2026-03-15&to=2026-03-16&limit=1", ["ih_29"]),
    ("from=2026-03-15&to=2026-03-15", []),
    # Midnight in Amsterdam is 23:00 UTC of the day before, in Azores summer time it has not come yet.
    ("from=2026-03-16&tz=Europe/Amsterdam", []),
    ("to=2026-03-15&tz=Europe/Amsterdam", []),
    ("to=2026-03-14T23:00&tz=Europe/Amsterdam", []),
    ("to=2026-03-15&tz=Atlantic/Azores&limit=1", ["ih_29"]),
    ("from=2026-03-15&tz=Atlantic/Azores", []),
])
def test_filters_are_exact_and_narrow_one_another(caller: TestClient, query: str, expected: list[str]) -> None:
    page = answer(caller, f"?{query}")
    assert [record["id"] for record in page["data"]] == expected
    if "limit" not in query:
        assert page["pagination"] == {"total": len(expected), "limit": 25, "hasMore": False, "nextCursor": None}


def test_an_unknown_value_is_an_empty_success(caller: TestClient) -> None:
    assert answer(caller, "?customerId=nobody") == {
        "data": [], "pagination": {"total": 0, "limit": 25, "hasMore": False, "nextCursor": None},
    }


def test_older_names_never_stand_in_an_answer(caller: TestClient) -> None:
    for query in ("?actionId=off_card", "?treatmentId=cr_hero"):
        text = caller.get(HISTORY + query).text
        assert "off_card" in text
        for name in ("actionId", "treatmentId", '"action"', '"treatment"'):
            assert name not in text


def test_the_cursor_is_the_last_id_and_the_next_page_begins_after_it(caller: TestClient) -> None:
    first = answer(caller, "?limit=29")
    assert first["pagination"] == {"total": 30, "limit": 29, "hasMore": True, "nextCursor": "ih_01"}
    last = answer(caller, "?limit=29&cursor=ih_01")
    assert [record["id"] for record in last["data"]] == ["ih_00"]
    assert last["pagination"] == {"total": 30, "limit": 29, "hasMore": False, "nextCursor": None}


def test_a_page_that_ends_with_the_last_row_has_no_next(caller: TestClient) -> None:
    assert answer(caller, "?limit=30")["pagination"] == {"total": 30, "limit": 30, "hasMore": False, "nextCursor": None}
    assert answer(caller, "?cursor=ih_00") == {
        "data": [], "pagination": {"total": 30, "limit": 25, "hasMore": False, "nextCursor": None},
    }


@pytest.mark.parametrize(("cursor", "expected"), [
    ("ih_02", ["ih_01", "ih_00"]),
    ("ih_02x", ["ih_02", "ih_01", "ih_00"]),
    ("ih_", []),
    ("ID", []),
    ("%F0%9F%98%80", [f"ih_{number:02d}" for number in range(29, 4, -1)]),
])
def test_a_cursor_that_names_no_row_is_compared_literally(caller: TestClient, cursor: str, expected: list[str]) -> None:
    assert ids(caller, f"?cursor={cursor}") == expected


def test_an_empty_cursor_is_as_none(caller: TestClient) -> None:
    assert answer(caller, "?cursor=") == answer(caller)


@pytest.mark.parametrize("tenant", [ACME, ZENITH])
@pytest.mark.parametrize(("pairs", "limit"), [
    ([], 7), ([("type", "click")], 1), ([("customerId", "O'Brien"), ("type", "😀 sticker")], 2), ([("from", "2026-03-15T12:00:00Z")], 3),
    ([("offerId", "off_loan"), ("offerId", "off_gone"), ("to", "2026-03-15T12:00:00.001Z")], 4),
])
def test_following_next_cursor_yields_each_record_once(tangled_service: Service, pairs: Pairs, limit: int, tenant: str) -> None:
    rows = tangled_service.log.rows
    expected = [history_oracle.json_record(row, rows) for row in matching(rows, tenant, pairs)]
    caller = tangled_service.caller(tenant)
    walked, cursor = [], []
    while True:
        page = answer(caller, "?" + urlencode([*pairs, ("limit", limit), *cursor]))
        walked += page["data"]
        assert page["pagination"] == {
            "total": len(expected),
            "limit": limit,
            "hasMore": len(walked) < len(expected),
            "nextCursor": walked[-1]["id"] if len(walked) < len(expected) else None,
        }
        if not page["pagination"]["hasMore"]:
            break
        cursor = [("cursor", page["pagination"]["nextCursor"])]
    assert walked == expected


def test_head_answers_as_get_does_without_the_body(caller: TestClient) -> None:
    head, get = caller.head(HISTORY), caller.get(HISTORY)
    assert (head.status_code, head.content) == (200, b"")
    varying = {"x-request-id", "date"}
    assert {k: v for k, v in head.headers.items() if k not in varying} == {k: v for k, v in get.headers.items() if k not in varying}


def test_no_shared_cache_keeps_an_answer(caller: TestClient) -> None:
    headers = caller.get(HISTORY).headers
    assert headers["cache-control"] == "no-store"
    assert {"authorization", "x-api-key", "cookie"} <= {name.strip().lower() for name in headers["vary"].split(",")}


def test_the_rows_without_a_value_can_be_listed_counted_and_followed_into_a_funnel(log: Log) -> None:
    log.load(
        *(interaction(f"a{n}", customerId=f"c{n}", offerId="o", channelId="email") for n in range(5)),
        *(interaction(f"b{n}", f"2026-03-16T11:00:0{n}Z", customerId=f"d{n}") for n in range(10)),
    )
    with Service(log) as service:
        caller = service.caller(ACME)
        bare = [f"b{n}" for n in reversed(range(10))]
        assert ids(caller, "?without=channelId") == ids(caller, "?without=channelId&without=actionId") == bare
        assert len(ids(caller, "?without=channelId&channelId=email")) == 15
        assert ids(caller, "?without=channelId&offerId=o") == []
        [row] = caller.get("/api/v1/interaction-summary?groupBy=channel&without=channelId").json()["summary"]
        assert (row["id"], row["total"]) == (None, 10)
        funnel = caller.get("/api/v1/funnel?step=click&step=convert&unit=customer&without=channelId").json()
        assert (funnel["steps"][0]["units"], funnel["query"]["without"]) == (10, ["channelId"])
        assert "only interactions without a channel are read" in funnel["definition"]
        refused = caller.get(f"{HISTORY}?without=customerId")
        assert refused.status_code == 400
        assert "without must be one of offerId, creativeId, channelId, direction, not 'customerId'" in refused.text
