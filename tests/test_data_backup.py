"""A backup is tried by restoring it: what it holds is what was there, of one moment, whatever goes on."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from accounts import Accounts, Role
from data.commands import main
from data.loading.transaction import Stop
from data.loading.unloading import unload
from data.orders.handover import hand_over, serve_loads
from data.orders.orders import BackupCommand
from data.store.backup import Backup, backup
from data.store.limits import StoreError
from data.store.store import Snapshot, Store
from queries.answers.history import page
from queries.asking.selection import Selection
from tests.logs import ACME, ZENITH, Log, interaction
from tests.store_checks import contents, faults

ROOT = Path(__file__).parent.parent


def quiet(_: object) -> None:
    return


def restored(folder: Path) -> tuple[dict, list[str], int]:
    store = Store.open(folder)
    try:
        with store.snapshot() as snapshot:
            return contents(store), faults(store), snapshot.version
    finally:
        store.close()


def test_a_backup_of_a_log_of_many_loads_holds_the_same(log: Log, tmp_path: Path) -> None:
    log.load(*(interaction(f"ih_{number}", tenantId=tenant, offerId="off_a", offer={"id": "off_a", "name": "A"})
               for tenant in (ACME, ZENITH) for number in range(20)))
    log.load(interaction("late", "2020-01-01T00:00:00Z"), interaction("new", "2027-01-01T00:00:00Z", context={"a": "é\n"}))
    unload(log.store, 1, ZENITH, "operator", quiet, Stop())
    log.load(*(interaction(f"more_{number}", "2019-01-01T00:00:00Z") for number in range(3)))
    report = backup(log.store, log.folder, tmp_path / "saved", quiet)
    assert report == Backup(str(tmp_path / "saved"), 4, 25, ())
    assert restored(tmp_path / "saved") == (contents(log.store), [], 4)
    assert stat.S_IMODE((tmp_path / "saved").stat().st_mode) == 0o700
    assert [(file.name, stat.S_IMODE(file.stat().st_mode)) for file in (tmp_path / "saved").iterdir()] == [("history.duckdb", 0o600)]


def test_a_backup_while_all_is_written_is_of_one_moment(log: Log, tmp_path: Path) -> None:
    accounts = Accounts(log.folder)
    accounts.keys.add("key 0", ACME, Role.VIEWER)
    log.load(interaction("ih_0"))
    close = serve_loads(log.store, log.folder)
    over = threading.Event()

    def write() -> None:
        # A row, then a key, and so on: at no moment is there a key before its row, or two rows before their keys.
        number = 0
        while not over.is_set():
            number += 1
            log.load(interaction(f"ih_{number}"))
            accounts.keys.add(f"key {number}", ACME, Role.VIEWER)

    writing = threading.Thread(target=write)
    writing.start()
    told: list = []
    try:
        for number in range(4):
            assert hand_over(BackupCommand(str(tmp_path / f"saved {number}")), log.folder, told.append)
    finally:
        over.set()
        writing.join()
        close()
        accounts.close()
    reports = [event for event in told if isinstance(event, Backup)]
    assert [tuple(report.beside) for report in reports] == [("accounts.sqlite",)] * 4
    for report in reports:
        stored, damage, version = restored(Path(report.folder))
        held = Accounts(Path(report.folder))
        keys = {key.name for key in held.keys.all()}
        held.close()
        rows = len(stored["interactions"])
        assert (rows, damage, version) == (report.rows, [], report.version)
        assert len(keys) in (rows - 1, rows)
        assert keys == {f"key {number}" for number in range(len(keys))}


def test_a_server_starts_on_a_backup_and_the_accounts_sign_in_there(log: Log, tmp_path: Path) -> None:
    accounts = Accounts(log.folder)
    key = accounts.keys.add("ci", ACME, Role.VIEWER)
    accounts.close()
    log.load(interaction("ih_1"), interaction("ih_2"))
    backup(log.store, log.folder, tmp_path / "saved", quiet)
    held, store = Accounts(tmp_path / "saved"), Store.open(tmp_path / "saved")
    identity = held.authenticate_key(key, "192.0.2.7")
    with store.snapshot() as snapshot:
        assert [record.id for record in page(snapshot.tenant(identity.tenant), Selection(ACME)).records] == ["ih_2", "ih_1"]
    held.close()
    store.close()


def test_a_folder_that_holds_something_is_left_alone(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    log.store.close()
    monkeypatch.setenv("IH_HOME", str(log.folder))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("dear")
    assert main(["backup", str(tmp_path / "full")]) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'full'} holds something already: name a folder that is new or empty.\n"
    assert main(["backup", str(tmp_path / "no" / "where")]) == 1
    assert capsys.readouterr().err == f"No backup can be written to {tmp_path / 'no' / 'where'}: No such file or directory.\n"
    (tmp_path / "empty").mkdir()
    assert main(["backup", str(tmp_path / "empty")]) == 0
    assert capsys.readouterr().out.startswith(f"backup of version 0 with 0 rows: {tmp_path / 'empty'}\n")
    log.take(Store.open(log.folder))


def test_a_backup_that_does_not_read_back_is_none(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.load(interaction("ih_1"))
    rows = Snapshot.rows

    def otherwise(snapshot: Snapshot, sql: str, parameters: object = None) -> list[tuple]:
        found = rows(snapshot, sql, parameters)
        return [(found[0][0] + 1, found[0][1])] if '"journeys"' in sql else found

    monkeypatch.setattr(Snapshot, "rows", otherwise)
    with pytest.raises(StoreError, match=r"^No backup was written: table journeys does not read back as it was.$"):
        backup(log.store, log.folder, tmp_path / "saved", quiet)
    assert [file.name for file in tmp_path.iterdir()] == ["state"]


def test_a_full_disk_leaves_no_half_a_backup(log: Log, tmp_path: Path) -> None:
    log.load(*(interaction(f"ih_{number}", context={"text": "x" * 1000}) for number in range(300)))
    log.store.close()
    run = subprocess.run([sys.executable, "-m", "data", "backup", str(tmp_path / "saved")], cwd=ROOT, env={**os.environ, "IH_HOME": str(log.folder)},
                         capture_output=True, text=True, timeout=60, check=False,
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)))
    log.take(Store.open(log.folder))
    assert run.returncode == 1
    # The engine's binding may have something to say of its own at the end.
    assert any(line.startswith("No backup was written: ") for line in run.stderr.splitlines()) and "Traceback" not in run.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["state"]
