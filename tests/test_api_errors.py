"""Every answer that is not a success has one shape:

{"error": {"code": "BAD_REQUEST", "message": "…", "status": 400, "requestId": "…"}}, and the X-Request-Id of its header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest
from starlette.testclient import TestClient

import api.history
from data.columns.engine import ColumnTenant
from data.store.limits import StoreError
from queries.asking.selection import Selection
from tests.logs import ACME, Log, interaction
from tests.service import HISTORY, PREFIX, Service, listening

ENDPOINTS = [HISTORY, f"{HISTORY}.csv", f"{HISTORY}.ndjson"]


@pytest.fixture(scope="module")
def module_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Log(tmp_path_factory.mktemp("errors")) as log, Service(log) as service:
        log.load(interaction("ih_1"))
        yield service


@pytest.fixture(scope="module")
def caller(module_service: Service) -> TestClient:
    return module_service.caller()


def error_of(response: httpx2.Response, status: int, code: str) -> str:
    """The message of an error whose shape is right."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert list(body) == ["error"]
    assert list(body["error"]) == ["code", "message", "status", "requestId"]
    assert body["error"] | {"message": ""} == {
        "code": code, "message": "", "status": status, "requestId": response.headers["x-request-id"],
    }
    assert re.fullmatch("[0-9a-f]{32}", body["error"]["requestId"])
    assert len(response.headers.get_list("x-request-id")) == 1
    return body["error"]["message"]


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_bad_parameter_is_400(caller: TestClient, path: str) -> None:
    assert error_of(caller.get(f"{path}?limit=abc"), 400, "BAD_REQUEST") == "limit must be a whole number from 1, not 'abc'"


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_stranger_gets_401_with_a_challenge(module_service: Service, path: str) -> None:
    response = module_service.stranger().get(path)
    assert error_of(response, 401, "UNAUTHORIZED").startswith("there is no session; send an API key")
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", [
    PREFIX, f"{PREFIX}/", f"{PREFIX}/events", f"{HISTORY}/", f"{HISTORY}/ih_1", f"{HISTORY}.xml", f"{PREFIX}/docs/", f"{PREFIX}/%00",
    f"{PREFIX}//interaction-history", f"{PREFIX}/Interaction-History", f"{PREFIX}/a%0ab", f"{PREFIX}/%0a", f"{PREFIX}/..%2f..%2fetc/passwd",
    f"{PREFIX}/%5c%5cserver",
])
def test_an_unknown_path_is_404(caller: TestClient, path: str) -> None:
    message = error_of(caller.get(path, follow_redirects=False), 404, "NOT_FOUND")
    assert message.startswith("there is nothing at /api/v1")


