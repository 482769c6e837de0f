"""A list of sentences, each with a link to the rows that it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_sentences = st.components.v2.component(
    "sentences",
    html="<ul></ul>",
    css=(_HERE / "sentences.css").read_text(encoding="utf-8"),
    js=(_HERE / "following.js").read_text(encoding="utf-8") + (_HERE / "sentences.js").read_text(encoding="utf-8"),
)


def sentences(said: Sequence[tuple[str, str | None]], label: str, key: str = "sentences") -> str | None:
    """Draws the sentences with their addresses, and returns the one that was just followed, on that run alone."""
    return _sentences(key=key, data={"said": said, "label": label}, on_followed_change=_rerun).followed


def _rerun() -> None:
    """Nothing of its own: a component reruns the page only for a trigger that has a callback."""
