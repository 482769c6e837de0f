"""What the audit says of the API: files with what was asked, and changes."""

from __future__ import annotations

import json

import pytest
from starlette.requests import Request

from accounts import Identity, Role
from api.auditing import NotedExport, noted_parameters
from api.downloads import Download
from tests.logs import ACME, interaction
from tests.service import HISTORY, PREFIX, Service


@pytest.fixture
def filled(service: Service) -> Service:
    service.log.load(*(interaction(f"i{number}") for number in range(5)))
    return service


def lines(service: Service) -> list[dict]:
    return list(service.accounts.audit.lines())


def test_a_file_is_noted_with_its_filters_rows_and_reader_and_no_customer(filled: Service) -> None:
    caller = filled.caller()
    answer = caller.get(f"{HISTORY}.csv?type=click&customerId=CUST001&limit=3")
    assert len(answer.text.splitlines()) == 4
    [line] = lines(filled)
    assert line["parameters"] == [["type", "click"], ["customerId", filled.accounts.audit.pseudonym("CUST001")], ["limit", "3"]]
    assert "CUST001" not in json.dumps(line)
    assert {name: line[name] for name in ("event", "tenant", "account", "kind", "path", "rows", "complete", "requestId", "bytes")} == {
        "event": "export", "tenant": ACME, "account": "key 1", "kind": "key", "path": f"{HISTORY}.csv", "rows": 3, "complete": True,
        "requestId": answer.headers["x-request-id"], "bytes": len(answer.content),
    }


def test_whatever_names_a_customer_is_under_a_pseudonym(filled: Service) -> None:
    pairs = [("type", "click"), ("customerId", "CUST001"), ("cursor", "i1"), ("without", "offerId")]
    said = noted_parameters(filled.accounts.audit, pairs)
    assert [said[0], said[3]] == [["type", "click"], ["without", "offerId"]]
    assert [value.partition(":")[0] for _, value in said[1:3]] == ["hmac", "hmac"]


def test_a_page_of_the_log_and_the_size_of_a_file_are_no_export(filled: Service) -> None:
    filled.caller().get(HISTORY)
    filled.caller().head(f"{HISTORY}.csv")
    assert lines(filled) == []


def test_a_file_that_its_reader_gave_up_is_noted_as_not_complete(filled: Service) -> None:
    scope = {"type": "http", "method": "GET", "path": "/x.csv", "query_string": b"", "headers": [], "client": ("192.0.2.7", 1),
             "state": {"identity": Identity(ACME, Role.VIEWER, "ada@example.com", "user"), "request_id": "r1"}}
    export = NotedExport(filled.accounts.audit, Request(scope), Download(iter(["é,b\r\n"] * 3), "text/csv", "x.csv", 3))
    pieces = iter(export)
    assert [next(pieces) for _ in range(2)] == ["é,b\r\n"] * 2
    export.note()
    [line] = lines(filled)
    assert (line["rows"], line["bytes"], line["complete"], line["requestId"], line["address"]) == (3, 6, False, "r1", "192.0.2.7")


def test_a_change_is_noted_with_what_became_of_it_and_reading_is_not(filled: Service) -> None:
    editor = filled.stranger(Authorization=f"Bearer {filled.key(role=Role.ADMIN)}")
    answers = [editor.delete(f"{PREFIX}/loads/99"), editor.put(f"{PREFIX}/interaction-outcomes/yes", json={"countsAs": "convert"})]
    editor.get(f"{PREFIX}/loads")
    noted = [(line["method"], line["path"], line["status"], line["requestId"]) for line in reversed(lines(filled))]
    assert noted == [
        ("DELETE", f"{PREFIX}/loads/99", 404, answers[0].headers["x-request-id"]),
        ("PUT", f"{PREFIX}/interaction-outcomes/yes", answers[1].status_code, answers[1].headers["x-request-id"]),
    ]
    assert {(line["event"], line["tenant"], line["account"]) for line in lines(filled)} == {("change", ACME, "key 1")}
