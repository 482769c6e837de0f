from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accounts.identity import Invalid


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

    def __init__(self, home: Path) -> None:
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
        use_write_ahead_log(self._connection)
        self._connection.execute("pragma synchronous = normal")
        self._connection.executescript(Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"))

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
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

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
