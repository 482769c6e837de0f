"""Store files that are cut off, damaged or of something else: said with what to do, never with a trace, and never taken for an empty log."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from starlette.testclient import TestClient

from accounts import Accounts, Role
from api.app import api
from data.orders.running import RunningLoads
from data.store.home import home
from data.store.limits import StoreError, StoreInUse
from data.store.store import FILE_NAME, Store
from queries.answers.history import flat_pieces, total
from queries.asking.selection import Selection
from tests.logs import ACME, Log, interaction

ROOT = Path(__file__).parent.parent
ROWS = 3000
DAMAGED = "It is damaged, or no store: put a backup in its place, or set IH_HOME to another state folder."


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a store with rows."""
    with Log(tmp_path_factory.mktemp("whole")) as log:
        log.load(*(interaction(f"ih_{number:04d}", context={"n": number}) for number in range(ROWS)))
        folder = log.folder
    return (folder / FILE_NAME).read_bytes()


def file_of(folder: Path, content: bytes) -> Path:
    path = folder / FILE_NAME
    path.write_bytes(content)
    return path


def rows_read(path: Path) -> int:
    """How many rows a page and a download of a store both have."""
    store = Store(path)
    try:
        with store.snapshot() as snapshot:
            tenant = snapshot.tenant(ACME)
            counted = total(tenant, Selection(ACME))
            assert sum(piece.num_rows for piece in flat_pieces(tenant, Selection(ACME))) == counted
            return counted
    finally:
        store.close()


def told(path: Path) -> str | None:
    """What is said of a file that cannot be read; None where all of it can."""
    try:
        assert rows_read(path) == ROWS
    except StoreError as problem:
        return str(problem)
    return None


@pytest.mark.parametrize("share", [0, 0.001, 0.01, 0.3, 0.7, 0.999])
def test_a_file_that_is_cut_off_is_said_to_be_damaged(whole: bytes, tmp_path: Path, share: float) -> None:
    path = file_of(tmp_path, whole[:int(len(whole) * share)])
    said = told(path)
    assert said and said.startswith(f"{path} ") and said.endswith(DAMAGED) and "\n" not in said
    assert path.stat().st_size == int(len(whole) * share)


@pytest.mark.parametrize("seed", range(12))
def test_a_file_with_a_bit_that_flipped_has_all_rows_or_is_said_to_be_damaged(whole: bytes, tmp_path: Path, seed: int) -> None:
    drawn = random.Random(seed)
    content = bytearray(whole)
    content[drawn.randrange(len(content))] ^= 1 << drawn.randrange(8)
    path = file_of(tmp_path, bytes(content))
    said = told(path)
    assert said is None or (said.startswith(f"{path} cannot be read: ") and said.endswith(DAMAGED) and "\n" not in said)


def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"something else entirely\n" * 1000)
    assert told(path) == f'{path} cannot be read: IO Error: The file "{path}" exists, but it is not a valid DuckDB database file. {DAMAGED}'
    assert path.read_bytes() == b"something else entirely\n" * 1000


def test_a_database_of_something_else_is_refused_and_not_filled(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with closing(duckdb.connect(str(path))) as other:
        other.execute("create table invoices (id integer)")
    assert told(path) == f"{path} is a database of something else. Set IH_HOME to another state folder."
    with closing(duckdb.connect(str(path))) as other:
        assert other.execute("select table_name from duckdb_tables()").fetchall() == [("invoices",)]


def test_a_database_of_another_engine_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table store (format integer)")
    said = told(path)
    assert said and said.startswith(f"{path} cannot be read: ") and said.endswith(DAMAGED)


@pytest.mark.parametrize("left", [None, b"", b"half a header"])
def test_a_start_that_was_killed_while_it_made_the_store_is_made_anew(tmp_path: Path, left: bytes | None) -> None:
    if left is not None:
        file_of(tmp_path, left)
    (tmp_path / f"{FILE_NAME}.new").touch()
    Store.open(tmp_path).close()
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]
    # From now on it is a store like any other.
    os.truncate(tmp_path / FILE_NAME, 0)
    assert told(tmp_path / FILE_NAME) == f"{tmp_path / FILE_NAME} is empty. {DAMAGED}"


def test_a_request_that_meets_with_a_damaged_block_is_answered_and_the_log_says_what_to_do(
    whole: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture,
) -> None:
    accounts = Accounts(tmp_path)
    key = accounts.keys.add("ci", ACME, Role.VIEWER)
    for place in range(12_288 + 4096, len(whole), 262_144):
        path = file_of(tmp_path, whole[:place] + b"\xff" * 64 + whole[place + 64:])
        try:
            store = Store(path)
        except StoreError as problem:
            assert not isinstance(problem, StoreInUse)
            continue
        served = api(lambda store=store: store, lambda store=store: store, lambda: accounts, RunningLoads)
        caller = TestClient(served, headers={"X-API-Key": key}, raise_server_exceptions=False)
        answers = [caller.get("/interaction-history?limit=100") for _ in range(3)]
        store.close()
        if answers[0].status_code == 503:
            break
    accounts.close()
    assert [(answer.status_code, answer.json()["error"]["message"]) for answer in answers] == [(503, "the store cannot be read right now")] * 3
    [said] = caplog.records
    assert said.getMessage().startswith(f"{path} cannot be read: ") and said.getMessage().endswith(DAMAGED) and said.exc_info is None


def test_a_state_folder_that_others_may_read_is_closed_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)
    monkeypatch.setenv("IH_HOME", str(folder))
    assert home() == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o702])
def test_a_state_folder_that_others_may_write_to_is_refused(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "its state"
    folder.mkdir()
    folder.chmod(mode)
    for command in (["serve"], ["data", "status"], ["accounts", "list"]):
        run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, "IH_HOME": str(folder), "PORT": "0"},
                             capture_output=True, text=True, timeout=60, check=False)
        assert run.returncode == 1
        said = f"{folder} may be written to by others (its mode is {mode:o}). Close it to them: chmod 700 '{folder}'\n"
        assert run.stderr.removeprefix("error: ") == said
        if mode != 0o777:
            break
    assert list(folder.iterdir()) == []
