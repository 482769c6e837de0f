"""Rows that are sent over HTTP: each is in the log once it is answered, once alone, and only in the caller's own."""

from __future__ import annotations

import gzip
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import pytest
from starlette.testclient import TestClient

from accounts import Role
from api.errors import CODES
from api.interactions import LARGEST_POST
from data.store.limits import StoreError
from tests.logs import ACME, ZENITH, Row, interaction
from tests.service import HISTORY, PREFIX, Service
from tests.test_api_errors import error_of as error_with_code

POSTS, LOADS = f"{PREFIX}/interactions", f"{PREFIX}/loads"
LINES = {"Content-Type": "application/x-ndjson"}


def editor(service: Service, tenant: str = ACME, role: Role = Role.EDITOR) -> TestClient:
    return service.stranger(Authorization=f"Bearer {service.key(tenant, role)}")


def error_of(response: Any, status: int) -> str:
    return error_with_code(response, status, CODES[HTTPStatus(status)])


def lines(*rows: Row) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def post(client: TestClient, body: str | bytes, path: str = POSTS, **headers: str) -> Any:
    response = client.post(path, content=body, headers={**LINES, **headers})
    assert response.status_code == 200, response.text
    return response.json()


def ids(client: TestClient) -> list[str]:
    return sorted(record["id"] for record in client.get(HISTORY, params={"limit": "100"}).json()["data"])


def own(id: str, **fields: Any) -> Row:
    """A row as a caller sends it, which need not name the tenant."""
    return {name: value for name, value in interaction(id, **fields).items() if name != "tenantId" or "tenantId" in fields}


def test_rows_are_read_by_whoever_asks_after_the_answer(service: Service) -> None:
    client = editor(service)
    answer = post(client, lines(own("a"), own("b")))
    assert answer == {"received": 2, "loaded": 2, "alreadyThere": 0, "conflictCount": 0, "conflicts": [], "rejectedCount": 0, "rejected": [],
                      "version": 1}
    assert ids(client) == ["a", "b"]
    assert ids(editor(service, ZENITH)) == []


def test_each_row_is_told_of_and_the_others_are_loaded(service: Service) -> None:
    client = editor(service)
    post(client, lines(own("a")))
    answer = post(client, lines(own("a"), own("a", customerId="other"), own("b"), {"id": "c"}, own("d", tenantId=ZENITH), own("e", tenantId=ACME))
                  + "no JSON\n" + lines(own("b", direction="inbound")))
    assert answer == {
        "received": 8, "loaded": 2, "alreadyThere": 1,
        "conflictCount": 2,
        "conflicts": [
            {"line": 2, "reason": "already there with a different customerId"},
            {"line": 8, "reason": "already there with a different direction"},
        ],
        "rejectedCount": 3,
        "rejected": [
            {"line": 4, "reason": "customerId is missing; interactionType is missing; timestamp is missing"},
            {"line": 5, "reason": f"tenantId is {ZENITH}, but this is the log of {ACME}"},
            {"line": 7, "reason": "this is not JSON"},
        ],
        "version": 2,
    }
    assert ids(client) == ["a", "b", "e"]
    assert ids(editor(service, ZENITH)) == []


def test_sending_a_body_again_changes_nothing(service: Service) -> None:
    client = editor(service)
    body = lines(own("a"), own("b"))
    first, again = post(client, body), post(client, body)
    assert (again["loaded"], again["alreadyThere"], again["version"]) == (0, 2, first["version"])
    assert ids(client) == ["a", "b"]


@pytest.mark.parametrize("body", [json.dumps([own("a"), own("b")]), json.dumps([own("a"), own("b")], indent=2), lines(own("a"), own("b"))])
@pytest.mark.parametrize("packed", [False, True])
def test_an_array_lines_and_what_is_packed_are_the_same_rows(service: Service, body: str, packed: bool) -> None:
    headers = {"Content-Type": "application/json" if body.startswith("[") else "application/x-ndjson"}
    sent = gzip.compress(body.encode()) if packed else body.encode()
    assert post(editor(service), sent, **headers, **({"Content-Encoding": "gzip"} if packed else {}))["loaded"] == 2


def test_a_row_of_an_array_is_told_by_its_number(service: Service) -> None:
    answer = post(editor(service), json.dumps([own("a"), {"id": "b"}]), **{"Content-Type": "application/json"})
    assert [row["line"] for row in answer["rejected"]] == [2]


def test_all_or_nothing_and_only_looking(service: Service) -> None:
    client = editor(service)
    post(client, lines(own("a")))
    refused = client.post(f"{POSTS}?strict=true", content=lines(own("b"), {"id": "c"}), headers=LINES)
    assert error_of(refused, 409) == ("nothing was loaded, for strict=true takes all rows or none: 1 are rejected and 0 conflict; "
                                      "line 2: customerId is missing; interactionType is missing; timestamp is missing")
    assert ids(client) == ["a"]
    looked = post(client, lines(own("a"), own("b"), {"id": "c"}), f"{POSTS}?dryRun=true")
    assert (looked["loaded"], looked["alreadyThere"], looked["rejectedCount"], looked["version"]) == (1, 1, 1, 1)
    assert ids(client) == ["a"]
    assert post(client, lines(own("b")), f"{POSTS}?strict=true&dryRun=false")["loaded"] == 1
    assert ids(client) == ["a", "b"]


