"""Cards with a figure each: its value, its change, how sure that is, its course, and a link to the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

_HERE = Path(__file__).parent

_kpis = st.components.v2.component(
    "kpis",
    html='<ul class="kpis"></ul>',
    css=(_HERE / "kpis.css").read_text(encoding="utf-8"),
    js=(_HERE / "kpis.js").read_text(encoding="utf-8"),
)

Tone = Literal["good", "bad", "quiet"]


@dataclass(frozen=True)
class Kpi:
    """A card. `words` says what the figure means, `change` how it differs from what `against` names, `verdict` whether that is more than
    chance, `note` what else there is to know.

    `tone` colours the change; `course` is the small trend line, oldest first, with gaps where there is no value; `address` leads to
    the rows behind the figure.
    """

    label: str
    value: str
    words: str
    change: str | None = None
    tone: Tone = "quiet"
    against: str = "the period before"
    note: str | None = None
    verdict: str | None = None
    course: Sequence[float | None] = ()
    address: str | None = None


def kpis(cards: Sequence[Kpi], label: str, key: str = "kpis") -> None:
    """Draws the cards; `label` is the accessible name of their list."""
    _kpis(key=key, data={"cards": [asdict(card) for card in cards], "label": label})
