"""The table of outcomes over HTTP: who may read it, who may change it, and that figures follow at once."""

from __future__ import annotations

import threading
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from accounts import SESSION_COOKIE, Role
from data.store import meanings
from tests.logs import ACME, ZENITH, Log, interaction
from tests.service import PREFIX, Service
from tests.test_api_errors import error_of

OUTCOMES = f"{PREFIX}/interaction-outcomes"
SHOWN = {"key": "NoResponse", "name": "NoResponse", "classification": "neutral", "category": "impression", "countsAs": "impression",
         "isSet": True, "rows": 2}


@pytest.fixture
def filled(service: Service) -> Service:
    service.log.load(
        interaction("n1", interactionType="NoResponse"), interaction("n2", interactionType="NoResponse"), interaction("c"),
        interaction("z", interactionType="NoResponse", tenantId=ZENITH),
    )
    return service


def with_role(service: Service, role: Role, tenant: str = ACME) -> TestClient:
    return service.stranger(Authorization=f"Bearer {service.key(tenant, role)}")


def impressions(service: Service, tenant: str = ACME) -> int:
    return sum(row["impression"] for row in service.caller(tenant).get(f"{PREFIX}/interaction-summary?groupBy=type").json()["summary"])


def test_a_viewer_reads_the_table_with_the_rows_of_each_key(filled: Service) -> None:
    outcomes = filled.caller().get(OUTCOMES).json()["outcomes"]
    assert len(outcomes) == 17 + 1
    assert outcomes[0] == {"key": "NoResponse", "name": "NoResponse", "classification": "neutral", "category": None, "countsAs": None,
                           "isSet": False, "rows": 2}
    assert outcomes[1] == {"key": "click", "name": "Click", "classification": "positive", "category": "response", "countsAs": "click",
                           "isSet": False, "rows": 1}


def test_an_admin_sets_what_a_key_means_and_every_figure_of_that_tenant_alone_follows(filled: Service) -> None:
    admin = with_role(filled, Role.ADMIN)
    assert impressions(filled) == 0
    answer = admin.put(f"{OUTCOMES}/NoResponse", json={"countsAs": "impression"})
    assert (answer.status_code, answer.json()) == (200, SHOWN)
    assert filled.caller().get(OUTCOMES).json()["outcomes"][0] == SHOWN
    assert (impressions(filled), impressions(filled, ZENITH)) == (2, 0)
    trend = filled.caller().get(f"{PREFIX}/interaction-trend").json()["buckets"]
    assert [bucket["counts"] for bucket in trend] == [{"NoResponse": 2, "click": 1}]
    gone = admin.delete(f"{OUTCOMES}/NoResponse")
    assert (gone.status_code, gone.content) == (204, b"")
    assert impressions(filled) == 0
    assert error_of(admin.delete(f"{OUTCOMES}/NoResponse"), 404, "NOT_FOUND") == "nothing is set for the outcome 'NoResponse'"


def test_a_put_replaces_what_was_set_and_null_is_none_of_them(filled: Service) -> None:
    admin = with_role(filled, Role.ADMIN)
    admin.put(f"{OUTCOMES}/click", json={"name": "A click", "classification": "negative"})
    answer = admin.put(f"{OUTCOMES}/click", json={"countsAs": None, "category": None}).json()
    assert answer == {"key": "click", "name": "Click", "classification": "positive", "category": None, "countsAs": None, "isSet": True, "rows": 1}


def test_what_is_read_can_be_put_back_and_means_the_same(filled: Service) -> None:
    admin = with_role(filled, Role.ADMIN)
    before = {row["key"]: row for row in admin.get(OUTCOMES).json()["outcomes"]}
    for key, row in before.items():
        body = {name: row[name] for name in ("name", "classification", "category", "countsAs")}
        assert admin.put(f"{OUTCOMES}/{key}", json=body).json() == row | {"isSet": True}


@pytest.mark.parametrize("key", ["two\nlines", "a b", "50%_ü", "a/b", "😀 sticker", "?&=#"])
def test_a_key_may_hold_any_character(filled: Service, key: str) -> None:
    filled.log.load(interaction("odd", interactionType=key))
    admin = with_role(filled, Role.ADMIN)

    answer = admin.put(f"{OUTCOMES}/{quote(key, safe='')}", json={"countsAs": "accept"}).json()
    assert (answer["key"], answer["rows"], answer["classification"]) == (key, 1, "positive")


