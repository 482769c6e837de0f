"""The way through a log page by page: newest, newer, older."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_pager = st.components.v2.component(
    "pager",
    html="""
    <nav aria-label="Pages">
        <button type="button" class="ih-button" data-move="newest">Newest</button>
        <button type="button" class="ih-button" data-move="newer"><span aria-hidden="true">←</span>Newer</button>
        <button type="button" class="ih-button" data-move="older">Older<span aria-hidden="true">→</span></button>
        <span class="place" role="status"></span>
    </nav>
    """,
    css=(_HERE.parent / "button.css").read_text(encoding="utf-8") + (_HERE / "pager.css").read_text(encoding="utf-8"),
    js=(_HERE / "pager.js").read_text(encoding="utf-8"),
)


def pager(place: str, moves: Mapping[str, Callable[[], None]], key: str = "pager") -> None:
    """Draws the buttons of `moves` (`newest`, `newer`, `older`) and says which rows are shown.

    A direction without a move stays in its place and can still hold the focus, but leads nowhere.
    """

    def moved() -> None:
        # A page that is drawn anew meanwhile may no longer have this way.
        move = moves.get(st.session_state[key].moved)
        if move:
            move()

    _pager(key=key, data={"place": place, "moves": list(moves)}, on_moved_change=moved, width="content")
