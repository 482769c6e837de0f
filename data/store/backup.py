"""A backup of the state folder, of one moment: the store and what lies beside it in SQLite, each read back before the backup is called one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb

from data.store.limits import StoreBusy, StoreError
from data.store.opening import connected
from data.store.store import FILE_NAME, Snapshot, Store

# Who writes the accounts is done sooner.
_PATIENCE_S = 10.0
_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Backup:
    """A backup that can be started on: the store's version and rows in it, and which files lie beside it."""

    folder: str
    version: int
    rows: int
    beside: tuple[str, ...]

    def __str__(self) -> str:
        beside = "".join(f", {name}" for name in self.beside)
        return (f"backup of version {self.version} with {self.rows:,} rows{beside}: {self.folder}\n"
                "It was read back and is whole. To use it, stop the server and start it with IH_HOME set to a copy of that folder.")


def backup(store: Store, home: Path, folder: Path, tell: Callable[[str], None]) -> Backup:
    """Write a backup of the store and of the state folder's SQLite files into a folder, which appears once it is whole.

    Readers and loads go on meanwhile. `StoreError` where the folder holds something, or where the backup cannot be written or read back.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(f"{folder} holds something already: name a folder that is new or empty.")
    try:
        # Its owner's alone.
        part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", suffix=".part", dir=folder.parent))
    except OSError as problem:
        raise StoreError(f"No backup can be written to {folder}: {problem.strerror}.") from problem
    try:
        with _moment(store, home) as (snapshot, databases):
            tell("copying the store")
            rows = _store_copied(snapshot, part / FILE_NAME)
            tell("copying accounts")
            for name, database in databases.items():
                _database_copied(database, part / name)
            version, beside = snapshot.version, tuple(databases)
        part.replace(folder)
    except (duckdb.Error, sqlite3.Error, OSError) as problem:
        raise StoreError(f"No backup was written: {str(problem).partition(chr(10))[0]}.") from problem
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Backup(str(folder), version, rows, beside)


@contextmanager
def _moment(store: Store, home: Path) -> Iterator[tuple[Snapshot, dict[str, sqlite3.Connection]]]:
    """The store and each database beside it as they are at one moment, at which nobody writes any of them."""
    with ExitStack() as reading:
        databases = {path.name: reading.enter_context(closing(_database(path))) for path in sorted(home.glob("*.sqlite"))}
        with ExitStack() as stopped:
            stopped.enter_context(store.turn)
            for path in databases:
                stopped.enter_context(_not_written(home / path))
            snapshot = reading.enter_context(store.snapshot(None))
            for database in databases.values():
                # The first read of a transaction is what it goes on seeing.
                database.execute("begin")
                database.execute("select count(*) from sqlite_master").fetchone()
        yield snapshot, databases


def _database(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE_S, check_same_thread=False)


@contextmanager
def _not_written(path: Path) -> Iterator[None]:
    with closing(_database(path)) as lock:
        try:
            lock.execute("begin immediate")
        except sqlite3.OperationalError as problem:
            raise StoreBusy(f"{path} is being written by another process. Try again in a moment.") from problem
        yield


def _store_copied(snapshot: Snapshot, path: Path) -> int:
    """Copy a version of the store into a new file; how many rows its log has."""
    schema = files("data.store").joinpath("schema.sql").read_text()
    with closing(connected(path)) as copy:
        copy.begin()
        copy.execute(schema)
        tables = [name for name, in copy.execute("select table_name from duckdb_tables()").fetchall()]
        for table in tables:
            # In the order of their numbers, by which other tables name them.
            with closing(snapshot.reader(f'select * from "{table}" order by rowid', _ROWS_AT_ONCE)) as rows:
                copy.register("rows_of_table", rows)
                copy.execute(f'insert into "{table}" by name select * from rows_of_table')
                copy.unregister("rows_of_table")
        copy.commit()
    with closing(connected(path)) as copy:
        for table in tables:
            read = f'select count(*), bit_xor(hash(rowid, t)) from "{table}" t' if table in _NUMBERED else (
                f'select count(*), bit_xor(hash(t)) from "{table}" t')
            if copy.execute(read).fetchall() != snapshot.rows(read):
                raise StoreError(f"No backup was written: table {table} does not read back as it was.")
        [(rows,)] = copy.execute("select count(*) from interactions").fetchall()
    return rows


# Whose rows others name by their numbers.
_NUMBERED = ("interactions",)


def _database_copied(database: sqlite3.Connection, path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(_database(path)) as copy:
        database.backup(copy)
        [(said,)] = copy.execute("pragma integrity_check").fetchall()
    if said != "ok":
        raise StoreError(f"No backup was written: {path.name} does not read back as it was: {said}.")
