"""What one tenant is told is the same, to the byte, whether or not another tenant's rows are in the store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.logs import ACME, CREATIVES, CUSTOMERS, OFFERS, ZENITH, Log, Row, interaction, tangled_rows
from tests.service import HISTORY, PREFIX, Service
from tests.test_queries_page import Pairs, selections

SECRET = "zenith-only"


def secret_rows() -> list[Row]:
    """Rows of the other tenant: ids, customers, offers and creatives shared with the first, and some of its own, all marked."""
    rows = tangled_rows(2, 60, ZENITH) + [
        interaction(f"ih_{SECRET}_{number}", tenantId=ZENITH, customerId=SECRET, interactionType=SECRET, direction=SECRET,
                    channelId=SECRET, outcomeTypeKey=SECRET, offerId=SECRET, creativeId=SECRET)
        for number in range(5)
    ]
    for row in rows:
        row["context"] = {SECRET: SECRET}
        if row.get("offerId"):
            row["offer"] = {"id": row["offerId"], "name": SECRET, "status": SECRET}
        if row.get("creativeId"):
            row["creative"] = {"id": row["creativeId"], "name": SECRET, "channel": {"id": "ch_email", "name": SECRET}}
    return rows


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, TestClient]]:
    """Two callers of tenant acme: of a store with its rows alone, and of one that holds another tenant's too."""
    folders = tmp_path_factory.mktemp("alone"), tmp_path_factory.mktemp("shared")
    own = tangled_rows(1, 60, ACME)
    with Log(folders[0]) as alone, Log(folders[1]) as shared, Service(alone) as one, Service(shared) as other:
        alone.load(*own)
        # The other tenant comes first, so that its keys and row numbers are the lower ones.
        shared.load(*sorted(secret_rows() + own, key=lambda row: row["tenantId"], reverse=True))
        yield one.caller(), other.caller()


def told(caller: TestClient, path: str) -> tuple[int, dict[str, str], str]:
    response = caller.get(path)
    id = response.headers["x-request-id"]
    headers = {name: value for name, value in response.headers.items() if name not in ("x-request-id", "content-length")}
    return response.status_code, headers, response.text.replace(id, "")


def assert_alike(callers: tuple[TestClient, TestClient], path: str, sent: str = "") -> None:
    alone, shared = (told(caller, path) for caller in callers)
    assert shared == alone
    if SECRET not in sent:
        assert SECRET not in str(shared)


foreign = st.sampled_from([
    ("customerId", SECRET), ("offerId", SECRET), ("creativeId", SECRET), ("type", SECRET), ("outcome", SECRET), ("direction", SECRET),
    ("channelId", SECRET), ("actionId", SECRET), ("tz", SECRET), ("from", SECRET), (SECRET, "1"),
])
cursors = st.none() | st.sampled_from([row["id"] for row in secret_rows()]) | st.sampled_from([row["id"] for row in tangled_rows(1, 60)])


@given(selections(), st.none() | foreign, cursors, st.integers(0, 7), st.sampled_from(["", ".csv", ".ndjson"]))
def test_no_list_total_cursor_export_or_error_tells_of_another_tenant(
    callers: tuple[TestClient, TestClient], pairs: Pairs, extra: tuple[str, str] | None, cursor: str | None, limit: int, ending: str,
) -> None:
    words = [*pairs, ("limit", str(limit))] + ([extra] if extra else [])
    if cursor is not None and not ending:
        words.append(("cursor", cursor))
    assert_alike(callers, f"{HISTORY}{ending}?{urlencode(words)}", sent=str(words))


def test_no_walk_meets_another_tenants_row(callers: tuple[TestClient, TestClient]) -> None:
    for query in ("", "&customerId=CUST001", "&" + urlencode([("customerId", id) for id in CUSTOMERS])):
        walks = []
        for caller in callers:
            walk, cursor = [], ""
            while cursor is not None:
                page = caller.get(f"{HISTORY}?limit=7{query}&" + urlencode({"cursor": cursor})).json()
                walk.append(page)
                cursor = page["pagination"]["nextCursor"]
            walks.append(walk)
        assert walks[0] == walks[1]
        assert {record["tenantId"] for page in walks[1] for record in page["data"]} == {ACME}


@pytest.mark.parametrize("path", [
    f"{PREFIX}/openapi.json", f"{PREFIX}/docs", f"{PREFIX}/{SECRET}", *(f"{HISTORY}?offerId={id}" for id in OFFERS),
    *(f"{HISTORY}?creativeId={id}" for id in CREATIVES),
])
def test_documents_and_names_tell_nothing_of_another_tenant(callers: tuple[TestClient, TestClient], path: str) -> None:
    assert_alike(callers, path, sent=path)


def test_readiness_tells_a_tenant_of_its_own_newest_row(callers: tuple[TestClient, TestClient]) -> None:
    alone, shared = (caller.get("/readyz").json() for caller in callers)
    assert shared == alone


def test_the_other_tenant_does_see_its_rows(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Log(tmp_path_factory.mktemp("other")) as log, Service(log) as service:
        log.load(*secret_rows())
        text = service.caller(ZENITH).get(f"{HISTORY}.ndjson?customerId={SECRET}").text
        assert [json.loads(line)["customerId"] for line in text.splitlines()] == [SECRET] * 5
