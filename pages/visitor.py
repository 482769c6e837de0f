"""Who is looking at the page."""

from __future__ import annotations

import streamlit as st

import process
from accounts import SESSION_COOKIE, Identity


def visitor() -> Identity:
    """The identity of this moment behind the session's cookie; raises `Unknown` or `Forbidden`."""
    return process.accounts().authenticate_session(st.context.cookies.get(SESSION_COOKIE))
