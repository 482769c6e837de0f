"""The frame of every page: its title, mark and style."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

PRODUCT = "Interaction History"

MARK = Path(__file__).with_name("mark.svg")
STYLE = Path(__file__).with_name("look.css")


def frame(title: str) -> None:
    """Dresses the page that is being drawn; to be called after the navigation, which sets its own title."""
    about = {"About": f"**{PRODUCT}**"}
    st.set_page_config(f"{title} · {PRODUCT}", str(MARK), layout="wide", menu_items=about)
    st.logo(str(MARK), size="medium")
    st.html(STYLE)
