from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from accounts.identity import Invalid
from data.store.home import Formats, drop_copy, say, upgrading
from data.store.limits import StoreBusy, StoreError, log_now_and_then


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
_PATIENCE_S = 1.0
_BUSY = "Another process is writing the accounts. Try again in a moment."
_DAMAGED = "It is damaged, or no file of this product: put a backup in its place."
_NO_ROOM = "Make room on its disk; until then it is read and not written."
_REMEDIES = {
    sqlite3.SQLITE_FULL: _NO_ROOM,
    sqlite3.SQLITE_IOERR: "Look at its disk: it may be full or broken.",
    sqlite3.SQLITE_READONLY: "Give its owner the right to write it.",
    sqlite3.SQLITE_CANTOPEN: "Give its owner the right to read and write it.",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}

log = logging.getLogger("interaction_history")


class AccountsDatabase:
    """The accounts file in the state folder `home`, made when missing; safe to share between threads.

    Several processes may have it open: the server reads while the command line writes. Who reads waits for nobody who writes, here or in another
    process. A file that is put in the place of the one that was opened is opened instead. Where the file cannot be read or written, `StoreError` says
    why, and `StoreBusy` that another process holds it.
    """

    def __init__(self, home: Path, tell: Callable[[str], None] = say) -> None:
        """`tell` hears of an upgrade; StoreError for a file of a later format."""
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = home / FILE_NAME
        self._tell = tell
        # Held in this order, and the second never for longer than a read takes.
        self._writes, self._reads = threading.RLock(), threading.RLock()
        self._transaction_of: int | None = None
        # The one that is open.
        self._file: tuple[int, int] | None = None
        with self._told():
            # SQLite would create the file readable by all; its -wal and -shm files take over this mode.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._open()

    def rows(self, statement: str, **values: object) -> list[sqlite3.Row]:
        with self._to_read() as connection:
            return connection.execute(statement, values).fetchall()

    def row(self, statement: str, **values: object) -> sqlite3.Row | None:
        with self._to_read() as connection:
            return connection.execute(statement, values).fetchone()

    def change(self, statement: str, **values: object) -> int:
        """Run one writing statement and answer how many rows it changed."""
        with self._to_write() as connection:
            return connection.execute(statement, values).rowcount

    def note(self, statement: str, **values: object) -> None:
        """Run one writing statement if that can be done now: it is left out while somebody else writes, or where there is no room on the disk."""
        if not self._writes.acquire(blocking=False):
            return
        try:
            with self._to_write() as connection:
                connection.execute("pragma busy_timeout = 0")
                try:
                    connection.execute(statement, values)
                finally:
                    connection.execute(f"pragma busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
        except StoreError as problem:
            log_now_and_then(problem)
        finally:
            self._writes.release()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside happen together or not at all; other writers wait."""
        with self._to_write() as connection, transaction(connection):
            self._transaction_of = threading.get_ident()
            try:
                yield
            finally:
                self._transaction_of = None

    def close(self) -> None:
        with self._writes, self._reads:
            if self._file is not None:
                self._close()

    def _open(self) -> None:
        file = self._found()
        self._writing = self._connected()
        try:
            use_write_ahead_log(self._writing)
            self._writing.execute("pragma synchronous = normal")
            bring_up_to_date(self._writing, self.path, self._tell)
            self._reading = self._connected()
            self._file = file
        except BaseException:
            self._writing.close()
            raise

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("pragma foreign_keys = on")
        return connection

    def _close(self) -> None:
        self._reading.close()
        self._writing.close()

    @contextmanager
    def _to_read(self) -> Iterator[sqlite3.Connection]:
        # Within a transaction its own changes are read.
        if self._transaction_of == threading.get_ident():
            yield self._writing
            return
        with self._told():
            self._follow()
            with self._reads:
                yield self._reading

    @contextmanager
    def _to_write(self) -> Iterator[sqlite3.Connection]:
        with self._told():
            self._follow()
            with self._writes:
                yield self._writing

    def _found(self) -> tuple[int, int]:
        """Which file lies there now."""
        try:
            found = self.path.stat()
        except FileNotFoundError as problem:
            raise StoreError(f"{self.path} is gone, and nobody can sign in until it is there again: put a backup in its place.") from problem
        return found.st_dev, found.st_ino

    def _follow(self) -> None:
        """Open the file that has taken the place of the one that was opened: what was revoked there must not go on here."""
        if self._found() == self._file:
            return
        # Both are closed before either is opened, for they share what lies beside the file.
        if not self._writes.acquire(timeout=_PATIENCE_S):
            raise StoreBusy(_BUSY)
        try:
            with self._reads:
                if self._found() != self._file:
                    if self._file is not None:
                        # Else what was last written to the old file, and lies beside it, would be taken for the new one's.
                        if self._writing.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
                            raise StoreBusy(_BUSY)
                        self._file = None
                        self._close()
                        log.warning("%s was replaced by another file, which is read from now on", self.path)
                    self._open()
        finally:
            self._writes.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong is told as something to be done about."""
        try:
            yield
        except sqlite3.ProgrammingError as problem:
            raise StoreError("The accounts are closed.") from problem
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as problem:
            # A constraint is the caller's affair.
            if isinstance(problem, sqlite3.IntegrityError):
                raise
            code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreBusy(_BUSY) from problem
            remedy = _REMEDIES.get(code, "Start the server anew, or put a backup in its place.")
            raise StoreError(f"{self.path} cannot be used: {problem}. {remedy}") from problem


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
