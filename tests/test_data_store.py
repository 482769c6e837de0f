from __future__ import annotations

import dataclasses
import os
import stat
import time
from importlib.resources import files
from pathlib import Path
from typing import get_type_hints

import pytest

from api.history import InteractionRecord
from data.loading import staging
from data.mapping.fields import KEYED_FIELDS, STORED_FIELDS
from data.results import Record
from data.store.limits import StoreError, TooSlow
from data.store.store import FILE_NAME, Store
from tests.logs import Log

# Ends by itself only after many times the limits below.
SLOW = "select sum(hash(a.range + b.range)) from range(3000000) a, range(2000) b"


def test_a_question_is_stopped_at_its_limit(log: Log) -> None:
    with pytest.raises(TooSlow, match="longer than 0.2 seconds"), log.store.snapshot(seconds=0.2) as snapshot:
        snapshot.rows(SLOW)


def test_a_limit_that_passes_between_two_statements_stops_the_next_one(log: Log) -> None:
    with pytest.raises(TooSlow), log.store.snapshot(seconds=0.1) as snapshot:
        time.sleep(0.3)
        snapshot.rows(SLOW)


def test_a_question_that_was_stopped_leaves_the_store_answering(log: Log) -> None:
    with pytest.raises(TooSlow), log.store.snapshot(seconds=0.1) as snapshot:
        snapshot.rows(SLOW)
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select 1") == [(1,)]


def test_the_files_of_the_store_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    Store(path).close()
    path.chmod(0o644)
    before = os.umask(0o022)
    store = Store(path)
    cursor = store.cursor()
    cursor.execute("create table more as select 1")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    cursor.close()
    store.close()
    os.umask(before)
    assert modes == {FILE_NAME: 0o600, f"{FILE_NAME}.wal": 0o600}


def test_the_tables_have_a_column_for_each_stored_field(log: Log) -> None:
    def columns(table: str) -> dict[str, tuple[str, bool]]:
        rows = cursor.execute("select column_name, data_type, is_nullable from duckdb_columns() where table_name = $table", {"table": table})
        return {name: (type, nullable) for name, type, nullable in rows.fetchall()}

    cursor = log.store.cursor()
    cursor.execute(files("data.loading").joinpath("staging.sql").read_text())
    worth = {"value": ("DOUBLE", True)}
    own = {"tenant": ("USMALLINT", False), "timestamp": ("TIMESTAMP", False)}
    words = {field.column: ("VARCHAR", field.optional) for field in STORED_FIELDS} | own | worth
    keys = {field.column: ("UINTEGER", False) for field in KEYED_FIELDS}
    written_by = {"load": ("UINTEGER", False)}
    assert columns("interactions") == words | keys | written_by
    assert columns("replaced") == words | written_by
    assert columns("journeys") == own | keys | worth | {"row": ("UINTEGER", False)}
    assert {name: type for name, (type, _) in columns("arrived").items()} == {name: type for name, (type, _) in words.items()} | {
        "number": "BIGINT", "line": "BIGINT", "problem": "VARCHAR", "raw": "VARCHAR", "hash": "UBIGINT",
    }
    assert {field.words for field in KEYED_FIELDS} == set(staging._DICTIONARIES)
    assert {field.column for field in STORED_FIELDS} < {name.strip().strip('"') for name in f"{staging.ARRIVED}, tenant".split(",")}
    cursor.close()


def test_a_record_has_a_value_for_each_stored_field() -> None:
    stored, answered = [field.name for field in STORED_FIELDS], get_type_hints(InteractionRecord)
    assert [field.name for field in dataclasses.fields(Record)][:len(stored)] == list(answered)[:len(stored)] == stored


def test_a_closed_store_says_so(log: Log) -> None:
    log.store.close()
    with pytest.raises(StoreError, match="^The store is closed.$"), log.store.snapshot():
        pass
