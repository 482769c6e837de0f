"""JSON nested so deep that most readers give up: refused when it comes, and answered safely where an earlier version took it."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from pathlib import Path

import pytest

from accounts import Role
from data.loading.loading import LoadOptions, load_log
from tests.logs import ACME, Log, interaction
from tests.service import HISTORY, PREFIX, Service
from ui.page.record_drawer import indented

TOLD = "this is not JSON: it is nested deeper than 500 levels"


def deep(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


def row(id: str, context: str) -> str:
    return json.dumps(interaction(id))[:-1].replace('"context": {}, ', "") + f',"context":{context}}}\n'


@pytest.mark.parametrize("levels", [500, 12_000])
def test_a_post_of_it_is_a_rejected_row(service: Service, levels: int) -> None:
    editor = service.stranger(Authorization=f"Bearer {service.key(role=Role.EDITOR)}")
    body = row("1", deep(levels)) + row("2", deep(499)) + row("3", json.dumps(deep(levels + 1)))
    answer = editor.post(f"{PREFIX}/interactions", content=body, headers={"Content-Type": "application/x-ndjson"}).json()
    assert (answer["loaded"], answer["rejected"]) == (1, [{"line": 1, "reason": TOLD}, {"line": 3, "reason": TOLD}])


@pytest.mark.parametrize("rows", [1, 1500])
def test_a_file_of_it_has_rejected_rows_read_either_way(log: Log, tmp_path: Path, rows: int) -> None:
    file = tmp_path / "deep.ndjson"
    file.write_text("".join(row(f"ih_{number}", "{}") for number in range(rows)) + row("deep", deep(12_000)))
    report = load_log(log.store, file, LoadOptions(), lambda _: None, tmp_path)
    assert (report.loaded, report.rejected) == (rows, 1)
    assert report.rejects_file and Path(report.rejects_file).read_text().splitlines()[1].split(",")[1] == TOLD


def test_a_cell_of_it_makes_its_row_rejected(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "deep.csv"
    with file.open("w", newline="") as text:
        rows = [interaction("1") | {"context": deep(500)}, interaction("2") | {"context": deep(501)}]
        writer = csv.DictWriter(text, rows[0].keys())
        writer.writeheader()
        writer.writerows({name: "{}" if value == {} else value for name, value in row.items()} for row in rows)
    report = load_log(log.store, file, LoadOptions(), lambda _: None, tmp_path)
    assert (report.loaded, report.rejected) == (1, 1)


def test_a_store_that_has_it_is_read_by_every_client(log: Log, service: Service) -> None:
    log.load(interaction("ih_1"), interaction("ih_2", context={"text": "x" * 600}), interaction("ih_3", response={"a": 1}))
    with closing(log.store.cursor()) as cursor:
        cursor.execute("update interactions set context = $text where id = 'ih_1'", {"text": deep(12_000)})
    caller = service.caller()
    for records in (caller.get(HISTORY).json()["data"], [json.loads(line) for line in caller.get(f"{HISTORY}.ndjson").text.splitlines()]):
        assert [(record["id"], record["context"], record["response"]) for record in records] == [
            ("ih_3", {}, {"a": 1}), ("ih_2", {"text": "x" * 600}, {}), ("ih_1", {"nestedTooDeep": deep(12_000)}, {})]
    with log.snapshot() as snapshot:
        record = snapshot.tenant(ACME).record("ih_1")
    assert record is not None and indented(record.context) == deep(12_000)


def test_what_is_shown_of_the_deepest_there_may_be_is_short() -> None:
    shown = indented(deep(500))
    assert json.loads(shown) == json.loads(deep(500))
    assert len(shown) < 200_000
