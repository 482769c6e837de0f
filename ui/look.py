"""The frame of every page: its title and mark."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

PRODUCT = "Interaction History"

MARK = Path(__file__).with_name("mark.svg")
STYLES = (Path(__file__).with_name("look.css"), Path(__file__).with_name("print.css"))

_focus = st.components.v2.component("focus", js=Path(__file__).with_name("focus.js").read_text(encoding="utf-8"))
_session = st.components.v2.component("session", js=Path(__file__).with_name("session.js").read_text(encoding="utf-8"))


def frame(title: str) -> None:
    """Dresses the page that is being drawn; to be called after the navigation, which sets its own title."""
    about = {"About": f"**{PRODUCT}**"}
    st.set_page_config(f"{title} · {PRODUCT}", str(MARK), layout="wide", menu_items=about)
    st.logo(str(MARK), size="medium")
    _focus(key="focus")
    _session(key="session")
