from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from accounts.identity import Invalid, Role, Vouched
from accounts.keys import Key
from accounts.passwords import Passwords, random_password
from accounts.store import AccountsDatabase, Tenants

LONGEST_EMAIL = 254
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class User:
    """A person's account; `created` in seconds since 1970."""

    email: str
    role: Role
    tenant: str
    created: int


class Users:
    def __init__(self, store: AccountsDatabase, passwords: Passwords, now: Callable[[], float]) -> None:
        self._store = store
        self._tenants = Tenants(store)
        self._passwords = passwords
        self._now = now

    def all(self) -> list[User]:
        """Every user, by tenant, then e-mail."""
        rows = self._store.rows("select email, role, tenant, created from users order by tenant, email")
        return [User(row["email"], Role(row["role"]), row["tenant"], row["created"]) for row in rows]

    def admins(self, tenant: str) -> list[str]:
        """The e-mails of those who may do all that can be done for a tenant."""
        return [user.email for user in self.all() if user.tenant == tenant and user.role is Role.ADMIN]

    def add(self, email: str, password: str, tenant: str, role: Role, must_change: bool = False) -> User:
        """The new user; raises Invalid for a bad or taken e-mail, a bad tenant, or a weak password.

        With `must_change` the password opens nothing but the page that changes it: for one that somebody else chose.
        """
        user = User(normal_email(email), role, tenant, int(self._now()))
        hashed = self._passwords.hashed(password, user.email)
        with self._store.transaction():
            if self._id(user.email) is not None:
                raise Invalid(f"there is already a user {user.email}")
            self._insert(user, hashed, must_change)
        return user

    def add_first(self, email: str, tenant: str) -> tuple[User, str] | None:
        """An admin and its random password if there is no user at all, else nothing."""
        if self.all():
            return None
        user = User(normal_email(email), Role.ADMIN, tenant, int(self._now()))
        password = random_password()
        hashed = self._passwords.hashed(password)
        with self._store.transaction():
            # Asked again inside: two servers may be starting at once.
            if self.all():
                return None
            self._insert(user, hashed, must_change=True)
        return user, password

    def set_role(self, email: str, role: Role) -> None:
        """Change a user's role, effective from their next click; raises Invalid for an unknown e-mail."""
        changed = self._store.change(
            """
            update users
            set role = :role
            where email = :email
            """,
            email=normal_email(email),
            role=role.value,
        )
        if not changed:
            raise Invalid(f"there is no user {normal_email(email)}")

    def set_password(self, email: str, password: str, must_change: bool = False) -> None:
        """Change a user's password, end all their sessions and forget their browsers; raises Invalid as `add` does."""
        known = normal_email(email)
        if self._id(known) is None:
            raise Invalid(f"there is no user {known}")
        hashed = self._passwords.hashed(password, known)
        with self._store.transaction():
            self._store.change(
                """
                update users
                set password = :hashed,
                    must_change = :must_change
                where email = :email
                """,
                email=known,
                hashed=hashed,
                must_change=int(must_change),
            )
            for table in ("sessions", "browsers"):
                self._store.change(f"delete from {table} where user = (select id from users where email = :email)", email=known)

    def tenant_of(self, email: str) -> str | None:
        """The tenant of the user with this e-mail, if there is one."""
        row = self._store.row("select tenant from users where email = :email", email=folded_email(email))
        return row["tenant"] if row else None

    def vouched(self, vouched: Vouched) -> int:
        """The id of the user whom a provider vouches for, who now has the tenant and role that it says; one who was suspended here stays so.

        Raises Invalid where the e-mail is that of another user: no provider speaks for a local account.
        """
        email = normal_email(vouched.email)
        with self._store.transaction():
            found = self._store.row(
                "select id from users where issuer = :issuer and subject = :subject", issuer=vouched.issuer, subject=vouched.subject
            )
            known = found["id"] if found else None
            if self._id(email) not in (None, known):
                raise Invalid(f"there is already another user {email}")
            if known is None:
                self._insert(User(email, vouched.role, vouched.tenant, int(self._now())), "", must_change=False)
            else:
                self._tenants.ensure(vouched.tenant)
            self._store.change(
                """
                update users
                set email = :email,
                    tenant = :tenant,
                    role = case role when 'none' then role else :role end,
                    issuer = :issuer,
                    subject = :subject
                where id = coalesce(:known, (select id from users where email = :email))
                """,
                email=email,
                tenant=vouched.tenant,
                role=vouched.role.value,
                issuer=vouched.issuer,
                subject=vouched.subject,
                known=known,
            )
            user = self._id(email)
        assert user is not None
        return user

    def matching(self, email: str, password: str) -> int | None:
        """The id of the user with this e-mail and password; always the work of one password check."""
        row = self._store.row(
            """
            select id, password
            from users
            where email = :email
            """,
            email=folded_email(email),
        )
        matches = self._passwords.matches(password, (row and row["password"]) or None)
        return row["id"] if row and matches else None

    def _id(self, email: str) -> int | None:
        row = self._store.row("select id from users where email = :email", email=email)
        return row["id"] if row else None

    def _insert(self, user: User, hashed: str, must_change: bool) -> None:
        self._tenants.ensure(user.tenant)
        self._store.change(
            """
            insert into users (email, password, role, tenant, created, must_change)
            values (:email, :hashed, :role, :tenant, :created, :must_change)
            """,
            email=user.email,
            hashed=hashed,
            role=user.role.value,
            tenant=user.tenant,
            created=user.created,
            must_change=int(must_change),
        )


def folded_email(email: str) -> str:
    """The one spelling under which an e-mail is stored, throttled and found."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def normal_email(email: str) -> str:
    folded = folded_email(email)
    if not EMAIL.fullmatch(folded) or not folded.isprintable() or len(folded) > LONGEST_EMAIL:
        raise Invalid(f"an e-mail looks like name@example.com, not {email!r}")
    return folded


def user_table(users: Sequence[User], disabled_tenants: set[str]) -> str:
    """The users as aligned text."""
    if not users:
        return "No users yet: python -m accounts add-user EMAIL --tenant TENANT"
    rows = [
        (
            user.email,
            user.role.value,
            user.tenant,
            account_state(user, disabled_tenants),
            utc_minute(user.created),
        )
        for user in users
    ]
    return aligned(("USER", "ROLE", "TENANT", "STATE", "CREATED"), rows)


def key_table(keys: Sequence[Key], disabled_tenants: set[str], now: float) -> str:
    """The API keys as aligned text; `now` in seconds since 1970 decides which have expired."""
    if not keys:
        return "No API keys yet: python -m accounts add-key NAME --tenant TENANT"
    rows = [
        (
            key.name,
            key.role.value,
            key.tenant,
            key.state(now) if key.state(now) != "active" else account_state(key, disabled_tenants),
            utc_minute(key.created),
            utc_minute(key.expires_at) if key.expires_at is not None else "never",
        )
        for key in keys
    ]
    return aligned(("KEY", "ROLE", "TENANT", "STATE", "CREATED", "EXPIRES"), rows)


def account_state(account: User | Key, disabled_tenants: set[str]) -> str:
    if account.tenant in disabled_tenants:
        return "tenant disabled"
    return "suspended" if account.role is Role.NONE else "active"


def utc_minute(seconds: int) -> str:
    """Seconds since 1970 as UTC to the minute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%MZ")


def aligned(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)
