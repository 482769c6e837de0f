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
    js=(_HERE / "sentences.js").read_text(encoding="utf-8"),
)


def sentences(said: Sequence[tuple[str, str | None]], label: str, key: str = "sentences") -> None:
    """Draws the sentences with their addresses; `label` is the accessible name of their list."""
    _sentences(key=key, data={"said": said, "label": label})


_NOTHING = "Nothing stands out in the last seven full days, compared with the same weekdays of the four weeks before."
_TOO_SHORT = "Finding what is unusual takes five full weeks, and the log is shorter."


def unusual_list(found: Sequence[tuple[str, str | None]], checked: bool) -> None:
    """Draws the sentences with their addresses, or says why there are none: nothing stood out, or it could not be `checked`."""
    if found:
        sentences(found, "What is unusual")
    else:
        st.caption(_NOTHING if checked else _TOO_SHORT)
