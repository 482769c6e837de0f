from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from accounts.identity import Identity, Invalid, Role, Unauthenticated, admitted
from accounts.store import AccountsDatabase, Tenants


def new_secret(prefix: str = "") -> str:
    """An unguessable text: `prefix` and 32 random bytes in the URL-safe alphabet."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """The 32 bytes under which a secret is stored and found again.

    Only for secrets of `new_secret`, never for passwords.
    """
    # A slow hash protects what can be guessed. These carry 256 random bits: no one gets through them at
    # any speed, and a fast hash needs no salt, so one indexed look-up finds the row on every request.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


PREFIX = "krn_"

# How stale `used_at` may be: a program that asks often then writes once a minute.
USED_STEP_S = 60


@dataclass(frozen=True)
class Key:
    """What may be told of an API key; times in seconds since 1970."""

    name: str
    role: Role
    tenant: str
    created: int
    expires_at: int | None
    revoked_at: int | None
    used_at: int | None = None
    made_by: str | None = None

    def state(self, now: float) -> str:
        """`revoked`, `expired` or `active`."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        return "active"


class Keys:
    """The API keys. A name is given once in a tenant and stays taken after revoking, so a log can be read."""

    def __init__(self, store: AccountsDatabase, now: Callable[[], float]) -> None:
        self._store = store
        self._tenants = Tenants(store)
        self._now = now

    def all(self) -> list[Key]:
        """Every key, revoked ones too, by tenant, then name."""
        rows = self._store.rows(
            """
            select name, role, tenant, created, expires_at, revoked_at, used_at, made_by
            from keys
            order by tenant, name
            """
        )
        return [key_of(row) for row in rows]

    def add(self, name: str, tenant: str, role: Role, expires_at: int | None = None, made_by: str | None = None) -> str:
        """The new key itself, told this once; raises Invalid for a bad or taken name or a past expiry."""
        if not name or name != name.strip() or not name.isprintable():
            raise Invalid(f"a key's name is printable text without leading or trailing blanks, not {name!r}")
        now = int(self._now())
        if expires_at is not None and expires_at <= now:
            raise Invalid("the expiry is in the past: the key could never be used")
        raw = new_secret(PREFIX)
        with self._store.transaction():
            taken = [key for key in self.all() if (key.tenant, key.name) == (tenant, name)]
            if taken:
                raise Invalid(f"tenant {tenant!r} already has a key {name!r} ({taken[0].state(now)})")
            self._tenants.ensure(tenant)
            self._store.change(
                """
                insert into keys (digest, tenant, name, role, created, expires_at, made_by)
                values (:digest, :tenant, :name, :role, :created, :expires_at, :made_by)
                """,
                digest=digest(raw),
                tenant=tenant,
                name=name,
                role=role.value,
                created=now,
                expires_at=expires_at,
                made_by=made_by,
            )
        return raw

    def revoke(self, name: str, tenant: str | None = None) -> Key:
        """Stop a key from its next request on; without `tenant` the name must be in one tenant alone."""
        with self._store.transaction():
            named = [key for key in self.all() if key.name == name and tenant in (None, key.tenant)]
            if not named:
                where = f"tenant {tenant!r} has" if tenant else "there is"
                raise Invalid(f"{where} no key {name!r}")
            if len(named) > 1:
                tenants = ", ".join(key.tenant for key in named)
                raise Invalid(f"several tenants have a key {name!r} ({tenants}): say which with --tenant")
            if named[0].revoked_at is not None:
                raise Invalid(f"the key {name!r} of tenant {named[0].tenant!r} is already revoked")
            self._store.change(
                """
                update keys
                set revoked_at = :now
                where tenant = :tenant
                    and name = :name
                """,
                now=int(self._now()),
                tenant=named[0].tenant,
                name=name,
            )
        return named[0]

    def identity(self, raw: str) -> Identity:
        """The identity behind a key; raises Unauthenticated or Forbidden."""
        row = self._store.row(
            """
            select name, keys.role, keys.tenant, keys.created, expires_at, revoked_at, used_at, made_by, disabled, users.role as maker
            from keys
            join tenants on tenants.id = keys.tenant
            left join users on users.email = made_by and users.tenant = keys.tenant
            where digest = :digest
            """,
            digest=digest(raw),
        )
        if row is None:
            raise Unauthenticated("the API key is not known")
        key = key_of(row)
        state = key.state(self._now())
        if state != "active":
            raise Unauthenticated(f"the API key is {state}")
        now = int(self._now())
        if key.used_at is None or key.used_at <= now - USED_STEP_S:
            self._store.note("update keys set used_at = :now where digest = :digest", now=now, digest=digest(raw))
        # Who has made it for themselves cannot keep by it what they have lost.
        role = key.role if key.made_by is None else min(key.role, Role(row["maker"] or Role.NONE.value))
        return admitted(Identity(key.tenant, role, key.name, "key"), bool(row["disabled"]))


def key_of(row: sqlite3.Row) -> Key:
    return Key(
        name=row["name"],
        role=Role(row["role"]),
        tenant=row["tenant"],
        created=row["created"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        used_at=row["used_at"],
        made_by=row["made_by"],
    )
