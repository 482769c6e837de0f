from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from data.store.limits import StoreError
from tests.reading import rows

RECORDS = [{"id": f"e{place}", "customerId": "c", "type": "click", "items": [{"sku": 1}]} for place in range(3)]
LINES = "".join(json.dumps(record) + "\n" for record in RECORDS)


@pytest.mark.parametrize(("name", "content"), [
    ("log.ndjson", LINES),
    ("log.json", LINES),
    ("log.ndjson", json.dumps(RECORDS)),
    ("log.jsonl", "\n[" + ",\n".join(map(json.dumps, RECORDS)) + "]\n"),
    ("log.ndjson", "\n".join(json.dumps(record, indent=2) for record in RECORDS)),
    ("log.json", json.dumps(RECORDS, indent=1)),
    ("log.json", json.dumps({"meta": {"page": 1}, "events": RECORDS})),
    ("log.ndjson", json.dumps({"events": RECORDS, "next": None}, indent=1)),
    ("log.json", json.dumps({"status": "ok", "whatever": RECORDS, "errors": []})),
    ("log.json", json.dumps({"data": RECORDS})),
    ("log.ndjson", json.dumps({"data": RECORDS[:1]}) + "\n" + json.dumps({"data": RECORDS[1:]}) + "\n"),
    ("log.json", " ".join(json.dumps(record) for record in RECORDS)),
    ("log.json", json.dumps([RECORDS[:2], [], RECORDS[2:]])),
])
def test_records_are_found_in_any_shape_of_json(tmp_path: Path, name: str, content: str) -> None:
    file = tmp_path / name
    file.write_text(content)
    assert [(row.problem, row.cells) for row in rows(file)] == [(None, record) for record in RECORDS]


def test_a_single_record_with_a_list_of_objects_is_a_record(tmp_path: Path) -> None:
    for name in ("log.json", "log.ndjson"):
        file = tmp_path / name
        file.write_text(json.dumps(RECORDS[0]))
        assert [row.cells for row in rows(file)] == RECORDS[:1]


def test_where_records_are_named_an_object_around_them_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "log.json"
    file.write_text(json.dumps({"user": "u", "events": RECORDS}))
    assert [row.cells for row in rows(file, records="events")] == [{"user": "u", "events": RECORDS}]


def small(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr("data.reading.documents._PIECE", piece)
    monkeypatch.setattr("data.reading.documents._LONGEST_VALUE", 4 * piece)


@pytest.mark.parametrize("piece", [1, 7, 64, 1000])
def test_where_a_piece_ends_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    small(monkeypatch, piece)
    monkeypatch.setattr("data.reading.documents._LONGEST_VALUE", 300)
    records = [{"id": place, "n": -12345678901234567890.5e3, "s": "é😀\\\"[{", "l": [1, [2]]} for place in range(20)]
    shapes = [records, {"page": 7, "data": records, "more": {"a": [1, 2]}}, {"n": 1234, "events": records}, [records[:5], {"data": records[5:]}]]
    for indent in (None, 1):
        for shape in shapes:
            file = tmp_path / "log.json"
            file.write_text(json.dumps(shape, indent=indent, ensure_ascii=False))
            found = rows(file)
            assert [row.cells for row in found] == records
            lines = file.read_text().splitlines()
            assert all('"id"' in lines[row.line - 1 + (indent == 1)] for row in found)


@pytest.mark.parametrize("piece", [5, 1 << 20])
@pytest.mark.parametrize(("content", "said"), [
    ('[{"id": 1}', "line 1, column 11: Expecting ',' delimiter"),
    ('[{"id": 1},\n\n  {"id": }]', "line 3, column 10: Expecting value"),
    ('[{"id": 1} {"id": 2}]', "line 1, column 12: Expecting ',' delimiter"),
    ('[{"id": 1},]', "line 1, column 12: Expecting value"),
    ('[{"id": 1}]\n]', "line 2, column 1: Expecting value"),
])
def test_broken_json_is_told_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, said: str, piece: int) -> None:
    monkeypatch.setattr("data.reading.documents._PIECE", piece)
    file = tmp_path / "log.json"
    file.write_text(content)
    with pytest.raises(StoreError, match=f"the JSON is broken on {said}"):
        rows(file)


def test_an_object_too_long_for_a_record_has_one_list_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch, 64)
    file = tmp_path / "log.json"
    file.write_text(json.dumps({"users": RECORDS * 9, "events": RECORDS * 9}))
    with pytest.raises(StoreError, match="it holds two lists of records, 'users' and 'events'"):
        rows(file)
    file.write_text(json.dumps({"text": "x" * 1000}))
    with pytest.raises(StoreError, match="holds a value of more than 256 signs that is no list of records"):
        rows(file)


def test_a_byte_that_is_no_text_is_told_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for piece in (3, 1 << 20):
        monkeypatch.setattr("data.reading.documents._PIECE", piece)
        file = tmp_path / "log.json"
        file.write_bytes('[{"é": "'.encode() + b'\xff"}]')
        with pytest.raises(StoreError, match="byte 10 is not UTF-8 text: give --encoding"):
            rows(file)


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


def test_json_nested_deeper_than_500_is_a_row_with_that_problem(tmp_path: Path) -> None:
    file = tmp_path / "log.json"
    file.write_text(f"[{nested(5000)},\n{nested(2)}]")
    assert [(row.line, row.problem) for row in rows(file)] == [(1, "the JSON is nested deeper than 500 levels"), (2, None)]


def test_a_line_that_is_longer_than_any_row_is_passed_over_with_that_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BATCH_BYTES", "FIRST_BYTES", "LONGEST_ROW"):
        monkeypatch.setattr(f"data.reading.lines.{name}", 1000)
    file = tmp_path / "log.ndjson"
    file.write_text('{"a":1}\n\n{"a":"' + "x" * 5000 + '"}\n \n{"a":3}')
    assert [(row.line, row.problem) for row in rows(file)] == [(1, None), (3, "the line has more than 1,000 bytes"), (5, None)]


def test_a_document_needs_memory_for_a_piece_of_it_alone(tmp_path: Path) -> None:
    file = tmp_path / "log.json"
    record = json.dumps({"id": 1, "text": "x" * 1000})
    file.write_text("[" + ",".join([record] * 60_000) + "]")
    from data.reading.source import opened

    tracemalloc.start()
    with opened(file) as source:
        read = sum(len(batch) for member in source.members for batch in member.batches)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # One batch of text is held as text and as a column at most.
    assert read == 60_000 and peak < 4 * (1 << 25)
