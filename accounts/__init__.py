"""Who may sign in and who may call: users, API keys, sessions, roles, tenants."""

from __future__ import annotations

from accounts.accounts import Accounts
from accounts.identity import Forbidden, Identity, Invalid, Role, Throttled, Unauthenticated
from accounts.sessions import SESSION_COOKIE

__all__ = ["SESSION_COOKIE", "Accounts", "Forbidden", "Identity", "Invalid", "Role", "Throttled", "Unauthenticated"]
