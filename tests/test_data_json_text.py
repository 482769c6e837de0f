"""JSON is read as JSON readers read it: against Python's own reader, text by text."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reading import json_text
from data.reading.json_scan import find_odd
from data.reading.json_text import as_json_readers_read
from tests.logs import Log, interaction
from tests.store_checks import loaded

NAMES = ("a", "b", "é", "")
STRINGS = (
    '""', '"a"', '"NaN, ]"', r'"\ud83d"', r'"\ude00\ud83d"', r'"\ud83d\ude00"', r'"\ud83d\u0041"', r'"\\ud83d"',
    r'"\""', '"{}"', '"😀"', r'"\/\u00e9\n"',
)
WORDS = ("0", "-0.0", "12.50", "1E-7", "true", "false", "null", "NaN", "-Infinity", "Infinity", "nan", "inf", *STRINGS)


def _object(members: list[tuple[str, str]], last: str) -> str:
    return "{" + ",".join(f"{name}:{value}" for name, value in members) + last + "}"


# Names spelled in several ways, doubled members, words that are not JSON, commas too many.
_names = st.sampled_from([json.dumps(name) for name in NAMES] + ['"é"', r'"\u0061"', r'"\ud83d"', r'"\udfff"'])
_ends = st.sampled_from(("", "", "", "", " ", ",", ", "))
texts = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: st.one_of(
        st.builds(_object, st.lists(st.tuples(_names, inner), max_size=4), _ends),
        st.builds(lambda values, last: "[" + " , ".join(values) + last + "]", st.lists(inner, max_size=3), _ends),
    ),
    max_leaves=12,
)
objects = st.builds(_object, st.lists(st.tuples(_names, texts), max_size=4), _ends)


def python_reads(text: str) -> Any:
    """The value of a text to Python's reader, half a pair as U+FFFD, in its compact form; `None` where it is not JSON."""
    def refuse(word: str) -> None:
        raise ValueError(word)

    def whole(value: Any) -> Any:
        if isinstance(value, dict):
            return {whole(name): whole(member) for name, member in value.items()}
        if isinstance(value, list):
            return [whole(member) for member in value]
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value

    try:
        return json.dumps(whole(json.loads(text, parse_constant=refuse)), ensure_ascii=False)
    except ValueError:
        return None


def engine_reads(log: Log, texts: list[str]) -> dict[str, Any]:
    """What a load keeps of some texts as `context`, by the row's id: given as objects, as texts in a record, and as cells."""
    folder = log.folder
    rows = [f'{json.dumps(interaction(f"o{n}"))[:-1]},"context":{text}}}' for n, text in enumerate(texts)]
    rows += [json.dumps(interaction(f"t{n}", context=text)) for n, text in enumerate(texts)]
    (folder / "json.ndjson").write_text("\n".join(rows), encoding="utf-8")
    with open(folder / "json.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "tenantId", "customerId", "interactionType", "timestamp", "context"])
        table.writerows([f"c{n}", "acme", "c", "t", "2026-03-15", text] for n, text in enumerate(texts))
    loaded(log.store, folder / "json.ndjson")
    loaded(log.store, folder / "json.csv")
    with log.store.snapshot() as snapshot:
        return dict(snapshot.rows("select id, context from interactions"))


@pytest.mark.parametrize("scanned", [False, True])
def test_a_load_keeps_of_a_text_what_python_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scanned: bool) -> None:
    monkeypatch.setattr(json_text, "_WORTH_SCANNING", 0 if scanned else 1 << 60)
    every: list[str] = []

    @given(st.lists(objects, min_size=5, max_size=10))
    def gather(some: list[str]) -> None:
        every.extend(some)

    gather()
    with Log(tmp_path) as log:
        kept = engine_reads(log, every)
    expected = {
        f"{how}{n}": json.loads(read) for n, text in enumerate(every) if (read := python_reads(text)) is not None for how in "otc"
    }
    assert {id: json.loads(text) for id, text in kept.items()} == expected
    assert 0 < len(kept) < 3 * len(every)


