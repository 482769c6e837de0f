"""One's own password, sessions and keys, and for admins the users, the keys and the audit of the tenant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

import process
from accounts import Identity, sent_session
from accounts.administration import Administration
from pages.account_parts import browser_name, done, draw_secret, form, keep_secret, minute
from pages.account_users import draw_audit, draw_users
from ui.components.table import Cell, Column, figure_table
from ui.page.messages import link_out, plain
from ui.page.section import section
from ui.page.shell import visitor

_SESSIONS = [Column("agent", "Browser", "text"), Column("opened", "Signed in", "text"), Column("seen", "Last used", "text")]
_KEYS = [
    Column("name", "Key", "text"), Column("role", "Role", "text"), Column("state", "State", "text"), Column("made_by", "Made by", "text"),
    Column("used", "Last used", "text"), Column("expires", "Expires", "text"),
]
_EXPIRIES = {"In 30 days": 30, "In 90 days": 90, "In a year": 365, "Never": None}


class AccountPage:
    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._own = Administration(process.accounts(), identity)

    def draw(self) -> None:
        st.title("Account", anchor=False)
        st.caption(plain(f"{self._identity.name} · {self._identity.role} of {self._identity.tenant}"))
        link_out("Change password", "/password?next=%2Faccount")
        draw_secret()
        self._draw_sessions()
        self._draw_keys()
        if self._own.is_admin:
            draw_users(self._own, self._identity.name)
            draw_audit(self._own)

    def _draw_sessions(self) -> None:
        cookies = st.context.cookies
        here = process.accounts().sessions.id_of(sent_session(cookies, secure=True) or sent_session(cookies, secure=False) or "")
        found = self._own.sessions()
        others = [one for one in found if one.id != here]

        def draw_end() -> None:
            st.button("End all others", key="end_sessions", icon=":material/logout:", on_click=self._end_others, args=(here,))

        section("sessions", "Your sessions", None, *([draw_end] if others else []))
        figure_table(
            [{"agent": Cell(browser_name(one.agent), note="This one" if one.id == here else None), "opened": Cell(minute(one.opened)),
              "seen": Cell(minute(one.seen))} for one in found],
            _SESSIONS, "Your sessions", "own_sessions")

    def _end_others(self, here: int | None) -> None:
        self._own.end_sessions(but=here)

    def _draw_keys(self) -> None:
        found = self._own.api_keys()
        now = datetime.now(UTC).timestamp()
        active = [key.name for key in found if key.state(now) == "active"]
        section("keys", "API keys", None, self._draw_new_key, *([lambda: self._draw_revoking(active)] if active else []))
        if found:
            figure_table(
                [{"name": Cell(key.name), "role": Cell(str(key.role)),
                  "state": Cell(key.state(now), tone=None if key.state(now) == "active" else "quiet"),
                  "made_by": Cell(key.made_by or "command line"), "used": Cell(minute(key.used_at) if key.used_at else None),
                  "expires": Cell(minute(key.expires_at) if key.expires_at else "never")} for key in found],
                _KEYS, "API keys", "own_keys")
        else:
            st.caption("None yet. With a key a program calls the API; it can do no more than whoever made it.")

    def _draw_new_key(self) -> None:
        with form("New key", "add", "new_key"):
            name = st.text_input("Name", placeholder="nightly export", max_chars=100)
            role = st.selectbox("Role", self._own.roles, format_func=str, filter_mode=None)
            expires = st.selectbox("Expires", list(_EXPIRIES), index=1, filter_mode=None)
            if st.form_submit_button("Make it", type="primary"):
                days = _EXPIRIES[expires]
                until = None if days is None else int((datetime.now(UTC) + timedelta(days=days)).timestamp())
                done(lambda: keep_secret(f"The key {name}", self._own.add_key(name.strip(), role, until)))

    def _draw_revoking(self, names: list[str]) -> None:
        with form("Revoke a key", "block", "revoke_key"):
            name = st.selectbox("Key", names, filter_mode=None)
            if st.form_submit_button("Revoke", type="primary"):
                done(lambda: self._own.revoke_key(name))


AccountPage(visitor()).draw()