@pytest.mark.parametrize(("body", "said"), [
    ({"countsAs": "view"}, "counts as must be one of impression, click, dismiss, accept, convert, nothing, not 'view'"),
    ({"classification": "good"}, "classification must be one of positive, negative, neutral, not 'good'"),
    ({"category": "x"}, "category must be one of impression, response, nothing, not 'x'"),
    ({"classification": None}, "classification must be a text, not null"),
    ({"countsAs": 1}, "countsAs must be a text or null, not 1"),
    ({"countsAs": ""}, 'countsAs must be a text or null, not ""'),
    ({"name": ""}, "the name must have 1 to 200 characters, not 0"),
    ({"name": "x" * 201}, "the name must have 1 to 200 characters, not 201"),
    ({"counts_as": "click"}, "there is no member 'counts_as', only name, classification, category, countsAs"),
    ({}, "there is nothing to set: say a name, a classification, a category or what it counts as"),
    ([], "the body must be an object with name, classification, category, countsAs"),
])
def test_a_meaning_that_cannot_be_is_refused_with_what_can(filled: Service, body: object, said: str) -> None:
    assert error_of(with_role(filled, Role.ADMIN).put(f"{OUTCOMES}/NoResponse", json=body), 400, "BAD_REQUEST") == said
    assert not filled.caller().get(OUTCOMES).json()["outcomes"][0]["isSet"]


def test_a_recommendation_is_never_an_impression(filled: Service) -> None:
    refused = with_role(filled, Role.ADMIN).put(f"{OUTCOMES}/recommendation", json={"countsAs": "impression"})
    assert error_of(refused, 400, "BAD_REQUEST").startswith("'recommendation' can never count as an impression")


def test_only_json_of_a_reasonable_length_is_taken(filled: Service) -> None:
    admin, place = with_role(filled, Role.ADMIN), f"{OUTCOMES}/NoResponse"
    assert error_of(admin.put(place, content="{}"), 415, "UNSUPPORTED_MEDIA_TYPE") == "the body must be application/json, not ''"
    json = {"Content-Type": "application/json; charset=utf-8"}
    assert error_of(admin.put(place, content="{", headers=json), 400, "BAD_REQUEST").startswith("the body is not JSON: ")
    assert error_of(admin.put(place, content=b" " * 65_537, headers=json), 413, "PAYLOAD_TOO_LARGE") == "the body has more than 65,536 bytes"
    assert admin.put(place, content='{"countsAs": "click"}' + " " * 60_000, headers=json).status_code == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_nobody_below_an_admin_changes_it(filled: Service, role: Role) -> None:
    caller = with_role(filled, role)
    for response in (caller.put(f"{OUTCOMES}/NoResponse", json={"countsAs": "impression"}), caller.delete(f"{OUTCOMES}/NoResponse")):
        assert error_of(response, 403, "FORBIDDEN").endswith(f"may not change this: the role is {role}, and it needs admin")
    assert caller.get(OUTCOMES).status_code == 200
    assert impressions(filled) == 0


def test_a_stranger_changes_nothing_and_learns_nothing(filled: Service) -> None:
    for method in ("GET", "PUT", "DELETE"):
        error_of(filled.stranger().request(method, OUTCOMES if method == "GET" else f"{OUTCOMES}/click"), 401, "UNAUTHORIZED")


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 403),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, 403),
    ({"Origin": "http://testserver"}, 200),
])
def test_a_session_changes_it_only_from_a_page_of_ours(filled: Service, headers: dict[str, str], status: int) -> None:
    filled.accounts.users.add("ada@example.com", "a long enough password", ACME, Role.ADMIN)
    token = filled.accounts.sign_in("ada@example.com", "a long enough password", "")
    browser = filled.stranger(Cookie=f"{SESSION_COOKIE}={token}", **headers)
    assert browser.get(OUTCOMES).status_code == 200
    response = browser.put(f"{OUTCOMES}/NoResponse", json={"countsAs": "impression"})
    assert response.status_code == status
    if status == 403:
        assert "whose Origin the request must carry" in error_of(response, 403, "FORBIDDEN")
    assert impressions(filled) == (2 if status == 200 else 0)


def test_unknown_parameters_and_methods_are_refused(filled: Service) -> None:
    admin = with_role(filled, Role.ADMIN)
    assert error_of(admin.get(f"{OUTCOMES}?limit=1"), 400, "BAD_REQUEST") == "there is no parameter 'limit'"
    assert error_of(admin.post(OUTCOMES), 405, "METHOD_NOT_ALLOWED") == "POST is not allowed here, only GET"
    assert error_of(admin.get(f"{OUTCOMES}/click"), 405, "METHOD_NOT_ALLOWED") == "GET is not allowed here, only DELETE, PUT"


def test_while_a_load_runs_a_change_says_to_come_again(filled: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(meanings.set_meaning.__kwdefaults__, "patience", 0.01)
    held, over = threading.Event(), threading.Event()

    def load() -> None:
        with filled.log.store.turn:
            held.set()
            over.wait()

    loading = threading.Thread(target=load)
    loading.start()
    held.wait()
    response = with_role(filled, Role.ADMIN).put(f"{OUTCOMES}/NoResponse", json={"countsAs": "impression"})
    over.set()
    loading.join()
    assert error_of(response, 503, "UNAVAILABLE") == "A load is running; change what its outcomes mean once that is done."
    assert response.headers["retry-after"] == "5"
    assert impressions(filled) == 0


def test_an_empty_log_has_the_shipped_table(log: Log) -> None:
    with Service(log) as service:
        outcomes = service.caller().get(OUTCOMES).json()["outcomes"]
        assert [row["rows"] for row in outcomes] == [0] * 17 and outcomes[0]["key"] == "impression"