def test_what_cannot_be_taken_says_why(service: Service) -> None:
    client = editor(service)

    def refusal(status: int, content: bytes, path: str = POSTS, **headers: str) -> str:
        return error_of(client.post(path, content=content, headers={**LINES, **headers}), status)

    assert refusal(415, b"{}", **{"Content-Type": "text/csv"}) == "the body must be application/x-ndjson or application/json, not 'text/csv'"
    assert refusal(415, b"{}", **{"Content-Encoding": "br"}) == "the body must be packed with gzip or not at all, not with 'br'"
    assert refusal(400, b"not gzip", **{"Content-Encoding": "gzip"}).startswith("the body cannot be unpacked as gzip")
    assert refusal(400, gzip.compress(b"x" * 1000)[:-9], **{"Content-Encoding": "gzip"}) == "the body ends before its gzip data does"
    assert refusal(400, b" \n") == "the body holds no rows: send a JSON object a line, or a JSON array of objects"
    assert refusal(400, b'[{"id": "a"}').startswith("the body cannot be read")
    assert refusal(400, b"{}", f"{POSTS}?strict=yes") == "strict must be true or false, not 'yes'"
    assert refusal(400, b"{}", f"{POSTS}?limit=3") == "there is no parameter 'limit'"
    assert refusal(413, b" " * (LARGEST_POST + 1)) == "the body has more than 10,485,760 bytes"
    bomb = gzip.compress(b" " * (LARGEST_POST + 1))
    assert refusal(413, bomb, **{"Content-Encoding": "gzip"}) == "the body has more than 10,485,760 bytes once it is unpacked"
    assert ids(client) == []


def test_a_viewer_may_not_write(service: Service) -> None:
    refused = editor(service, role=Role.VIEWER).post(POSTS, content=lines(own("a")), headers=LINES)
    assert "may not change this" in error_of(refused, 403)


def test_the_posts_of_a_key_and_day_are_one_load_that_can_be_taken_back(service: Service) -> None:
    first, second, other = editor(service), editor(service), editor(service, ZENITH)
    for body in (lines(own("a")), lines(own("b"), {"id": "x"}), lines(own("a"))):
        post(first, body)
    post(second, lines(own("c")))
    post(other, lines(own("a")))
    listed = first.get(LOADS).json()["loads"]
    assert [(line["rows"], line["rejected"]) for line in listed] == [(1, 0), (2, 1)]
    assert all(line["source"].startswith("posted on 20") for line in listed)
    admin = editor(service, role=Role.ADMIN)
    taken = admin.delete(f"{LOADS}/{listed[1]['version']}").json()
    assert (taken["removed"], taken["restored"]) == (2, 0)
    assert ids(first) == ["c"]
    assert ids(other) == ["a"]
    assert post(first, lines(own("a")))["loaded"] == 1
    assert [line["rows"] for line in first.get(LOADS).json()["loads"]] == [1, 1]


def test_posts_that_arrive_meanwhile_share_a_version_and_each_row_is_there_once(service: Service) -> None:
    clients = [editor(service), editor(service), editor(service, ZENITH)]
    first, again = threading.Barrier(12), 5

    def send(sender: int) -> list[int]:
        first.wait()
        versions = []
        for nth in range(again):
            rows = [own(f"{sender}-{nth}-{row}") for row in range(10)] + [own("shared")]
            answer = post(clients[sender % 3], lines(*rows))
            assert answer["loaded"] + answer["alreadyThere"] == 11
            assert answer["loaded"] >= 10
            versions.append(answer["version"])
        return versions

    with ThreadPoolExecutor(12) as senders:
        versions = [version for sent in senders.map(send, range(12)) for version in sent]
    assert len(set(versions)) < len(versions)
    with service.log.store.snapshot() as snapshot:
        assert snapshot.version == max(versions)
        assert snapshot.rows("""
            select t.id, count(*), count(distinct i.id)
            from interactions i
            join tenants t using (tenant)
            group by t.id
            order by t.id
        """) == [(ACME, 401, 401), (ZENITH, 201, 201)]


def test_what_cannot_be_written_is_answered_so_and_nothing_of_it_is_there(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    client = editor(service)

    def full(*_: object) -> None:
        raise StoreError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("data.loading.posting.write", full)
        refused = client.post(POSTS, content=lines(own("a")), headers=LINES)
    assert error_of(refused, 503) == "the rows cannot be written right now, and none of them was"
    assert refused.headers["Retry-After"] == "5"
    assert ids(client) == []
    assert post(client, lines(own("a")))["loaded"] == 1
