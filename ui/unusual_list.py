"""What is unusual, as sentences that lead to the rows behind them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui.sentences import sentences

_NOTHING = "Nothing stands out in the last seven whole days, held against the same weekdays of the four weeks before."
_TOO_SHORT = "To say what is unusual takes five weeks of whole days, and the log is shorter."


def unusual_list(found: Sequence[tuple[str, str | None]], checked: bool) -> str | None:
    """Draws the sentences with their addresses, and returns the one that was just followed."""
    if found:
        return sentences(found, "What is unusual")
    st.caption(_NOTHING if checked else _TOO_SHORT)
    return None
