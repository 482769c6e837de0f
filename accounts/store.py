from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from accounts.identity import Invalid
from data.store.home import Formats, drop_copy, say, upgrading


class Tenants:
    """The tenants that have accounts; one comes into being with its first user or key."""

    def __init__(self, store: AccountsDatabase) -> None:
        self._store = store

    def ensure(self, tenant: str) -> None:
        if not tenant or tenant != tenant.strip() or not tenant.isprintable():
            raise Invalid(f"a tenant is printable text without leading or trailing blanks, not {tenant!r}")
        self._store.change(
            """
            insert into tenants (id)
            values (:tenant)
            on conflict do nothing
            """,
            tenant=tenant,
        )

    def set_disabled(self, tenant: str, disabled: bool) -> None:
        """Lock out all users and keys of a tenant, or let them in again, from their next request."""
        changed = self._store.change(
            """
            update tenants
            set disabled = :disabled
            where id = :tenant
            """,
            tenant=tenant,
            disabled=int(disabled),
        )
        if not changed:
            raise Invalid(f"there is no tenant {tenant!r}")

    def disabled(self) -> set[str]:
        return {row["id"] for row in self._store.rows("select id from tenants where disabled = 1")}


FILE_NAME = "accounts.sqlite"
BUSY_TIMEOUT_S = 5.0


class AccountsDatabase:
    """The accounts file in the state folder `home`, made when missing; safe to share between threads.

    Several processes may have it open: the server reads while the command line writes.
    """

    def __init__(self, home: Path, tell: Callable[[str], None] = say) -> None:
        """`tell` hears of an upgrade; StoreError for a file of a later format."""
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = home / FILE_NAME
        # SQLite would create the file readable by all; its -wal and -shm files take over this mode.
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma foreign_keys = on")
        try:
            use_write_ahead_log(self._connection)
            self._connection.execute("pragma synchronous = normal")
            bring_up_to_date(self._connection, self.path, tell)
        except BaseException:
            self._connection.close()
            raise

    def rows(self, statement: str, **values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, **values: object) -> sqlite3.Row | None:
        with self._lock:
            return self._connection.execute(statement, values).fetchone()

    def change(self, statement: str, **values: object) -> int:
        """Run one writing statement and answer how many rows it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside happen together or not at all; other writers wait."""
        with self._lock, transaction(self._connection):
            yield

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def use_write_ahead_log(connection: sqlite3.Connection) -> None:
    # SQLite's busy timeout does not cover this switch: two processes that open a new file at once collide.
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def number_the_format(_: sqlite3.Connection) -> None:
    """From 0 to 1: the same tables, in a file that says its format."""


def know_browsers(connection: sqlite3.Connection) -> None:
    """From 1 to 2: the browsers of an account, what is known of a session and a key, first passwords, and users of a provider."""
    for change in (
        "alter table users add column must_change integer not null default 0 check (must_change in (0, 1))",
        "alter table users add column issuer text",
        "alter table users add column subject text",
        "create unique index users_by_subject on users (issuer, subject)",
        "alter table keys add column used_at integer",
        "alter table keys add column made_by text",
        "alter table sessions add column agent text not null default ''",
        "create table browsers (digest blob not null, user integer not null references users (id) on delete cascade, seen integer not null,"
        " primary key (digest, user))",
        "create index browsers_by_user on browsers (user)",
    ):
        connection.execute(change)


# Each step brings a file of one format to the next. A new one comes at the end, and schema.sql is changed with it.
FORMATS = Formats(0, [number_the_format, know_browsers])


def bring_up_to_date(connection: sqlite3.Connection, path: Path, tell: Callable[[str], None]) -> None:
    """Make the tables of a new file; upgrade those of an earlier format."""
    if not connection.execute("select 1 from sqlite_master where name = 'users'").fetchone():
        schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
        # Several processes that start at once all do this, one after the other.
        connection.executescript(f"begin immediate; {schema} pragma user_version = {FORMATS.newest}; commit;")
    found = format_of(connection)
    if FORMATS.missing(path, found):
        with upgrading(path, found, FORMATS.newest, lambda copy: write_copy(connection, copy), tell), transaction(connection):
            # Asked again: another process may have been faster.
            for step in FORMATS.missing(path, format_of(connection)):
                step(connection)
            connection.execute(f"pragma user_version = {FORMATS.newest}")
    else:
        drop_copy(path)


def format_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def write_copy(connection: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        connection.backup(copy)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All changes inside happen together or not at all; other writers wait."""
    connection.execute("begin immediate")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
