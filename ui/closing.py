"""What closes leaves the address, and does not come back with the browser's step back."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_closing = st.components.v2.component("closing", js=Path(__file__).with_name("closing.js").read_text(encoding="utf-8"))


def take_out(name: str, value: str) -> None:
    """Has the browser leave the address in which a parameter has a value for the one without it."""
    _closing(key=f"closing_{name}", data={"name": name, "value": value})
