"""What admins see on the page Account: the users of their tenant, and its audit."""

from __future__ import annotations

from typing import Any

import orjson
import streamlit as st

from accounts import Role
from accounts.administration import Administration
from accounts.users import User
from pages.account_parts import done, form, keep_secret, menu, minute
from ui.components.table import Cell, Column, figure_table
from ui.page.section import section

_USERS = [
    Column("email", "User", "text"), Column("role", "Role", "text"), Column("sessions", "Sessions"), Column("created", "Added", "text"),
]
_AUDIT = [Column("time", "Time", "text"), Column("event", "Event", "text"), Column("account", "By", "text"), Column("facts", "What", "text")]
_NEWEST = 100
_ROLES = {Role.VIEWER: "viewer", Role.EDITOR: "editor", Role.ADMIN: "admin", Role.NONE: "none: suspended"}


def draw_users(own: Administration, name: str) -> None:
    """Draws the users of the tenant, with ways to add one and to change the others."""
    users = own.users()
    others = [user for user in users if user.email != name]
    section("users", "Users", None, lambda: _draw_new_user(own), *([lambda: _draw_changes(own, others)] if others else []))
    figure_table(
        [{"email": Cell(user.email, note="You" if user.email == name else None),
          "role": Cell("suspended" if user.role is Role.NONE else str(user.role), tone="quiet" if user.role is Role.NONE else None),
          "sessions": Cell(str(len(own.sessions(user.email)))), "created": Cell(minute(user.created))} for user in users],
        _USERS, "Users", "account_users")


def _draw_new_user(own: Administration) -> None:
    with form("Add a user", "person_add", "new_user"):
        email = st.text_input("E-mail", placeholder="ada@example.com", max_chars=254)
        role = st.selectbox("Role", [Role.VIEWER, Role.EDITOR, Role.ADMIN], format_func=str, filter_mode=None)
        st.caption("Their first password is shown to you once; they change it at their first sign-in.")
        if st.form_submit_button("Add", type="primary"):
            done(lambda: keep_secret(f"The first password of {email.strip()}", own.add_user(email, role)))


def _draw_changes(own: Administration, others: list[User]) -> None:
    with menu("Change a user", "manage_accounts", "change_user"):
        of_email = {user.email: user for user in others}
        email = st.selectbox("User", list(of_email), key="changed_user", filter_mode="contains")
        role = st.selectbox("Role", list(_ROLES), index=list(_ROLES).index(of_email[email].role), format_func=_ROLES.__getitem__,
                            key=f"role_of_{email}", filter_mode=None)
        if st.button("Save the role", key="save_role", type="primary", disabled=role is of_email[email].role):
            done(lambda: own.set_role(email, role))
        if st.button("End their sessions", key="end_their_sessions"):
            done(lambda: own.end_sessions(email))
        if st.button("Give a new first password", key="give_password"):
            done(lambda: keep_secret(f"The first password of {email}", own.give_password(email)))


def draw_audit(own: Administration) -> None:
    """Draws the newest lines of the tenant's audit."""
    section("audit", "Audit", None)
    lines = list(own.audit(_NEWEST))
    figure_table([_audit_row(line) for line in lines], _AUDIT, "Audit", "account_audit")
    st.caption(f"The newest {len(lines)}. All of it: `python -m accounts audit --tenant TENANT`.")


def _audit_row(line: dict[str, Any]) -> dict[str, Cell]:
    facts = {name: value for name, value in line.items() if name not in ("time", "event", "account", "tenant", "kind", "agent") and value is not None}
    said = ", ".join(f"{name} {value if isinstance(value, str) else orjson.dumps(value).decode()}" for name, value in facts.items())
    time = line["time"][:19].replace("T", " ") + " UTC"
    return {"time": Cell(time), "event": Cell(line["event"]), "account": Cell(line["account"]), "facts": Cell(said)}
