"""The columns that lie beside the store: a start takes up exactly what it would read, and nothing that the store no longer says."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from data.columns.tenant import TenantColumns
from data.store.store import Store
from queries.answers.history import page
from queries.asking.selection import parse
from tests.logs import ACME, ZENITH, Log, Row, tangled_rows
from tests.test_columns_growth import COLUMNS, assert_same

NOW = 1_800_000_000_000
FILES_OF_A_TENANT = 24


@pytest.fixture(autouse=True)
def _every_tenant_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.columns.arrays._SMALL", 0)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder whose store was closed after all of two tenants' columns had been read."""
    with Log(tmp_path / "state") as log:
        log.load(*tangled_rows(1, 90, ACME), *tangled_rows(2, 60, ZENITH))
        ask_all(log.store)
    return tmp_path / "state"


def later_rows() -> list[Row]:
    return [row | {"id": f"later {row['id']}"} for row in tangled_rows(3, 20, ACME)]


def ask_all(store: Store) -> None:
    with store.snapshot() as snapshot:
        for tenant in (ACME, ZENITH):
            for read in COLUMNS.values():
                read(TenantColumns(snapshot, tenant))


def files_of(state: Path) -> dict[str, bytes]:
    return {str(file.relative_to(state)): file.read_bytes() for file in sorted(state.glob("columns/**/*")) if file.is_file()}


def assert_reads_as_fresh(state: Path, taken_up: bool, tmp_path: Path) -> None:
    """Opens a store, which takes saved columns up or does not, and compares all it remembers with what is read from its file alone."""
    bare = tmp_path / "bare"
    bare.mkdir(exist_ok=True)
    store = Store(state / "history.duckdb", lambda: NOW)
    for name in ("history.duckdb", "history.duckdb.wal"):
        if (state / name).exists():
            shutil.copyfile(state / name, bare / name)
    fresh = Store(bare / "history.duckdb", lambda: NOW)
    with store.snapshot() as one, fresh.snapshot() as other:
        parts = one.memory.parts()
        assert bool(parts) == taken_up
        if taken_up:
            assert all(part.holds(("log", "timestamp")) and part.holds(("journeys", "worth")) for part in parts.values())
        for tenant in (ACME, ZENITH):
            for what, read in COLUMNS.items():
                assert_same(read(TenantColumns(one, tenant)), read(TenantColumns(other, tenant)), f"{tenant}: {what}")
            everything = parse(tenant, []).selection
            assert page(one.tenant(tenant), everything, 40, None) == page(other.tenant(tenant), everything, 40, None)
    fresh.close()
    store.close()
    shutil.rmtree(bare)


def test_a_start_takes_up_what_the_last_stop_left(state: Path, tmp_path: Path):
    left = files_of(state)
    assert len(left) == 1 + 2 * FILES_OF_A_TENANT
    assert_reads_as_fresh(state, True, tmp_path)
    assert files_of(state) == left
    assert_reads_as_fresh(state, True, tmp_path)
    assert all(file.stat().st_mode & 0o077 == 0 for file in state.glob("columns/**/*"))


def test_what_is_loaded_after_that_is_added_and_left_for_the_next_start(state: Path, tmp_path: Path):
    with Log(state) as log:
        log.load(*later_rows())
        with log.snapshot() as snapshot:
            assert len(snapshot.tenant(ACME).columns.log) == 110
    assert_reads_as_fresh(state, True, tmp_path)


@pytest.mark.parametrize("change", [
    "update interactions set type = 1", "update store set version = version + 1", "create table other (x int)",
])
def test_a_store_that_has_been_written_without_them_is_read_itself(state: Path, tmp_path: Path, change: str):
    with duckdb.connect(str(state / "history.duckdb")) as connection:
        connection.execute("checkpoint")
    before = files_of(state)
    # Of a change that came so soon that the clock has not moved, the size tells.
    time.sleep(0.02)
    with duckdb.connect(str(state / "history.duckdb")) as connection:
        connection.execute(change)
    store = Store.open(state)
    with store.snapshot() as snapshot:
        assert not snapshot.memory.parts()
    assert files_of(state) != before
    store.close()


def test_a_server_that_was_killed_has_left_changes_beside_its_file_and_is_read_itself(state: Path, tmp_path: Path):
    killed = tmp_path / "killed"
    with Log(state) as log:
        log.load(*later_rows())
        assert (state / "history.duckdb.wal").exists()
        shutil.copytree(state, killed)
        shutil.copystat(state / "history.duckdb", killed / "history.duckdb")
    assert_reads_as_fresh(killed, False, tmp_path)


def test_another_file_in_the_place_of_the_store_is_read_itself(state: Path, tmp_path: Path):
    copy = tmp_path / "copy.duckdb"
    shutil.copy2(state / "history.duckdb", copy)
    copy.replace(state / "history.duckdb")
    assert_reads_as_fresh(state, False, tmp_path)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3])


def _flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize(("name", "damage"), [
    ("manifest.json", _cut), ("1/log-timestamp.npy", _cut), ("1/customers.arrow", _cut), ("2/journeys-type.npy", Path.unlink),
    ("manifest.json", lambda file: file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 999}))),
    ("manifest.json", lambda file: file.write_text("[]")),
])
def test_files_that_cannot_be_read_are_done_without(state: Path, tmp_path: Path, name: str, damage: Callable[[Path], object]):
    damage(state / "columns" / name)
    assert_reads_as_fresh(state, False, tmp_path)
    assert_reads_as_fresh(state, True, tmp_path)


def test_a_flipped_bit_is_found_as_the_files_are_read_ahead(state: Path, tmp_path: Path):
    _flipped(state / "columns" / "1" / "log-type.npy")
    store = Store.open(state)
    store.check_columns()
    with store.snapshot() as snapshot:
        assert not snapshot.memory.parts()
    ask_all(store)
    store.close()
    assert_reads_as_fresh(state, True, tmp_path)


def test_a_full_disk_costs_the_next_start_its_speed_and_nothing_else(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with Log(state) as log:
        log.load(*later_rows())
        monkeypatch.setattr("numpy.save", full)
    assert files_of(state) == {}
    assert not (state / "columns.new").exists()
    monkeypatch.undo()
    monkeypatch.setattr("data.columns.arrays._SMALL", 0)
    assert_reads_as_fresh(state, False, tmp_path)


def test_columns_are_saved_while_the_server_runs_unless_it_is_written_to(state: Path, tmp_path: Path):
    shutil.rmtree(state / "columns")
    store = Store.open(state)
    ask_all(store)
    store.save_columns()
    assert len(files_of(state)) == 1 + 2 * FILES_OF_A_TENANT
    written = files_of(state)
    store.close()
    assert files_of(state) == written
    assert_reads_as_fresh(state, True, tmp_path)