@given(texts)
def test_the_scan_overlooks_no_text_that_the_engine_reads_otherwise(text: str) -> None:
    odd = np.zeros(1, np.uint8)
    data = text.encode()
    find_odd(np.frombuffer(data, np.uint8), np.array([0, len(data)]), odd)
    read = python_reads(text)
    doubled: list[bool] = []
    try:
        json.loads(text, object_pairs_hook=lambda pairs: doubled.append(len(dict(pairs)) < len(pairs)) or 0)
    except ValueError:
        pass
    half = read is not None and "\ufffd" in read
    assert odd[0] or not (read is None or any(doubled) or half)


def test_of_doubled_members_the_last_counts_everywhere(log: Log) -> None:
    row = json.dumps(interaction("i", customerId="first"))[:-1]
    file = log.folder / "doubled.ndjson"
    file.write_text(row + ',"customerId":"last","offer":{"id":"o","id":"p","name":"P"},"outcome":{"conversionValue":10,"conversionValue":20}}\n')
    assert loaded(log.store, file).loaded == 1
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select outcome, value from interactions") == [('{"conversionValue":20}', 20.0)]
        assert snapshot.rows("select id from customers") == [("last",)]
        assert snapshot.rows("select id, name from offers where key > 0") == [("p", "P")]


@pytest.mark.parametrize("name", ["half.ndjson", "half.json", "half.ndjson.gz"])
def test_half_an_emoji_is_the_replacement_character(log: Log, name: str) -> None:
    row = interaction("i\ud83d", customerId="c\ude00", context={"k\ud83d": "Great \ud83d", "whole": "😀"})
    file = log.folder / name
    file.write_bytes((gzip.compress if name.endswith("gz") else bytes)(json.dumps(row).encode()))
    assert loaded(log.store, file).loaded == 1
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select id, context from interactions") == [("i\ufffd", '{"k\ufffd":"Great \ufffd","whole":"😀"}')]
        assert snapshot.rows("select id from customers") == [("c\ufffd",)]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.dictionary(pa.int8(), pa.string())])
def test_a_parquet_column_of_json_text_is_read_alike(log: Log, kind: pa.DataType) -> None:
    texts = ['{"a":1,"a":2}', r'{"a":"\ud83d"}', '{"a":NaN}', '{"a":1,}', None, '{"a":12.50}']
    plain = pa.array([interaction(f"i{place}") for place in range(len(texts))])
    contexts = pa.array([text and text.encode() for text in texts]) if kind == pa.binary() else pa.array(texts).cast(kind)
    table = pa.Table.from_struct_array(plain).append_column("context", contexts)
    pq.write_table(table, log.folder / "log.parquet")
    summary = loaded(log.store, log.folder / "log.parquet")
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select id, context from interactions order by id") == [
            ("i0", '{"a":2}'), ("i1", '{"a":"\ufffd"}'), ("i4", "{}"), ("i5", '{"a":12.5}'),
        ]
    with open(summary.rejects_file, encoding="utf-8", newline="") as file:
        assert [(row["line"], row["reason"]) for row in csv.DictReader(file)] == [
            ("3", "context is not a JSON object: NaN is not a JSON number"), ("4", "context is not a JSON object"),
        ]


def test_of_two_lists_of_records_in_a_page_the_last_counts(log: Log) -> None:
    file = log.folder / "page.json"
    file.write_text('{"data": [' + json.dumps(interaction("first")) + '], "data": [' + json.dumps(interaction("last")) + "]}")
    assert loaded(log.store, file).loaded == 1
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select id from interactions") == [("last",)]


def test_a_batch_without_anything_odd_is_left_as_it_is() -> None:
    batch = pa.record_batch([[1], pa.nulls(1, pa.string()), ['{"a": "x"}' * 100_000]], names=["line", "problem", "record"])
    assert as_json_readers_read(batch, {"record": "this is not JSON"}).column(2).equals(batch.column(2))
