"""The answers of a small hand-written log, approved as files: what changes there is a change of the product's promise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from data.loading.loading import LoadOptions, load_log
from tests.logs import Log
from tests.service import HISTORY, Service

APPROVED = Path(__file__).parent / "approved"


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with Log(tmp_path_factory.mktemp("approved")) as log, Service(log) as service:
        load_log(log.store, APPROVED / "log.ndjson", LoadOptions(), lambda _: None, log.folder)
        yield service.caller("t_001")


def test_the_page_is_as_approved(caller: TestClient) -> None:
    page = json.dumps(caller.get(HISTORY).json(), indent=2, ensure_ascii=False) + "\n"
    assert page == (APPROVED / "interaction-history.json").read_text(encoding="utf-8")


def test_the_csv_file_is_as_approved_to_the_byte(caller: TestClient) -> None:
    assert caller.get(f"{HISTORY}.csv?bom=true").content == (APPROVED / "interaction-history.csv").read_bytes()
