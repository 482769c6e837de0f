from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from accounts.identity import Identity, Unauthenticated
from accounts.keys import Keys
from accounts.passwords import Passwords, Throttle, network
from accounts.sessions import Sessions
from accounts.store import AccountsDatabase, Tenants
from accounts.users import LONGEST_EMAIL, Users, folded_email

SIGN_INS_OF_ONE_EMAIL = (5, 15 * 60)
SIGN_INS_FROM_ONE_NETWORK = (50, 15 * 60)
BAD_KEYS_FROM_ONE_NETWORK = (20, 60)


class Accounts:
    """The users, keys and sessions of the state folder `home`, and the limits on guessing.

    `now` tells the time in seconds since 1970. One object serves all threads of a process; changes made by
    other processes count at once. Failed attempts are counted in this object alone.
    """

    def __init__(
        self, home: Path, now: Callable[[], float] = time.time, passwords: Passwords | None = None
    ) -> None:
        self._store = AccountsDatabase(home)
        self._now = now
        self.tenants = Tenants(self._store)
        self.users = Users(self._store, passwords or Passwords(), now)
        self.keys = Keys(self._store, now)
        self.sessions = Sessions(self._store, now)
        self._email_throttle = Throttle(*SIGN_INS_OF_ONE_EMAIL)
        self._network_throttle = Throttle(*SIGN_INS_FROM_ONE_NETWORK)
        self._key_throttle = Throttle(*BAD_KEYS_FROM_ONE_NETWORK)

    def sign_in(self, email: str, password: str, address: str) -> str:
        """The token of a new session for a right e-mail and password; `address` is the client's.

        Raises Unauthenticated, or Throttled after too many failures. Whether the user may read is answered by
        `authenticate_session`, here as on every later request. Takes the time of one Argon2 check.
        """
        now = self._now()
        origin = network(address)
        attempt = (folded_email(email)[:LONGEST_EMAIL], origin)
        # Counted before the slow check, so that attempts sent side by side cannot all slip under the limit.
        self._email_throttle.count(attempt, now)
        self._network_throttle.count(origin, now)
        user = self.users.matching(email, password)
        if user is None:
            raise Unauthenticated("the e-mail or the password is wrong")
        self._email_throttle.clear(attempt)
        self._network_throttle.forgive(origin, now)
        return self.sessions.open(user)

    def sign_out(self, token: str) -> None:
        """End a session; an unknown token is already signed out."""
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
        except Unauthenticated:
            # Only bad keys are counted and refused: were good ones refused too, one client with an old key
            # would shut out everyone behind the same address, and guessing 256 bits is hopeless anyway.
            self._key_throttle.count(network(address), self._now())
            raise

    def close(self) -> None:
        self._store.close()
