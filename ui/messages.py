"""What a page says when it has no rows to show, or not all that was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st


def not_understood(problems: Sequence[str]) -> None:
    """Says which parts of the address were left aside, and that the rest is shown."""
    if problems:
        lines = (f"- {_plain(problem)}" for problem in problems)
        text = "\n".join(("Not everything in this link was understood. Shown without it:", *lines))
        st.warning(text, icon=":material/link_off:")


def nothing_matches(what: str, hint: str, clear: Callable[[], None] | None = None) -> None:
    """No rows under these filters, with the way back to all of them."""
    _state("search_off", f"No {what} match", hint, "Clear filters" if clear else None, clear)


def nothing_yet(what: str, hint: str) -> None:
    """No rows at all: what is to be done first."""
    _state("inbox", f"No {what} yet", hint)


def took_too_long(seconds: float, hint: str, again: Callable[[], None]) -> None:
    """A question that was stopped, and what would make it lighter."""
    _state("hourglass_disabled", f"Stopped after {seconds:g} seconds", hint, "Try again", again)


def failed(reference: str, again: Callable[[], None]) -> None:
    """Something broke; `reference` is what the server's log says about it."""
    hint = f"The server's log has the reason under {reference}."
    _state("error", "This could not be shown", hint, "Try again", again)


def _state(
    icon: str, title: str, hint: str, action: str | None = None, act: Callable[[], None] | None = None
) -> None:
    with st.container(border=True, horizontal_alignment="center", gap="xsmall", key="message"):
        st.space("small")
        st.markdown(f":gray[:material/{icon}:] **{_plain(title)}**", width="content")
        st.caption(_plain(hint), width="content", text_alignment="center")
        if action:
            st.button(action, on_click=act, key="message_action")
        st.space("small")


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()<>#+!|~$:&-." else letter for letter in text)
