from __future__ import annotations

import json

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import data.columns.history
from api.downloads import json_lines
from api.history import JSON_IN_LINES
from data.results import RECORD_COLUMNS, Record
from queries.answers.history import flat_pieces, json_pieces
from queries.asking.selection import parse
from tests import history_oracle
from tests.history_oracle import matching
from tests.logs import ACME, Log, every_record, interaction
from tests.test_queries_page import Pairs, selections


def lines_of_pieces(log: Log, pairs: Pairs, limit: int | None = None) -> list[list[dict]]:
    with log.snapshot() as snapshot:
        pieces = json_pieces(snapshot.tenant(ACME), parse(ACME, pairs).selection, limit)
        return [[orjson.loads(line) for line in piece.splitlines()] for piece in json_lines(pieces, JSON_IN_LINES)]


def pieces_of_tables(log: Log, pairs: Pairs, limit: int | None = None) -> list[pa.Table]:
    with log.snapshot() as snapshot:
        return list(flat_pieces(snapshot.tenant(ACME), parse(ACME, pairs).selection, limit))


@given(selections(), st.none() | st.integers(1, 90))
def test_all_matching_records_come_once_newest_first(tangled_log: Log, pairs: Pairs, limit: int | None) -> None:
    answered = [line for piece in lines_of_pieces(tangled_log, pairs, limit) for line in piece]
    expected = [history_oracle.json_record(row, tangled_log.rows) for row in matching(tangled_log.rows, ACME, pairs)[:limit]]
    assert answered == expected


@given(selections(), st.none() | st.integers(1, 90))
def test_the_flat_table_says_the_same_as_the_records(tangled_log: Log, pairs: Pairs, limit: int | None) -> None:
    with tangled_log.snapshot() as snapshot:
        records = every_record(snapshot.tenant(ACME), parse(ACME, pairs).selection)[:limit]
    rows = [row for piece in pieces_of_tables(tangled_log, pairs, limit) for row in piece.to_pylist()]
    assert rows == [flat(record) for record in records]


def flat(record: Record) -> dict[str, str | None]:
    def value(path: str) -> str | None:
        found = record
        for name in path.split("."):
            found = getattr(found, name) if found else None
        return found

    return {name: value(path) for name, path in RECORD_COLUMNS.items()}


@pytest.mark.parametrize(("limit", "sizes"), [
    (None, [10, 10, 10, 10, 3]), (25, [10, 10, 5]), (10, [10]), (1, [1]), (99, [10, 10, 10, 10, 3]),
])
def test_a_piece_is_never_larger_than_it_may_be(
    log: Log, monkeypatch: pytest.MonkeyPatch, limit: int | None, sizes: list[int],
) -> None:
    monkeypatch.setattr(data.columns.history, "_PIECE", 10)
    monkeypatch.setattr("data.columns.filtering.PIECE", 4)
    log.load(*(interaction(f"ih_{number:02d}") for number in range(43)))
    pieces = lines_of_pieces(log, [], limit)
    assert [len(piece) for piece in pieces] == sizes
    ids = [record["id"] for piece in pieces for record in piece]
    assert ids == [f"ih_{number:02d}" for number in range(42, 42 - len(ids), -1)]


def test_nothing_that_matches_is_no_piece(log: Log) -> None:
    log.load(interaction("1"))
    for pairs in ([("type", "unheard of")], [("customerId", "nobody")], [("to", "2000-01-01")]):
        assert lines_of_pieces(log, pairs) == []
        assert pieces_of_tables(log, pairs) == []


def test_a_piece_has_a_megabyte_of_text_at_most_or_one_record(log: Log) -> None:
    sizes = [100] * 50 + [400_000] * 6 + [1_500_000, 1_500_000] + [100] * 50
    log.load(*(interaction(f"ih_{number:03d}", context={"text": "x" * size}) for number, size in enumerate(sizes)))
    assert [len(piece) for piece in lines_of_pieces(log, [])] == [50, 1, 1, 2, 2, 52]
    assert [len(piece) for piece in pieces_of_tables(log, [])] == [50, 1, 1, 2, 2, 52]


texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\n\x00\x1f\x7f\u2028'), max_size=8)


@given(st.lists(st.tuples(texts, st.none() | texts, st.sampled_from([None, "{}", '{"a":[1]}']))), st.booleans())
def test_a_line_of_json_reads_back_as_what_it_was_made_of(rows: list[tuple[str, str | None, str | None]], dictionary: bool) -> None:
    columns = [pa.array([row[nth] for row in rows], pa.string()) for nth in range(3)]
    table = pa.table(dict(zip("abc", [column.dictionary_encode() if dictionary else column for column in columns], strict=True)))
    [text] = json_lines([table], is_json=["c"])
    assert [json.loads(line) for line in text.split("\n")[:-1]] == [{"a": a, "b": b, "c": c and json.loads(c)} for a, b, c in rows]