@pytest.mark.parametrize("path", [*ENDPOINTS, f"{PREFIX}/openapi.json", f"{PREFIX}/docs"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_another_method_is_405_and_says_which_are_allowed(caller: TestClient, path: str, method: str) -> None:
    response = caller.request(method, path)
    assert error_of(response, 405, "METHOD_NOT_ALLOWED") == f"{method} is not allowed here, only GET"
    assert {name.strip() for name in response.headers["allow"].split(",")} == {"GET", "HEAD"}


def test_a_stranger_does_not_learn_which_paths_and_methods_exist(module_service: Service) -> None:
    stranger = module_service.stranger()
    messages = {
        error_of(stranger.request(method, path), 401, "UNAUTHORIZED")
        for method, path in (("GET", HISTORY), ("POST", HISTORY), ("GET", f"{PREFIX}/nothing"), ("GET", f"{PREFIX}/docs"),
                             ("GET", f"{PREFIX}/openapi.json"), ("GET", f"{HISTORY}?limit=abc"))
    }
    assert len(messages) == 1


def test_a_crash_is_500_and_says_nothing_of_the_inside(
    module_service: Service, caller: TestClient, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crashing(*_: object) -> None:
        raise RuntimeError("select secret from /var/lib/history.duckdb")

    monkeypatch.setattr(api.history, "page", crashing)
    response = caller.get(HISTORY)
    message = error_of(response, 500, "INTERNAL_ERROR")
    assert message == "something went wrong; the server log has the details under this requestId"
    for inside in ("secret", "duckdb", "RuntimeError", "Traceback", ".py"):
        assert inside not in response.text


def test_a_crash_is_logged_under_its_request_id(
    caller: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:
    def crashing(*_: object) -> None:
        raise RuntimeError("the cause")

    monkeypatch.setattr(api.history, "page", crashing)
    response = caller.get(HISTORY)
    [record] = [record for record in caplog.records if response.headers["x-request-id"] in record.getMessage()]
    assert record.levelname == "ERROR"
    assert "the cause" in caplog.text


def test_a_question_that_takes_too_long_is_stopped_with_503(
    module_service: Service, caller: TestClient, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(tenant: ColumnTenant, *_: object) -> None:
        tenant.columns._snapshot.rows("select count(*) from range(1_000_000) a, range(20_000) b where (a.range * b.range) % 7 = 3")

    monkeypatch.setattr(api.history, "page", slow)
    monkeypatch.setattr("api.app.TIME_LIMIT", 1.5)
    response = caller.get(HISTORY)
    message = error_of(response, 503, "UNAVAILABLE")
    assert message == "The query took longer than 1.5 seconds and was stopped. Narrow it by period or by offer."
    assert response.headers["retry-after"] == "5"
    monkeypatch.undo()
    assert caller.get(HISTORY).status_code == 200


@pytest.mark.parametrize("path", [HISTORY, f"{HISTORY}.csv"])
def test_a_store_that_cannot_be_opened_or_read_is_503(
    module_service: Service, caller: TestClient, monkeypatch: pytest.MonkeyPatch, path: str,
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("/secret/place/history.duckdb is in use by another process.")

    monkeypatch.setattr(module_service.log.store, "snapshot", broken)
    response = caller.get(path)
    assert error_of(response, 503, "UNAVAILABLE") == "the store cannot be read right now"
    assert response.headers["retry-after"] == "5"


def test_a_store_that_does_not_open_is_503(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unopened(Log):
        store = property(lambda self: self.fail(), lambda self, store: store.close())
        engine = property(lambda self: self.fail(), lambda self, engine: None)

        def fail(self) -> None:
            raise StoreError("/secret/place/history.duckdb has format 7")

        def __exit__(self, *problem: object) -> None:
            return

    with Unopened(tmp_path / "unopened") as log, Service(log) as service:
        assert error_of(service.caller().get(HISTORY), 503, "UNAVAILABLE") == "the store cannot be read right now"


def test_every_answer_has_a_request_id_of_its_own(caller: TestClient) -> None:
    paths = [*ENDPOINTS, f"{PREFIX}/openapi.json", f"{PREFIX}/docs", f"{PREFIX}/nothing", f"{HISTORY}?limit=0"]
    ids = [caller.get(path, headers={"X-Request-Id": "mine"}).headers["x-request-id"] for path in paths * 2]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[0-9a-f]{32}", id) for id in ids)


@pytest.mark.parametrize("query", [
    "limit=%3Cscript%3E", "tz=%22%7D%7D", "limit=%00%0d%0aX-Evil:%201", "typ%E2%82%AC=1", "limit=%F0%9F%98%80", "limit=%ff",
])
def test_a_message_repeats_what_was_sent_as_data_only(caller: TestClient, query: str) -> None:
    response = caller.get(f"{HISTORY}?{query}")
    error_of(response, 400, "BAD_REQUEST")
    assert "x-evil" not in response.headers


def test_the_shape_holds_behind_a_socket_too(module_service: Service) -> None:
    headers = {"Authorization": f"Bearer {module_service.key()}"}
    with listening(module_service.app) as origin:
        error_of(httpx2.get(origin + HISTORY), 401, "UNAUTHORIZED")
        error_of(httpx2.get(f"{origin}{HISTORY}?limit=0", headers=headers), 400, "BAD_REQUEST")
        error_of(httpx2.get(f"{origin}{PREFIX}/x", headers=headers), 404, "NOT_FOUND")
        error_of(httpx2.post(origin + HISTORY, headers=headers), 405, "METHOD_NOT_ALLOWED")
        assert httpx2.get(origin + HISTORY, headers=headers).status_code == 200


def test_the_questions_of_the_fixture_are_answered(caller: TestClient, module_service: Service) -> None:
    with module_service.log.store.snapshot() as snapshot:
        assert api.history.page(snapshot.tenant(ACME), Selection(ACME)).total == 1
    assert caller.get(HISTORY).json()["pagination"]["total"] == 1
