from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.store.store import Store
from tests.store_checks import contents, faults, loaded

ROOT = Path(__file__).parent.parent
CUT = ROOT / "tests" / "data" / "open-bandit-cut.ndjson"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A state folder with the cut of a real log in its store."""
    home = tmp_path / "home"
    home.mkdir()
    store = Store.open(home)
    loaded(store, CUT)
    store.close()
    return home


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that takes a moment to write."""
    file = tmp_path_factory.mktemp("large") / "large.parquet"
    command = [sys.executable, "-m", "data", "sample", "--interactions", "300000", "--output", str(file)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return file


def loading(home: Path, file: Path, **options) -> subprocess.Popen:
    command = [sys.executable, "-m", "data", "load", str(file)]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"IH_HOME": str(home)}, stderr=subprocess.PIPE, text=True, **options)


def reopened(home: Path) -> tuple[dict, list[str], int]:
    store = Store.open(home)
    try:
        with store.snapshot() as snapshot:
            return contents(store), faults(store), snapshot.version
    finally:
        store.close()


@pytest.mark.parametrize("phase", ["looking for known rows", "writing interactions", "writing journeys"])
def test_a_load_that_is_killed_half_way_leaves_the_store_as_before(home: Path, large: Path, phase: str) -> None:
    before = reopened(home)
    process = loading(home, large)
    for line in process.stderr:
        if line.startswith(phase):
            process.kill()
            break
    process.wait()
    process.stderr.close()
    assert process.returncode == -signal.SIGKILL
    assert reopened(home) == before


def test_a_load_that_is_killed_while_it_commits_is_there_whole_or_not_at_all(home: Path, large: Path) -> None:
    before = reopened(home)
    process = loading(home, large)
    for line in process.stderr:
        if line.startswith("committing"):
            process.kill()
            break
    process.wait()
    process.stderr.close()
    store = Store.open(home)
    with store.snapshot() as snapshot:
        version, [(rows, journeys)] = snapshot.version, snapshot.rows(
            "select (select count(*) from interactions), (select count(*) from journeys)")
    store.close()
    assert (version, rows, journeys) in ((before[2] + 1, 300_600, 300_600), (before[2], 600, 600))
    assert version > before[2] or reopened(home) == before


def test_a_load_that_is_killed_while_it_waits_for_the_rest_of_the_file_leaves_the_store_as_before(home: Path) -> None:
    before = reopened(home)
    pipe = home.parent / "slow.ndjson"
    os.mkfifo(pipe)
    process = loading(home, pipe)
    with pipe.open("wb") as slow:
        slow.write(CUT.read_bytes().replace(b'"id":"obd_', b'"id":"new_') * 5)
        slow.flush()
        process.kill()
        process.wait()
    process.stderr.close()
    assert reopened(home) == before


@pytest.mark.parametrize("seconds_into_the_statement", [0, 0.1])
def test_ctrl_c_rolls_the_file_back_and_says_so(home: Path, large: Path, seconds_into_the_statement: float) -> None:
    before = reopened(home)
    process = loading(home, large)
    for line in process.stderr:
        if line.startswith("writing interactions"):
            time.sleep(seconds_into_the_statement)
            process.send_signal(signal.SIGINT)
            break
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 130
    assert "Nothing was loaded from the file in progress" in rest and "Traceback" not in rest
    assert reopened(home) == before


def test_a_full_disk_rolls_the_file_back_and_says_so(home: Path, large: Path) -> None:
    before = reopened(home)
    limit = (home / "history.duckdb").stat().st_size + 500_000
    process = loading(home, large, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    _, said = process.communicate()
    assert process.returncode == 1
    assert "Nothing was loaded; the store is unchanged" in said and "Traceback" not in said
    assert reopened(home) == before
