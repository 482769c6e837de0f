from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.loading.loading import LoadOptions
from data.mapping.mapping import Mapping
from data.reading.source import opened
from data.store.limits import StoreError
from tests.logs import Log, interaction, tangled_rows
from tests.store_checks import contents, loaded

ROWS = tangled_rows(7, 30)
FIELDS = ("id", "tenantId", "customerId", "offerId", "creativeId", "channelId", "interactionType", "outcomeTypeKey",
          "direction", "timestamp", "context", "response", "outcome", "offer", "creative")


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def ndjson(rows: list[dict]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_csv(rows: list[dict], delimiter: str = ",", names: tuple[str, ...] = FIELDS) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(names)
    for row in rows:
        values = [row.get(name) for name in FIELDS]
        writer.writerow([compact(value) if isinstance(value, dict) else value for value in values])
    return text.getvalue().encode()


def page(rows: list[dict]) -> dict:
    return {"pagination": {"total": 30, "data": [1]}, "data": rows, "more": "]}"}


SNAKE = ("id", "tenant_id", "customer_id", "action_id", "treatmentId", "channel_id", "type", "outcome_type_key",
         "direction", "timestamp", "context", "response", "outcome", "offer", "creative")

FILES = {
    "log.ndjson": ndjson(ROWS),
    "log.jsonl": b"\xef\xbb\xbf" + ndjson(ROWS).replace(b"\n", b"\r\n\n"),
    "lines.json": ndjson(ROWS),
    "log.ndjson.gz": gzip.compress(ndjson(ROWS)),
    "zipped.ndjson": gzip.compress(ndjson(ROWS)),
    "array.json": json.dumps(ROWS).encode(),
    "pretty.json": b"\xef\xbb\xbf" + json.dumps(ROWS, indent=4, ensure_ascii=False).encode(),
    "page.json": json.dumps(page(ROWS), indent=1).encode(),
    "pages.json.gz": gzip.compress((compact(page(ROWS[:10])) + "\n" + compact(page(ROWS[10:])) + "\n").encode()),
    "array of pages.json": json.dumps([page(ROWS[:10]), page([]), page(ROWS[10:])]).encode(),
    "one after the other.json": " ".join(json.dumps(row, indent=1) for row in ROWS).encode(),
    "nothing said": json.dumps(ROWS).encode(),
    "log.csv": as_csv(ROWS),
    "log.csv.gz": gzip.compress(as_csv(ROWS)),
    "excel.csv": b"\xef\xbb\xbf" + as_csv(ROWS, ";"),
    "tabs.txt": as_csv(ROWS, "\t"),
    "snake.csv": as_csv(ROWS, names=SNAKE),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict:
    with Log(tmp_path_factory.mktemp("expected")) as log:
        log.load(*ROWS)
        return contents(log.store)


@pytest.mark.parametrize("name", FILES)
def test_every_format_of_the_same_rows_gives_the_same_store(log: Log, tmp_path: Path, expected: dict, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(FILES[name])
    summary = loaded(log.store, file)
    assert (summary.read, summary.loaded, summary.rejected, summary.ignored) == (30, 30, 0, ())
    assert contents(log.store) == expected


@pytest.mark.parametrize("shape", ["text", "struct", "large and dictionary text"])
def test_parquet_of_the_same_rows_gives_the_same_store(log: Log, tmp_path: Path, expected: dict, shape: str) -> None:
    columns = {name: [row.get(name) for row in ROWS] for name in FIELDS}
    for name in ("context", "response", "outcome", *(("offer", "creative") if shape != "struct" else ())):
        columns[name] = [compact(value) if value is not None else None for value in columns[name]]
    table = pa.table(columns)
    if shape == "large and dictionary text":
        table = table.cast(pa.schema([(name, pa.large_string()) for name in FIELDS]))
        table = table.set_column(2, "customerId", table["customerId"].combine_chunks().dictionary_encode())
        table = table.set_column(0, "id", table["id"].cast(pa.binary()))
    file = tmp_path / "log.parquet"
    pq.write_table(table, file, row_group_size=7)
    assert loaded(log.store, file).loaded == 30
    assert contents(log.store) == expected


def test_json_columns_of_parquet_may_be_structs_and_maps(log: Log, tmp_path: Path) -> None:
    row = interaction("a")
    table = pa.table({name: [row[name], row[name] + "2"] if name == "id" else [row[name]] * 2 for name in row} | {
        "context": pa.array([{"device": "phone", "n": None, "deep": {"x": 1, "y": None}}, None]),
        "response": pa.array([[("k", "v")], []], pa.map_(pa.string(), pa.string())),
    })
    file = tmp_path / "log.parquet"
    pq.write_table(table, file)
    loaded(log.store, file)
    assert [row[-3:-1] for row in contents(log.store)["interactions"]] == [
        ('{"device":"phone","deep":{"x":1}}', '{"k":"v"}'), ("{}", "{}")]


def test_names_in_columns_of_their_own_describe_the_entities(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("id,tenantId,customerId,type,timestamp,"
                    "offerId,offerName,offer_status,creativeId,creativeName,channelId,channelName\n"
                    "a,t,c,click,2026-03-15,o,Offer,paused,cr,Creative,ch,Channel\n")
    assert loaded(log.store, file).described == 3
    held = contents(log.store)
    assert held["offers"][0][1:5] == ("o", True, "Offer", "paused")
    assert held["creatives"][0][1:4] == ("cr", True, "Creative")
    assert held["channels"][0][1:4] == ("ch", True, "Channel")


def reasons(summary) -> list[tuple[str, str]]:
    with open(summary.rejects_file, encoding="utf-8", newline="") as file:
        return [(row["line"], row["reason"]) for row in csv.DictReader(file)]


def test_csv_rows_are_refused_by_the_line_they_begin_on(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(b'id,tenantId,customerId,type,timestamp,context\n'
                     b'a,t,"two\nlines",click,2026-03-15,\n'
                     b'b,t,c,click\n'
                     b'\n'
                     b'c,t,\xff,click,2026-03-15,\n'
                     b'd,t,"c"x,click,2026-03-15,\n'
                     b'e,t,c,click,2026-03-15,"{""a"": ""b,c""}"\n'
                     b'f,t,c,click,2026-03-15,{},more\n'
                     b'g,t,"never closed,click,2026-03-15,{}\n')
    summary = loaded(log.store, file)
    assert (summary.read, summary.loaded, summary.rejected) == (7, 2, 5)
    assert [(line, reason.split(":")[0]) for line, reason in reasons(summary)] == [
        ("4", "the row has 4 cells, but the header has 6"),
        ("6", "the row is not UTF-8 text"),
        ("7", "the row cannot be split into cells"),
        ("9", "the row has 7 cells, but the header has 6"),
        ("10", "the row cannot be split into cells"),
    ]
    assert [(row[3], row[-3]) for row in contents(log.store)["interactions"]] == [("two\nlines", "{}"), ("c", '{"a":"b,c"}')]


def test_records_of_a_json_document_are_refused_by_the_line_they_begin_on(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.json"
    file.write_text('[\n7,\n' + json.dumps(interaction("a"), indent=1) + ',\n{"id":\n1}, null]')
    summary = loaded(log.store, file)
    assert (summary.loaded, [line for line, _ in reasons(summary)]) == (1, ["2", "10", "11"])


@pytest.mark.parametrize(("name", "content", "said"), [
    ("log.json", b'[{"id": 1}', "the JSON is broken on line 1, column 11"),
    ("log.json", b'[{"id": 1},\n {"id": }]', "the JSON is broken on line 2, column 9"),
    ("log.json", b'[{"id": "\xff"}]', "byte 10 is not UTF-8 text"),
    ("log.json", b"[" * 100_000, "the JSON is nested too deeply"),
    ("log.csv", b"", "there is no header row"),
    ("log.csv", b"id,type,id\n", "there are columns #1 and #3 of the name 'id'"),
    ("log.csv", b"\xff,id\n", "the header row is not UTF-8 text"),
    ("log.parquet", b"PAR1 no parquet", "is not a readable Parquet file"),
    ("log.ndjson.gz", gzip.compress(ndjson(ROWS))[:-20], "cannot be read to the end"),
    ("log.csv.gz", b"\x1f\x8bno gzip", "cannot be read to the end"),
    ("nothing said", b"\x1f\x8bno gzip", "cannot be read to the end"),
    ("log.csv.gz", gzip.compress(as_csv(ROWS) * 9)[:200] + b"\0" * 90, "cannot be read to the end"),
])
def test_a_file_that_is_broken_as_a_whole_is_refused_with_its_name_and_place(log, tmp_path, name, content, said) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(StoreError, match=said) as refusal:
        loaded(log.store, file)
    assert str(file) in str(refusal.value)
    assert contents(log.store)["interactions"] == []


def test_a_parquet_column_that_cannot_be_a_field_is_named(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.parquet"
    pq.write_table(pa.table({"id": [["a"]], "customerId": ["c"]}), file)
    with pytest.raises(StoreError, match="column id holds list<.*>, from which id cannot be read"):
        loaded(log.store, file)


def test_columns_called_line_or_problem_are_columns_like_others(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("line,problem,id,tenantId,customerId,type,timestamp\n7,none,a,t,c,click,2026-03-15\n")
    summary = loaded(log.store, file, LoadOptions(mapping=Mapping(map=(("problem", "channelId"),))))
    assert (summary.loaded, summary.ignored) == (1, ("line",))
    assert contents(log.store)["interactions"][0][7] == "none"


def test_many_batches_number_their_lines_through(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.reading.lines.BATCH_BYTES", 1000)
    monkeypatch.setattr("data.reading.lines.FIRST_BYTES", 1000)
    monkeypatch.setattr("data.reading.delimited.BATCH_ROWS", 4)
    monkeypatch.setattr("data.reading.delimited.FIRST_ROWS", 4)
    for name, content in (("log.ndjson", ndjson(ROWS)), ("log.csv", as_csv(ROWS))):
        file = tmp_path / name
        file.write_bytes(content)
        with opened(file) as source:
            batches = [batch for member in source.members for batch in member.batches]
        lines = [line for batch in batches for line in batch.column(0).to_pylist()]
        assert len(batches) > 2 and len(lines) == len(set(lines)) and lines == sorted(lines)
        assert loaded(log.store, file).conflicts == 0
