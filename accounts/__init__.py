"""Who may sign in and who may call: users, API keys, sessions, roles, tenants."""

from __future__ import annotations

from accounts.accounts import Accounts
from accounts.identity import Forbidden, Identity, Invalid, MustChange, Role, Throttled, Unauthenticated
from accounts.sessions import SESSION_COOKIE, sent_session
from accounts.settings import AccessSettings

__all__ = [
    "SESSION_COOKIE", "AccessSettings", "Accounts", "Forbidden", "Identity", "Invalid", "MustChange", "Role", "Throttled", "Unauthenticated",
    "sent_session",
]
