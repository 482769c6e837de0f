from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

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


def test_a_closed_store_says_so(log: Log) -> None:
    log.store.close()
    with pytest.raises(StoreError, match="^The store is closed.$"), log.store.snapshot():
        pass
