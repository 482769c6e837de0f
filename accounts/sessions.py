from __future__ import annotations

from collections.abc import Callable

from accounts.identity import Identity, Role, Unauthenticated, admitted
from accounts.keys import digest, new_secret
from accounts.store import AccountsDatabase

SESSION_COOKIE = "ih_session"
IDLE_S = 12 * 3600
LONGEST_S = 30 * 24 * 3600

# How stale `seen` may be: a page of many requests then writes once, not once a request.
SEEN_STEP_S = 300


class Sessions:
    """The browsers that are signed in.

    A session ends at sign-out, 12 hours after its last use, or 30 days after its start.
    """

    def __init__(self, store: AccountsDatabase, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    def open(self, user: int) -> str:
        """The token of a new session; also sweeps out the sessions that have run out."""
        token = new_secret()
        now = int(self._now())
        with self._store.transaction():
            self._store.change(
                """
                delete from sessions
                where seen <= :idle_since
                    or opened <= :opened_since
                """,
                idle_since=now - IDLE_S,
                opened_since=now - LONGEST_S,
            )
            self._store.change(
                """
                insert into sessions (digest, user, opened, seen)
                values (:digest, :user, :now, :now)
                """,
                digest=digest(token),
                user=user,
                now=now,
            )
        return token

    def close(self, token: str) -> None:
        self._store.change("delete from sessions where digest = :digest", digest=digest(token))

    def identity(self, token: str) -> Identity:
        """The identity behind a session, with its current role and tenant; raises Unauthenticated or Forbidden."""
        row = self._store.row(
            """
            select email, role, tenant, disabled, opened, seen
            from sessions
            join users on users.id = sessions.user
            join tenants on tenants.id = users.tenant
            where digest = :digest
            """,
            digest=digest(token),
        )
        now = int(self._now())
        if row is None or row["seen"] <= now - IDLE_S or row["opened"] <= now - LONGEST_S:
            raise Unauthenticated("the session is unknown or has ended")
        if row["seen"] <= now - SEEN_STEP_S:
            self._store.note("update sessions set seen = :now where digest = :digest", now=now, digest=digest(token))
        identity = Identity(row["tenant"], Role(row["role"]), row["email"], "user")
        return admitted(identity, bool(row["disabled"]))
