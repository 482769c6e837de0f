"""JSON columns checked text by text, as they are row by row."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.loading.arriving import with_few_texts
from data.loading.checking import prepared_objects
from data.mapping.object_sql import compact_object
from tests.logs import Log, interaction
from tests.store_checks import loaded

GOOD = ['{"a": 1}', ' {"a" : "NaN"}', "{}", "null", "", None, '{"b":[1, 2.50]}']
BAD = ["[1]", '{"a": NaN}', '{"a":', "7"]


def compact(texts: list[str | None]) -> list[str | None] | None:
    """A column of these texts in its compact form; None where it is left to the check of each row."""
    column = pa.array(texts, pa.string())
    batch = with_few_texts(pa.record_batch([pa.nulls(len(texts)), pa.nulls(len(texts)), column], ["line", "problem", "context"]), ["context"])
    found, _ = prepared_objects(duckdb.connect(), [("context", batch.column(2))])
    return found["context"].to_pylist() if found else None


def parts(texts: list[str | None]) -> list[list[str | None]] | None:
    """What describes the offers in a column of these texts: id, name and status; None where it is left to the check of each row."""
    _, found = prepared_objects(duckdb.connect(), [("offer", pa.array(texts, pa.string()).dictionary_encode())])
    return [column.to_pylist() for column in found["offer"]] if found else None


def test_each_offer_is_described_by_its_object_and_none_by_nothing() -> None:
    assert parts(['{"id": "o", "name": "Card", "status": "active"}', None, "", '{"id": 7}']) == [
        ["o", None, None, "7"], ["Card", None, None, None], ["active", None, None, None],
    ]
    assert parts(['{"id": "o"}', "no object"]) is None


def test_each_row_gets_the_compact_form_of_its_text() -> None:
    assert compact(GOOD * 8) == ['{"a":1}', '{"a":"NaN"}', "{}", "{}", "{}", None, '{"b":[1,2.5]}'] * 8


@pytest.mark.parametrize("text", GOOD[:5] + GOOD[6:])
def test_the_check_of_a_text_is_that_of_a_row(text: str) -> None:
    [(of_a_row,)] = duckdb.execute(f"select {compact_object('$text')}", {"text": text or None}).fetchall()
    assert compact([text] * 8) == [of_a_row] * 8


@pytest.mark.parametrize("text", BAD)
def test_a_column_with_a_text_that_is_no_object_is_left_to_the_check_of_each_row(text: str) -> None:
    assert compact([*GOOD * 8, *[text] * 8]) is None


def test_a_column_of_mostly_different_texts_is_left_to_the_check_of_each_row() -> None:
    assert compact([f'{{"a":{number}}}' for number in range(100)]) is None


def test_what_is_rejected_and_what_is_kept_does_not_depend_on_how_a_column_was_checked(log: Log, tmp_path: Path) -> None:
    rows = [interaction(f"i{number}", context='{"page": 1}', response='{"rank": 2}') for number in range(40)]
    rows[7]["response"] = "no JSON"
    rows[9]["customerId"] = None
    file = tmp_path / "log.parquet"
    pq.write_table(pa.Table.from_pylist(rows), file)
    summary = loaded(log.store, file)
    assert (summary.loaded, summary.rejected) == (38, 2)
    with open(summary.rejects_file, encoding="utf-8", newline="") as rejects:
        told = [(row["line"], row["reason"], '"context":"{\\"page\\":1}"' in row["text"]) for row in csv.DictReader(rejects)]
    assert told == [("8", "response is not a JSON object", True), ("10", "customerId is missing", True)]
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select context, response, count(*) from interactions group by all") == [('{"page":1}', '{"rank":2}', 38)]
