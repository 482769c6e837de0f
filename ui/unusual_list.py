"""What is unusual, as sentences that lead to the rows behind them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui.sentences import sentences

_NOTHING = "Nothing stands out in the last seven whole days, held against the same weekdays of the four weeks before."
_TOO_SHORT = "To say what is unusual takes five weeks of whole days, and the log is shorter."


def unusual_list(found: Sequence[tuple[str, str | None]], checked: bool) -> None:
    """Draws the sentences with their addresses, or says why there are none: nothing stood out, or it could not be `checked`."""
    if found:
        sentences(found, "What is unusual")
    else:
        st.caption(_NOTHING if checked else _TOO_SHORT)
