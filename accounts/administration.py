"""What people may do to accounts themselves: everybody to their own sessions and keys, admins to the users and keys of their tenant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from accounts.accounts import Accounts
from accounts.identity import Identity, Invalid, Role
from accounts.keys import Key
from accounts.passwords import random_password
from accounts.sessions import Session
from accounts.users import User, normal_email, utc_minute


class Administration:
    """What one identity may see and change; Invalid where it may not, or what is asked cannot be done. Each change is in the audit."""

    def __init__(self, accounts: Accounts, identity: Identity) -> None:
        self._accounts = accounts
        self._identity = identity

    @property
    def is_admin(self) -> bool:
        return self._identity.role >= Role.ADMIN

    @property
    def roles(self) -> list[Role]:
        """The roles that the identity may give to a key, the least first."""
        return [role for role in Role if Role.NONE < role <= self._identity.role]

    def sessions(self, email: str | None = None) -> list[Session]:
        """One's own sessions; to an admin those of any user of the tenant."""
        return self._accounts.sessions.of(self._user(email).email if email else self._identity.name)

    def end_sessions(self, email: str | None = None, id: int | None = None, but: int | None = None) -> int:
        """How many sessions were ended: one's own, or as an admin those of a user; the one with an id, or all, but for one."""
        whose = self._user(email).email if email else self._identity.name
        ended = self._accounts.sessions.end(whose, id, but)
        self._note("session.ended", user=whose, sessions=ended)
        return ended

    def api_keys(self) -> list[Key]:
        """The keys that one has made; to an admin all of the tenant."""
        of_tenant = [key for key in self._accounts.keys.all() if key.tenant == self._identity.tenant]
        return [key for key in of_tenant if self.is_admin or key.made_by == self._identity.name]

    def add_key(self, name: str, role: Role, expires_at: int | None) -> str:
        """The new key itself, told this once. It can do no more than its maker, also later."""
        if role not in self.roles:
            raise Invalid(f"a key of yours has one of the roles {', '.join(map(str, self.roles))}, not {role}")
        raw = self._accounts.keys.add(name, self._identity.tenant, role, expires_at, made_by=self._identity.name)
        self._note("key.added", key=name, role=role.value, expires=None if expires_at is None else utc_minute(expires_at))
        return raw

    def revoke_key(self, name: str) -> None:
        if name not in {key.name for key in self.api_keys()}:
            raise Invalid(f"you have no key {name!r}")
        self._accounts.keys.revoke(name, self._identity.tenant)
        self._note("key.revoked", key=name)

    def users(self) -> list[User]:
        """The users of the tenant, for an admin."""
        self._as_admin()
        return [user for user in self._accounts.users.all() if user.tenant == self._identity.tenant]

    def add_user(self, email: str, role: Role) -> str:
        """The first password of a new user, told this once."""
        self._as_admin()
        password = random_password()
        user = self._accounts.users.add(email, password, self._identity.tenant, role, must_change=True)
        self._note("user.added", user=user.email, role=role.value)
        return password

    def set_role(self, email: str, role: Role) -> None:
        """Give another user a role; `none` suspends them, from their next click."""
        user = self._other(email)
        self._accounts.users.set_role(user.email, role)
        self._note("user.role", user=user.email, role=role.value)

    def give_password(self, email: str) -> str:
        """A new first password of another user, told this once; it ends their sessions."""
        user = self._other(email)
        password = random_password()
        self._accounts.users.set_password(user.email, password, must_change=True)
        self._note("user.password", user=user.email)
        return password

    def audit(self, most: int) -> Iterator[dict[str, Any]]:
        """The newest lines of the tenant's audit, for an admin."""
        self._as_admin()
        return islice(self._accounts.audit.lines(self._identity.tenant), most)

    def _as_admin(self) -> None:
        if not self.is_admin:
            raise Invalid("only an admin may do this")

    def _user(self, email: str) -> User:
        found = next((user for user in self.users() if user.email == normal_email(email)), None)
        if found is None:
            raise Invalid(f"there is no user {email}")
        return found

    def _other(self, email: str) -> User:
        user = self._user(email)
        if user.email == self._identity.name:
            # Else the last admin could lock everybody out by a slip.
            raise Invalid("another admin has to do this for you")
        return user

    def _note(self, event: str, **facts: str | int | None) -> None:
        self._accounts.audit.note(event, self._identity, None, **facts)
