"""What the parts of the page Account share: how a change is made, how a secret is told once, and how times and browsers are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import streamlit as st

from accounts import Invalid
from ui.page import copying
from ui.page.messages import plain

_SECRET, _CHANGES = "account_secret", "account_changes"


def keep_secret(name: str, secret: str) -> None:
    """Has a secret told at the page's next drawing, and never again."""
    st.session_state[_SECRET] = (name, secret)


def draw_secret() -> None:
    """Draws the secret that was just made; with whatever is done next, it is gone."""
    if _SECRET in st.session_state:
        name, secret = st.session_state.pop(_SECRET)
        with st.container(border=True, key="account_secret", gap="xsmall"):
            st.markdown(f":material/key: **{plain(name)}**")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.code(secret, language=None, width="content")
                copying.copy_text("Copy", secret, "copy_secret")
            st.caption("It is shown only now: nobody can look it up later.")


def done(change: Callable[[], object]) -> None:
    """Makes a change and draws the page anew; where it cannot be made, says why."""
    try:
        change()
    except Invalid as refused:
        st.error(plain(f"{str(refused)[0].upper()}{str(refused)[1:]}."))
    else:
        st.session_state[_CHANGES] = st.session_state.get(_CHANGES, 0) + 1
        st.rerun()


@contextmanager
def menu(label: str, icon: str, key: str) -> Iterator[None]:
    """A menu under a button, which closes once a change is made."""
    with st.popover(label, icon=f":material/{icon}:", key=f"{key}_menu_{st.session_state.get(_CHANGES, 0)}"):
        yield


@contextmanager
def form(label: str, icon: str, key: str) -> Iterator[None]:
    """The same around fields that are sent together."""
    with menu(label, icon, key), st.form(key, border=False):
        yield


def minute(seconds: int) -> str:
    """Seconds since 1970 as UTC to the minute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def browser_name(agent: str) -> str:
    """What a browser says it is, as people call it: `Firefox on Windows`."""
    browsers = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Mac OS": "macOS", "Linux": "Linux"}
    browser = next((name for mark, name in browsers.items() if mark in agent), None)
    system = next((name for mark, name in systems.items() if mark in agent), None)
    return f"{browser} on {system}" if browser and system else browser or agent[:60] or "unknown"
