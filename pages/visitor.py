"""The identity of the user who opened the page."""

from __future__ import annotations

import streamlit as st

import process
from accounts import SESSION_COOKIE, Identity


def visitor() -> Identity:
    """The current identity behind the session cookie; raises `Unauthenticated` or `Forbidden`."""
    return process.accounts().authenticate_session(st.context.cookies.get(SESSION_COOKIE))
