"""Editors see which loads their rows came with, admins take one back, and nobody sees or touches another tenant's."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from starlette.testclient import TestClient

from accounts import Role
from api import loads as api_loads
from data.orders.running import RunningLoad
from tests.logs import ACME, ZENITH, Log, interaction, tangled_rows
from tests.service import HISTORY, PREFIX, Service
from tests.test_api_credentials import session
from tests.test_api_errors import error_of
from tests.test_loading_unload import put

LOADS = f"{PREFIX}/loads"


@pytest.fixture
def loaded(log: Log, service: Service) -> Service:
    """Load 1 is of both tenants, load 2 replaces a row of the first, load 3 is the second's alone."""
    put(log, interaction("a"), interaction("b"), {"tenantId": ACME}, interaction("a", tenantId=ZENITH), {"tenantId": ZENITH})
    put(log, interaction("b", customerId="CUST002"), interaction("c"), replace=True)
    put(log, interaction("z", tenantId=ZENITH))
    return service


def caller(service: Service, role: Role, tenant: str = ACME) -> TestClient:
    return service.stranger(Authorization=f"Bearer {service.key(tenant, role)}")


def ids(service: Service, tenant: str = ACME) -> list[str]:
    return [record["id"] for record in service.caller(tenant).get(HISTORY).json()["data"]]


