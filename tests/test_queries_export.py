from __future__ import annotations

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import data.columns.history
from api.history import json_record
from data.results import RECORD_COLUMNS, Record
from queries.answers.history import flat_pieces, record_pieces
from queries.asking.selection import parse
from tests import history_oracle
from tests.history_oracle import matching
from tests.logs import ACME, Log, interaction
from tests.test_queries_page import Pairs, selections


def pieces_of_records(log: Log, pairs: Pairs, limit: int | None = None) -> list[list[Record]]:
    with log.snapshot() as snapshot:
        return list(record_pieces(snapshot.tenant(ACME), parse(ACME, pairs).selection, limit))


def pieces_of_tables(log: Log, pairs: Pairs, limit: int | None = None) -> list[pa.Table]:
    with log.snapshot() as snapshot:
        return list(flat_pieces(snapshot.tenant(ACME), parse(ACME, pairs).selection, limit))


@given(selections(), st.none() | st.integers(1, 90))
def test_all_matching_records_come_once_newest_first(tangled_log: Log, pairs: Pairs, limit: int | None) -> None:
    records = [record for piece in pieces_of_records(tangled_log, pairs, limit) for record in piece]
    answered = [orjson.loads(orjson.dumps(json_record(record))) for record in records]
    expected = [history_oracle.json_record(row, tangled_log.rows) for row in matching(tangled_log.rows, ACME, pairs)[:limit]]
    assert answered == expected


@given(selections(), st.none() | st.integers(1, 90))
def test_the_flat_table_says_the_same_as_the_records(tangled_log: Log, pairs: Pairs, limit: int | None) -> None:
    records = [record for piece in pieces_of_records(tangled_log, pairs, limit) for record in piece]
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
    pieces = pieces_of_records(log, [], limit)
    assert [len(piece) for piece in pieces] == sizes
    ids = [record.id for piece in pieces for record in piece]
    assert ids == [f"ih_{number:02d}" for number in range(42, 42 - len(ids), -1)]


def test_nothing_that_matches_is_no_piece(log: Log) -> None:
    log.load(interaction("1"))
    for pairs in ([("type", "unheard of")], [("customerId", "nobody")], [("to", "2000-01-01")]):
        assert pieces_of_records(log, pairs) == []
        assert pieces_of_tables(log, pairs) == []
