"""A table of figures: each leads to the rows behind it, and each heading sorts.

The sorting is the caller's: the table says which heading was pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import streamlit as st

from queries.asking.visible import visible

_HERE = Path(__file__).parent

_sortable_table = st.components.v2.component(
    "sortable_table",
    html='<div class="ih-table ih-figures"><table><thead></thead><tbody></tbody></table></div>',
    css=(_HERE / "table.css").read_text(encoding="utf-8") + (_HERE / "sortable_table.css").read_text(encoding="utf-8"),
    js=(_HERE.parent / "following.js").read_text(encoding="utf-8") + (_HERE / "sortable_table.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)

Direction = Literal["ascending", "descending"]


@dataclass(frozen=True)
class Heading:
    """One column: `name` is its key in the rows, `words` say what its figures mean; `sorts` is whether it can be pressed."""

    name: str
    label: str
    kind: Literal["text", "number", "drawing"] = "number"
    help: str | None = None
    sorts: bool = False


@dataclass(frozen=True)
class DrawnInterval:
    """A rate between its bounds, drawn on a scale from 0 to 1."""

    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Figure:
    """A cell: a text, a quiet `note` under it, a `mark` beside it, and the address of what it leads to.

    A `line` of counts, an `interval` or a `share` of a whole (as that much of a full bar) is drawn, and then the text is what is said
    of it. `tone` is whether it is good news.
    """

    text: str | None
    note: str | None = None
    mark: str | None = None
    address: str | None = None
    is_id: bool = False
    tone: Literal["good", "bad", "quiet"] | None = None
    line: Sequence[int] | None = None
    interval: DrawnInterval | None = None
    share: float | None = None
    colour: str | None = None


@dataclass(frozen=True)
class Pressed:
    """What was just pressed in a table, on that run alone: a heading's name, or the address on this page that a figure led to."""

    heading: str | None = None
    followed: str | None = None


def sortable_table(
    rows: Sequence[Mapping[str, Figure | str | None]], headings: Sequence[Heading], label: str,
    key: str, sorted_by: tuple[str, Direction] | None = None,
) -> Pressed:
    """Draws the rows; the first column names each and stays in sight. `label` is the table's accessible name."""
    data = {
        "rows": [{name: _plain(figure) for name, figure in row.items()} for row in rows],
        "headings": [asdict(replace(heading, label=visible(heading.label))) for heading in headings],
        "label": label,
        "sortedBy": sorted_by,
    }
    pressed = _sortable_table(key=key, data=data, on_heading_change=_rerun, on_followed_change=_rerun)
    return Pressed(pressed.heading, pressed.followed)


def _plain(figure: Figure | str | None) -> dict | None:
    if figure is None:
        return None
    figure = Figure(figure) if isinstance(figure, str) else figure
    return asdict(replace(figure, text=figure.text and visible(figure.text)))


def _rerun() -> None:
    """Does nothing: a component reruns the page only for a trigger that has a callback."""