def answered(client: TestClient, path: str) -> Any:
    """An answer whatever the order of its keys: a type that has gone and come back stands last."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.text if path.endswith(".csv") else response.json()


def test_an_editor_sees_the_loads_of_the_tenant_alone_with_its_own_counts(loaded: Service) -> None:
    lines = caller(loaded, Role.EDITOR).get(LOADS).json()["loads"]
    assert [list(line) for line in lines] == [["version", "source", "rows", "rejected", "conflicts", "finished", "by"]] * 2
    assert [{key: line[key] for key in line if key != "finished"} for line in lines] == [
        {"version": 2, "source": "2.ndjson", "rows": 2, "rejected": 0, "conflicts": 0, "by": "ada@example.com"},
        {"version": 1, "source": "1.ndjson", "rows": 1, "rejected": 1, "conflicts": 0, "by": "ada@example.com"},
    ]
    others = caller(loaded, Role.EDITOR, ZENITH).get(LOADS).json()["loads"]
    assert [(line["version"], line["rows"], line["rejected"]) for line in others] == [(3, 1, 0), (1, 1, 1)]
    assert caller(loaded, Role.EDITOR, "nobody").get(LOADS).json() == {"loads": []}


def test_an_admin_takes_a_load_back_and_what_it_replaced_returns(loaded: Service) -> None:
    admin = caller(loaded, Role.ADMIN)
    assert admin.delete(f"{LOADS}/2").json() == {"version": 4, "removed": 1, "restored": 1}
    records = {record["id"]: record["customerId"] for record in admin.get(HISTORY).json()["data"]}
    assert records == {"a": "CUST001", "b": "CUST001"}
    assert [line["version"] for line in admin.get(LOADS).json()["loads"]] == [1]


def test_of_a_load_of_several_tenants_only_the_callers_rows_go(loaded: Service) -> None:
    assert caller(loaded, Role.ADMIN, ZENITH).delete(f"{LOADS}/1").json() == {"version": 4, "removed": 1, "restored": 0}
    assert ids(loaded, ZENITH) == ["z"] and sorted(ids(loaded)) == ["a", "b", "c"]
    assert [line["version"] for line in caller(loaded, Role.EDITOR).get(LOADS).json()["loads"]] == [2, 1]


@pytest.mark.parametrize("version", [3, 0, 99, 4294967295])
def test_a_load_that_the_tenant_does_not_have_is_404_whether_another_has_it_or_nobody(loaded: Service, version: int) -> None:
    assert error_of(caller(loaded, Role.ADMIN).delete(f"{LOADS}/{version}"), 404, "NOT_FOUND") == f"there is no load {version}"
    assert sorted(ids(loaded, ZENITH)) == ["a", "z"]


@pytest.mark.parametrize("version", ["abc", "-1", "1.0", "4294967296", "²", "1e3"])
def test_what_is_no_version_is_400_and_repeated(loaded: Service, version: str) -> None:
    message = error_of(caller(loaded, Role.ADMIN).delete(f"{LOADS}/{version}"), 400, "BAD_REQUEST")
    assert message == f"version must be a whole number, as the list of loads gives it, not '{version}'"


def test_a_load_that_an_earlier_version_did_not_note_is_listed_without_rows_and_409(log: Log, loaded: Service) -> None:
    cursor = log.store.cursor()
    cursor.execute("update loads set noted = false where version = 2")
    cursor.close()
    admin = caller(loaded, Role.ADMIN)
    assert [line["rows"] for line in admin.get(LOADS).json()["loads"]] == [None, 1]
    message = error_of(admin.delete(f"{LOADS}/2"), 409, "CONFLICT")
    assert message == "load 2 cannot be taken back: which rows it wrote was not noted then"
    assert error_of(caller(loaded, Role.ADMIN, ZENITH).delete(f"{LOADS}/2"), 404, "NOT_FOUND") == "there is no load 2"


@pytest.mark.parametrize(("role", "lists", "takes_back"), [(Role.VIEWER, 403, 403), (Role.EDITOR, 200, 403), (Role.ADMIN, 200, 200)])
def test_listing_takes_an_editor_and_taking_back_an_admin(loaded: Service, role: Role, lists: int, takes_back: int) -> None:
    client = caller(loaded, role)
    assert (client.get(LOADS).status_code, client.delete(f"{LOADS}/2").status_code) == (lists, takes_back)
    assert ("c" in ids(loaded)) is (takes_back == 403)


def test_a_refusal_names_the_role_that_it_takes(loaded: Service) -> None:
    message = error_of(caller(loaded, Role.EDITOR).delete(f"{LOADS}/2"), 403, "FORBIDDEN")
    assert message.endswith(" may not change this: the role is editor, and it needs admin")


@pytest.mark.parametrize(("headers", "status"), [
    ({"Origin": "http://testserver"}, 200),
    ({"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}, 200),
    ({}, 403),
    ({"Sec-Fetch-Site": "same-origin"}, 403),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, 403),
])
def test_a_session_takes_a_load_back_from_a_page_of_this_site_alone(loaded: Service, headers: dict[str, str], status: int) -> None:
    browser = loaded.stranger(Cookie=session(loaded, role=Role.ADMIN))
    assert browser.get(LOADS).status_code == 200
    assert browser.delete(f"{LOADS}/2", headers=headers).status_code == status
    assert ("c" in ids(loaded)) is (status == 403)


def test_a_key_needs_no_origin_and_a_strangers_request_changes_nothing(loaded: Service) -> None:
    for stranger in (loaded.stranger(), loaded.stranger(Authorization="Bearer krn_wrong")):
        assert error_of(stranger.delete(f"{LOADS}/2"), 401, "UNAUTHORIZED")
        assert error_of(stranger.get(LOADS), 401, "UNAUTHORIZED")
    assert sorted(ids(loaded)) == ["a", "b", "c"]
    assert caller(loaded, Role.ADMIN).delete(f"{LOADS}/2", headers={"Origin": "http://evil.example"}).status_code == 200


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("DELETE", LOADS, "GET"), ("POST", LOADS, "GET"), ("GET", f"{LOADS}/2", "DELETE"), ("PUT", f"{LOADS}/2", "DELETE"),
])
def test_another_method_is_405_and_says_which_is_allowed(loaded: Service, method: str, path: str, allowed: str) -> None:
    response = caller(loaded, Role.ADMIN).request(method, path)
    assert error_of(response, 405, "METHOD_NOT_ALLOWED") == f"{method} is not allowed here, only {allowed}"


def test_an_unknown_parameter_is_refused(loaded: Service) -> None:
    assert error_of(caller(loaded, Role.EDITOR).get(f"{LOADS}?tenant=zenith"), 400, "BAD_REQUEST") == "there is no parameter 'tenant'"
    error_of(caller(loaded, Role.ADMIN).delete(f"{LOADS}/2?dryRun=true"), 400, "BAD_REQUEST")
    assert "c" in ids(loaded)


def test_while_another_load_runs_it_waits_a_while_and_then_says_so(loaded: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_loads, "PATIENCE_S", 0.1)
    admin = caller(loaded, Role.ADMIN)
    with loaded.running.turn(RunningLoad("march.csv", ACME, "operator"), lambda _: None):
        response = admin.delete(f"{LOADS}/2")
        assert error_of(response, 503, "UNAVAILABLE") == "another load is running"
        assert response.headers["retry-after"] == "30"
    assert loaded.running.now() == []
    assert admin.delete(f"{LOADS}/2").status_code == 200


def test_its_turn_comes_once_the_other_is_done_and_it_is_seen_meanwhile(loaded: Service) -> None:
    admin, statuses = caller(loaded, Role.ADMIN), []
    with loaded.running.turn(RunningLoad("march.csv", ACME, "operator"), lambda _: None):
        waiting = threading.Thread(target=lambda: statuses.append(admin.delete(f"{LOADS}/2").status_code))
        waiting.start()
        while len(loaded.running.now(ACME)) < 2:
            waiting.join(0.01)
        seen = loaded.running.now(ACME)[1]
        assert (seen.source, seen.progress.phase) == ("unload 2", "waiting for another load")
    waiting.join()
    assert statuses == [200]


def test_one_who_is_cancelled_while_it_waits_is_told_so_and_nothing_has_changed(loaded: Service) -> None:
    admin, answers = caller(loaded, Role.ADMIN), []
    with loaded.running.turn(RunningLoad("march.csv", ACME, "operator"), lambda _: None):
        waiting = threading.Thread(target=lambda: answers.append(admin.delete(f"{LOADS}/2")))
        waiting.start()
        while len(loaded.running.now(ACME)) < 2:
            waiting.join(0.01)
        loaded.running.cancel(loaded.running.now(ACME)[1])
        waiting.join()
    assert error_of(answers[0], 409, "CONFLICT") == "taking back load 2 was cancelled; the log is as it was"
    assert "c" in ids(loaded)


def test_every_figure_is_as_if_the_load_had_never_been(loaded: Service, tmp_path: Path) -> None:
    rows = tangled_rows(4, 120)
    first, second, third = rows[:50], rows[50:90], rows[90:]
    asked = [
        HISTORY, f"{HISTORY}.csv", f"{PREFIX}/funnel?step=impression&step=click", f"{PREFIX}/interaction-trend", f"{PREFIX}/interaction-hours",
        *(f"{PREFIX}/interaction-summary?groupBy={grouping}" for grouping in ("offer", "creative", "channel", "type", "direction", "customer")),
    ]
    with Log(tmp_path / "with") as with_, Log(tmp_path / "without") as without, Service(with_) as taken, Service(without) as never:
        put(with_, *first)
        put(with_, *second)
        put(with_, *third)
        corrected = put(with_, *({**row, "customerId": "another", "interactionType": "typo"} for row in rows), replace=True)
        put(without, *first)
        put(without, *third)
        admin, other = (caller(service, Role.ADMIN) for service in (taken, never))
        # Read before, so that whatever is kept in memory must give way.
        before = [answered(admin, path) for path in asked]
        assert admin.delete(f"{LOADS}/{corrected}").json()["restored"] == 120
        assert admin.delete(f"{LOADS}/2").json() == {"version": 6, "removed": 40, "restored": 0}
        for path, answer_before in zip(asked, before, strict=True):
            assert answered(admin, path) == answered(other, path) != answer_before, path


def test_the_answers_have_the_shape_that_is_described(loaded: Service) -> None:
    admin = caller(loaded, Role.ADMIN)
    paths = admin.get(f"{PREFIX}/openapi.json").json()
    for method, path, described in (("GET", LOADS, "/loads"), ("DELETE", f"{LOADS}/2", "/loads/{version}"),
                                    ("DELETE", f"{LOADS}/2", "/loads/{version}"), ("DELETE", f"{LOADS}/x", "/loads/{version}")):
        response = admin.request(method, path)
        content = paths["paths"][described][method.lower()]["responses"][str(response.status_code)]["content"]
        schema = {**paths, **content["application/json"]["schema"]}
        assert list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(response.json())) == []
        assert response.headers.get("cache-control") == ("no-store" if response.status_code == 200 else None)
