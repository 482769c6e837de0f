"""A list of names and values, as beside a record; a value may link to all that share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from queries.asking.names import visible
from ui.charts.looks import Look

_HERE = Path(__file__).parent

_facts = st.components.v2.component(
    "facts",
    html='<dl class="ih-facts"></dl>',
    css=(_HERE / "facts.css").read_text(encoding="utf-8"),
    js="".join(path.read_text(encoding="utf-8") for path in (_HERE.parent / "following.js", _HERE.parent / "glyph.js", _HERE / "facts.js")),
    # In the page's own tree: the keyboard does not come into a shadow tree within a drawer.
    isolate_styles=False,
)


@dataclass(frozen=True)
class Fact:
    """A name and its value: a text, an id, or both; `look` is that of a type, `link` the text of a link to `address`."""

    label: str
    text: str | None = None
    id: str | None = None
    look: Look | None = None
    link: str | None = None
    address: str | None = None


def facts(rows: Sequence[Fact], key: str = "facts") -> str | None:
    """Draws the list, and returns the address on this page that was just followed, on that run alone."""
    return _facts(key=key, data=[_plain(row) for row in rows], on_followed_change=_rerun).followed


def _plain(row: Fact) -> dict:
    return {
        "label": row.label, "text": row.text and visible(row.text), "id": row.id and visible(row.id),
        "glyph": row.look and row.look.glyph, "link": row.link, "address": row.address,
    }


def _rerun() -> None:
    """Does nothing: a component reruns the page only for a trigger that has a callback."""
