from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accounts.store import AccountsDatabase

ROOT = Path(__file__).parent.parent


def add_tenant(store: AccountsDatabase, tenant: str) -> None:
    store.change("insert into tenants (id) values (:tenant)", tenant=tenant)


def tenants(store: AccountsDatabase) -> list[str]:
    return [row["id"] for row in store.rows("select id from tenants order by id")]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_may_read_the_folder_and_the_files(tmp_path: Path) -> None:
    store = AccountsDatabase(tmp_path / "state" / "home")
    add_tenant(store, "acme")
    assert mode(tmp_path / "state" / "home") == 0o700
    assert {path.name: mode(path) for path in (tmp_path / "state" / "home").iterdir()} == {
        "accounts.sqlite": 0o600,
        "accounts.sqlite-shm": 0o600,
        "accounts.sqlite-wal": 0o600,
    }


def test_what_is_written_is_there_after_opening_again(tmp_path: Path) -> None:
    first = AccountsDatabase(tmp_path)
    add_tenant(first, "acme")
    first.close()
    assert tenants(AccountsDatabase(tmp_path)) == ["acme"]


def test_another_opener_sees_a_change_at_once(tmp_path: Path) -> None:
    server, command_line = AccountsDatabase(tmp_path), AccountsDatabase(tmp_path)
    add_tenant(command_line, "acme")
    assert tenants(server) == ["acme"]


def test_a_transaction_that_fails_changes_nothing(tmp_path: Path) -> None:
    store = AccountsDatabase(tmp_path)
    with pytest.raises(sqlite3.IntegrityError), store.transaction():
        add_tenant(store, "acme")
        add_tenant(store, "acme")
    add_tenant(store, "globex")
    assert tenants(store) == ["globex"]


def test_a_user_cannot_belong_to_a_tenant_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        AccountsDatabase(tmp_path).change(
            """
            insert into users (email, password, role, tenant, created)
            values ('ada@example.com', '$', 'viewer', 'nowhere', 0)
            """
        )


def test_threads_share_one_store(tmp_path: Path) -> None:
    store = AccountsDatabase(tmp_path)

    def add_in_transaction(number: int) -> None:
        with store.transaction():
            add_tenant(store, f"tenant {number:03}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_in_transaction, range(100)))
    assert tenants(store) == [f"tenant {number:03}" for number in range(100)]


def test_processes_that_start_at_the_same_moment_all_open_a_new_store(tmp_path: Path) -> None:
    opening = "import sys, pathlib; from accounts.store import AccountsDatabase; AccountsDatabase(pathlib.Path(sys.argv[1]))"
    openers = [
        subprocess.Popen([sys.executable, "-c", opening, tmp_path / "home"], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [(opener.communicate()[1], opener.returncode) for opener in openers] == [(b"", 0)] * 4
