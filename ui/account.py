"""Who is signed in, in the page's header, and the way out."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_signing_out = st.components.v2.component(
    "signing_out",
    html="""
    <form class="ih-form" method="post" action="/logout"><button class="ih-button">Sign out</button></form>
    """,
    css=Path(__file__).with_name("button.css").read_text(encoding="utf-8"),
    # In the page's own tree: the keyboard does not come into a shadow tree within a menu.
    isolate_styles=False,
)


def account_menu(name: str, tenant: str, role: str) -> None:
    """The menu at the right of the header; signing out is a form's POST, so that no link can do it."""
    with st.container(key="account"), st.popover(name, icon=":material/account_circle:", type="tertiary"):
        st.text(name)
        st.caption(f"{role} · {tenant}")
        _signing_out(key="signing_out", width="content")
