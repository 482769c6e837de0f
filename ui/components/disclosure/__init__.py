"""A button that folds a part of the page away where there is little room, in the browser alone; the look says where."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_disclosure = st.components.v2.component(
    "disclosure",
    html='<button type="button" class="ih-button ih-disclosure" aria-expanded="false"></button>',
    css="".join(path.read_text(encoding="utf-8") for path in (_HERE.parent / "button.css", _HERE / "disclosure.css")),
    js=_HERE.joinpath("disclosure.js").read_text(encoding="utf-8"),
    # In the page's own tree: the look sees whether it is open.
    isolate_styles=False,
)


def disclosure(label: str, opens: str, key: str) -> None:
    """Draws the button; `opens` is the key of the container that it opens."""
    _disclosure(key=key, data={"label": label, "opens": opens}, width="content")
