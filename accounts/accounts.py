from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from accounts.audit import Audit
from accounts.guessing import SignInGuesses, Throttle, network
from accounts.identity import Identity, Invalid, Throttled, Unauthenticated, Vouched
from accounts.keys import Keys
from accounts.passwords import Passwords
from accounts.sessions import Browsers, Sessions
from accounts.settings import AccessSettings
from accounts.store import AccountsDatabase, Tenants
from accounts.users import LONGEST_EMAIL, Users, folded_email

BAD_KEYS_FROM_ONE_NETWORK = (20, 60)


class Accounts:
    """The users, keys and sessions of the state folder `home`, and the limits on guessing.

    `now` tells the time in seconds since 1970. One object serves all threads of a process; changes made by
    other processes count at once. Failed attempts are counted in this object alone.
    """

    def __init__(
        self,
        home: Path,
        now: Callable[[], float] = time.time,
        passwords: Passwords | None = None,
        settings: AccessSettings | None = None,
    ) -> None:
        self.settings = settings or AccessSettings()
        self._store = AccountsDatabase(home)
        self._now = now
        self.audit = Audit(home, now)
        self.tenants = Tenants(self._store)
        self.users = Users(self._store, passwords or Passwords(), now)
        self.keys = Keys(self._store, now)
        self.sessions = Sessions(self._store, now, self.settings)
        self.browsers = Browsers(self._store, now)
        self._guesses = SignInGuesses()
        self._key_throttle = Throttle(*BAD_KEYS_FROM_ONE_NETWORK)

    def sign_in(self, email: str, password: str, address: str, browser: str = "", agent: str = "") -> str:
        """The token of a new session for a right e-mail and password; `address` is the client's, `browser` the cookie that it is known by.

        Raises Unauthenticated, or Throttled after too many failures. Whether the user may read is answered by
        `authenticate_session`, here as on every later request. Takes the time of one Argon2 check.
        """
        user = self._checked(email, password, address, browser)
        self.audit.note("sign-in", folded_email(email), self.users.tenant_of(email), address=address, agent=agent)
        return self.sessions.open(user, agent)

    def sign_in_vouched(self, vouched: Vouched, address: str, agent: str = "") -> str:
        """The token of a new session of somebody whom a provider vouches for; Invalid where the e-mail is somebody else's."""
        user = self.users.vouched(vouched)
        self.audit.note("sign-in", folded_email(vouched.email), vouched.tenant, address=address, agent=agent, issuer=vouched.issuer)
        return self.sessions.open(user, agent)

    def change_password(self, token: str, password: str, new: str, address: str, browser: str = "", agent: str = "") -> str:
        """The token of a new session, once the user behind a session has given the present password and a new one; all others end.

        Raises Invalid for a new password that may not be, and otherwise as `sign_in` does.
        """
        email = self.sessions.identity(token, before_change=True).name
        self._checked(email, password, address, browser)
        if new == password:
            raise Invalid("the new password is the present one")
        self.users.set_password(email, new)
        self.audit.note("password.changed", email, self.users.tenant_of(email), address=address)
        return self.sign_in(email, new, address, browser, agent)

    def _checked(self, email: str, password: str, address: str, browser: str) -> int:
        account = folded_email(email)[:LONGEST_EMAIL]
        known = browser if self.browsers.knows(browser, account) else None
        try:
            with self._guesses.attempt(account, network(address), known, self._now()):
                user = self.users.matching(email, password)
                if user is None:
                    raise Unauthenticated("the e-mail or the password is wrong")
        except (Unauthenticated, Throttled) as refused:
            tenant = self.users.tenant_of(email)
            # What is no account may be a password that was typed into the wrong field.
            self.audit.note("sign-in.failed", account if tenant else None, tenant, address=address, braked=isinstance(refused, Throttled))
            raise
        return user

    def sign_out(self, token: str) -> None:
        """End a session; an unknown token is already signed out."""
        if whose := self.sessions.owner(token):
            self.audit.note("sign-out", *whose)
        self.sessions.close(token)

    def authenticate_session(self, token: str | None) -> Identity:
        """The identity behind a session cookie, with its current role and tenant; raises Unauthenticated or Forbidden."""
        if not token:
            raise Unauthenticated("there is no session")
        return self.sessions.identity(token)

    def authenticate_key(self, raw: str, address: str) -> Identity:
        """The identity behind an API key; raises Unauthenticated, Forbidden, or Throttled after too many unknown keys."""
        try:
            return self.keys.identity(raw)
        except Unauthenticated as refused:
            # Only bad keys are counted and refused: were good ones refused too, one client with an old key
            # would shut out everyone behind the same address, and guessing 256 bits is hopeless anyway.
            self._key_throttle.count(network(address), self._now())
            self.audit.note("key.failed", address=address, reason=str(refused))
            raise

    def close(self) -> None:
        self._store.close()
