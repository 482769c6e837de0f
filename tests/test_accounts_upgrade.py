"""Accounts of an earlier format are brought up where they lie; those of a later one are refused."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import accounts.store
from accounts.cli import main
from accounts.store import FILE_NAME, AccountsDatabase
from data.store.home import Formats
from data.store.limits import StoreError

ROOT = Path(__file__).parent.parent

# The tables were the same, but the file did not say its format.
FORMAT_0 = f"""
{(ROOT / "tests" / "data" / "accounts-format-1.sql").read_text()}
insert into tenants (id) values ('acme');
insert into users values (1, 'ada@example.com', '$argon2id$', 'editor', 'acme', 1773585000);
insert into keys values (x'00ff', 'acme', 'nightly export', 'viewer', 1773585000, null, null);
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Accounts of format 0."""
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FORMAT_0)
    return path


@pytest.mark.parametrize("format_", [0, 1])
def test_an_upgraded_file_has_the_tables_of_a_new_one(old: Path, tmp_path: Path, format_: int) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(f"pragma user_version = {format_}")
    AccountsDatabase(old.parent, tell=lambda _: None).close()
    AccountsDatabase(tmp_path / "new").close()

    def columns(path: Path) -> set[tuple]:
        with closing(sqlite3.connect(path)) as connection:
            return set(connection.execute("""
                select tables.name, columns.name, columns.type, columns."notnull", columns.dflt_value
                from sqlite_master as tables, pragma_table_info(tables.name) as columns
                where tables.type = 'table'
            """))

    assert columns(old) == columns(tmp_path / "new" / FILE_NAME)


def copy_of(path: Path) -> Path:
    return path.with_name(FILE_NAME + ".before-upgrade")


def held(path: Path) -> tuple[int, list[tuple], list[tuple]]:
    """The format that a file says it has, its users and its keys."""
    with closing(sqlite3.connect(path)) as connection:
        [(format_,)] = connection.execute("pragma user_version")
        users = connection.execute("select email, role, tenant, created from users").fetchall()
        return format_, users, connection.execute("select tenant, name, role from keys").fetchall()


ACCOUNTS = ([("ada@example.com", "editor", "acme", 1773585000)], [("acme", "nightly export", "viewer")])


def test_accounts_of_format_0_hold_the_same_after_their_upgrade(old: Path) -> None:
    assert held(old) == (0, *ACCOUNTS)
    told: list[str] = []
    AccountsDatabase(old.parent, tell=told.append).close()
    assert told == [f"Upgrading {old} from format 0 to 2; a copy is kept until it has succeeded …"]
    assert held(old) == (2, *ACCOUNTS)
    assert not copy_of(old).exists()


def test_accounts_of_the_current_format_are_not_upgraded(tmp_path: Path) -> None:
    AccountsDatabase(tmp_path).close()
    told: list[str] = []
    AccountsDatabase(tmp_path, tell=told.append).close()
    assert told == []
    assert held(tmp_path / FILE_NAME) == (2, [], [])


@pytest.mark.parametrize("format_", [3, -1])
def test_a_format_that_this_version_does_not_know_is_refused_and_left_alone(
    old: Path, format_: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(f"pragma user_version = {format_}")
    refusal = (
        f"{old} has format {format_}, but this version reads formats 0 to 2. "
        "Start the version that wrote it, or set IH_HOME to another state folder."
    )
    with pytest.raises(StoreError) as refused:
        AccountsDatabase(old.parent)
    assert str(refused.value) == refusal
    assert held(old) == (format_, *ACCOUNTS)
    monkeypatch.setenv("IH_HOME", str(old.parent))
    assert main(["list"]) == 1
    assert capsys.readouterr().err == f"error: {refusal}\n"


def test_a_step_that_fails_leaves_the_accounts_as_they_were_and_says_what_to_do(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("drop table sessions")
        connection.execute("alter table sessions add column device text")

    with monkeypatch.context() as changed, pytest.raises(StoreError, match="from format 0 to 3 and is unchanged: no such table: sessions"):
        changed.setattr(accounts.store, "FORMATS", Formats(0, [*accounts.store.FORMATS.steps, fails]))
        AccountsDatabase(old.parent, tell=lambda _: None)
    assert held(old) == held(copy_of(old)) == (0, *ACCOUNTS)
    assert stat.S_IMODE(copy_of(old).stat().st_mode) == 0o600
    AccountsDatabase(old.parent, tell=lambda _: None).close()
    assert not copy_of(old).exists()


KILLED = """
import os, pathlib, signal, sys
import accounts.store
from data.store.home import Formats

def kill(connection):
    os.kill(os.getpid(), signal.SIGKILL)

accounts.store.FORMATS = Formats(0, [*accounts.store.FORMATS.steps, kill])
accounts.store.AccountsDatabase(pathlib.Path(sys.argv[1]))
"""


def test_an_upgrade_that_is_killed_leaves_the_old_accounts_readable_and_is_done_anew(old: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, old.parent], cwd=ROOT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert held(copy_of(old)) == held(old) == (0, *ACCOUNTS)
    AccountsDatabase(old.parent, tell=lambda _: None).close()
    assert held(old) == (2, *ACCOUNTS)


def test_processes_that_upgrade_at_the_same_moment_all_open_the_accounts(old: Path) -> None:
    opening = "import sys, pathlib; from accounts.store import AccountsDatabase; AccountsDatabase(pathlib.Path(sys.argv[1]))"
    openers = [subprocess.Popen([sys.executable, "-c", opening, old.parent], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(4)]
    said = [(opener.communicate()[1].decode(), opener.returncode) for opener in openers]
    assert [code for _, code in said] == [0] * 4, said
    assert held(old) == (2, *ACCOUNTS)
