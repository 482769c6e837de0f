"""The browsers that are signed in, and those that were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.identity import Identity, MustChange, Role, Unauthenticated, admitted
from accounts.keys import digest, new_secret
from accounts.settings import AccessSettings
from accounts.store import AccountsDatabase

SESSION_COOKIE = "ih_session"
# Which a browser takes from this host alone, over TLS alone.
SECURE_SESSION_COOKIE = f"__Host-{SESSION_COOKIE}"

# How stale `seen` may be: a page of many requests then writes once, not once a request.
SEEN_STEP_S = 300

LONGEST_AGENT = 300
BROWSERS_OF_ONE_USER = 20


def session_cookie(secure: bool) -> str:
    """The name of the cookie that holds a session, over TLS or not."""
    return SECURE_SESSION_COOKIE if secure else SESSION_COOKIE


def sent_session(cookies: Mapping[str, str], secure: bool) -> str | None:
    """The token that a browser sent; over TLS only the cookie counts that nobody but this host can have set."""
    return cookies.get(session_cookie(secure))


@dataclass(frozen=True)
class Session:
    """A sign-in of a browser, which calls itself `agent`; times in seconds since 1970."""

    id: int
    email: str
    opened: int
    seen: int
    agent: str


class Sessions:
    """The browsers that are signed in, until they sign out, are idle for too long, or have been signed in for too long."""

    def __init__(self, store: AccountsDatabase, now: Callable[[], float], settings: AccessSettings) -> None:
        self._store = store
        self._now = now
        self._settings = settings

    def open(self, user: int, agent: str = "") -> str:
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
                idle_since=now - self._settings.idle_s,
                opened_since=now - self._settings.longest_s,
            )
            self._store.change(
                """
                insert into sessions (digest, user, opened, seen, agent)
                values (:digest, :user, :now, :now, :agent)
                """,
                digest=digest(token),
                user=user,
                now=now,
                agent=agent[:LONGEST_AGENT],
            )
        return token

    def close(self, token: str) -> None:
        self._store.change("delete from sessions where digest = :digest", digest=digest(token))

    def of(self, email: str) -> list[Session]:
        """The sessions of a user that have not run out, the last used first."""
        now = int(self._now())
        rows = self._store.rows(
            """
            select sessions.rowid as id, email, opened, seen, agent
            from sessions
            join users on users.id = sessions.user
            where email = :email
                and seen > :idle_since
                and opened > :opened_since
            order by seen desc, opened desc
            """,
            email=email,
            idle_since=now - self._settings.idle_s,
            opened_since=now - self._settings.longest_s,
        )
        return [Session(**row) for row in rows]

    def owner(self, token: str) -> tuple[str, str] | None:
        """The e-mail and the tenant of whoever has a session, if there is one."""
        row = self._store.row(
            "select email, tenant from sessions join users on users.id = sessions.user where digest = :digest", digest=digest(token)
        )
        return (row["email"], row["tenant"]) if row else None

    def id_of(self, token: str) -> int | None:
        """The id of the session behind a token, if there is one."""
        row = self._store.row("select rowid as id from sessions where digest = :digest", digest=digest(token))
        return row["id"] if row else None

    def end(self, email: str, id: int | None = None, but: int | None = None) -> int:
        """How many sessions of a user were ended: the one with the id, or all, but for one."""
        return self._store.change(
            """
            delete from sessions
            where user = (select id from users where email = :email)
                and (:id is null or rowid = :id)
                and (:but is null or rowid <> :but)
            """,
            email=email,
            id=id,
            but=but,
        )

    def identity(self, token: str, before_change: bool = False) -> Identity:
        """The identity behind a session, with its current role and tenant; raises Unauthenticated or Forbidden.

        Whoever must first change the password is told so by MustChange, unless `before_change`.
        """
        row = self._store.row(
            """
            select email, role, tenant, disabled, opened, seen, must_change
            from sessions
            join users on users.id = sessions.user
            join tenants on tenants.id = users.tenant
            where digest = :digest
            """,
            digest=digest(token),
        )
        now = int(self._now())
        if row is None or row["seen"] <= now - self._settings.idle_s or row["opened"] <= now - self._settings.longest_s:
            raise Unauthenticated("the session is unknown or has ended")
        if row["seen"] <= now - SEEN_STEP_S:
            self._store.note("update sessions set seen = :now where digest = :digest", now=now, digest=digest(token))
        identity = admitted(Identity(row["tenant"], Role(row["role"]), row["email"], "user"), bool(row["disabled"]))
        if row["must_change"] and not before_change:
            raise MustChange(identity.name)
        return identity


class Browsers:
    """The browsers that have signed in to an account before, each by a cookie of its own."""

    def __init__(self, store: AccountsDatabase, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    def knows(self, token: str, email: str) -> bool:
        """Whether the browser with this cookie has signed in to the account."""
        return bool(token) and self._store.row(
            """
            select 1
            from browsers
            join users on users.id = browsers.user
            where digest = :digest
                and email = :email
            """,
            digest=digest(token),
            email=email,
        ) is not None

    def remember(self, token: str, session: str) -> str:
        """The new cookie of a browser that has just opened a session; its old one, which another may have planted, counts no more."""
        new = new_secret()
        with self._store.transaction():
            self._store.change("update browsers set digest = :new where digest = :old", new=digest(new), old=digest(token))
            self._store.change(
                """
                insert into browsers (digest, user, seen)
                select :new, user, :now from sessions where digest = :session
                on conflict do update set seen = excluded.seen
                """,
                new=digest(new),
                session=digest(session),
                now=int(self._now()),
            )
            self._store.change(
                """
                delete from browsers
                where user = (select user from sessions where digest = :session)
                    and digest not in (
                        select digest from browsers
                        where user = (select user from sessions where digest = :session)
                        order by seen desc, rowid desc
                        limit :most
                    )
                """,
                session=digest(session),
                most=BROWSERS_OF_ONE_USER,
            )
        return new
