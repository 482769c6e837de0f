"""The hours of the week as a table whose cells are the darker the more they hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from queries.asking.measures import MEASURE
from ui.words.numbers import count

_HERE = Path(__file__).parent

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_heat_table = st.components.v2.component(
    "heat_table",
    html='<div class="scroll" tabindex="0" role="group"><table><thead></thead><tbody></tbody></table></div>',
    css=(_HERE / "heat_table.css").read_text(encoding="utf-8"),
    js=(_HERE / "heat_table.js").read_text(encoding="utf-8"),
)


def heat_table(values: Sequence[Sequence[float | None]], texts: Sequence[Sequence[str]], label: str, key: str) -> None:
    """Draws 7 × 24 values, Monday and 0:00 first; a None has no colour. `texts` says them, `label` what they are."""
    most = max((value for hours in values for value in hours if value is not None), default=0)
    shades = [[None if value is None else value / most if most else 0 for value in hours] for hours in values]
    _heat_table(key=key, data={"days": WEEKDAYS, "shades": shades, "texts": texts, "label": label})


def hour_text(measure: str, value: float) -> str:
    """A value in few letters: `1,234`, `12k`, `4.2%`."""
    if MEASURE[measure].unit in ("percent", "share"):
        return f"{value if MEASURE[measure].unit == 'percent' else 100 * value:.1f}%"
    return count(int(value)) if value < 10_000 else f"{value / 1000:.0f}k" if value < 1_000_000 else f"{value / 1_000_000:.1f}M"


def busiest_hour(values: Sequence[Sequence[float | None]], texts: Sequence[Sequence[str]], what: str) -> str:
    """Where in the week the most lies, in words."""
    places = [(value, day, hour) for day, hours in enumerate(values) for hour, value in enumerate(hours) if value is not None]
    if not any(value for value, _, _ in places):
        return f"{what}: none in any hour of the week."
    _, day, hour = max(places, key=lambda place: (place[0], -place[1], -place[2]))
    return f"{what}: most on {WEEKDAYS[day]} from {hour}:00 to {hour + 1}:00, {texts[day][hour]}."
