"""A table, drawn in the browser as a plain one: readable by screen readers, tests and eyes alike.

Of records each row opens as a whole; they stand in the order of the log, so there is nothing to sort. Of figures each leads to the rows
behind it, and headings sort. The sorting is the caller's: the table says which heading was pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from queries.asking.names import visible
from ui.charts.looks import Looks

_HERE = Path(__file__).parent

_table = st.components.v2.component(
    "table",
    html='<div class="ih-table"><table><thead></thead><tbody></tbody></table></div>',
    css=(_HERE / "table.css").read_text(encoding="utf-8"),
    js="".join(path.read_text(encoding="utf-8") for path in (_HERE.parent / "following.js", _HERE.parent / "glyph.js", _HERE / "table.js")),
    # In the page's own tree: a closing drawer can then give the focus back to the row it came from.
    isolate_styles=False,
)

Direction = Literal["ascending", "descending"]
Tone = Literal["good", "bad", "quiet"]


@dataclass(frozen=True)
class Column:
    """One column: `name` is its key in the rows, `kind` how its cells look, `help` what they mean; `sorts` is whether its heading can be pressed."""

    name: str
    label: str
    kind: Literal["text", "id", "number", "type", "drawing"] = "number"
    help: str | None = None
    sorts: bool = False


@dataclass(frozen=True)
class DrawnInterval:
    """A rate between its bounds, drawn on a scale from 0 to 1."""

    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Cell:
    """A text, or None for a dash: with a quiet `note` under it, a `mark` beside it, and the address of what it leads to.

    `is_id` is for an id that stands where a name is missing. A `line` of counts, an `interval` or a `share` of a whole (as that much
    of a full bar) is drawn, and then the text is what is said of it. `tone` is whether it is good news.
    """

    text: str | None
    note: str | None = None
    mark: str | None = None
    address: str | None = None
    is_id: bool = False
    tone: Tone | None = None
    line: Sequence[int] | None = None
    interval: DrawnInterval | None = None
    share: float | None = None
    colour: str | None = None


Row = Mapping[str, Cell | str | None]


@dataclass(frozen=True)
class Pressed:
    """What was just pressed in a table, on that run alone: a heading's name, or the address on this page that a figure led to."""

    heading: str | None = None
    followed: str | None = None


def record_table(rows: Mapping[str, Row], columns: Sequence[Column], label: str, looks: Looks, current: str | None = None) -> str | None:
    """Draws records by their ids, and returns the id of the one that was just opened, on that run alone.

    `label` is the table's accessible name, `looks` how the log's types are drawn, `current` the id of the row whose details are on the screen.
    """
    of_types = [column.name for column in columns if column.kind == "type"]
    types = {cell for row in rows.values() for name in of_types if isinstance(cell := row[name], str)}
    data = _data(list(rows.values()), columns, label)
    data |= {"opens": True, "ids": list(rows), "current": current, "glyphs": {visible(one): looks[one].glyph for one in sorted(types)}}
    return _table(key="rows", data=data, on_opened_change=_rerun).opened


def figure_table(
    rows: Sequence[Row], columns: Sequence[Column], label: str, key: str, sorted_by: tuple[str, Direction] | None = None,
) -> Pressed:
    """Draws figures; the first column names each row and stays in sight. `label` is the table's accessible name."""
    data = _data(rows, columns, label) | {"opens": False, "sortedBy": sorted_by}
    pressed = _table(key=key, data=data, on_heading_change=_rerun, on_followed_change=_rerun)
    return Pressed(pressed.heading, pressed.followed)


def _data(rows: Sequence[Row], columns: Sequence[Column], label: str) -> dict[str, Any]:
    return {
        "rows": [{column.name: _plain(row.get(column.name)) for column in columns} for row in rows],
        "columns": [asdict(replace(column, label=visible(column.label))) for column in columns],
        "label": label,
    }


def _plain(cell: Cell | str | None) -> str | dict[str, Any] | None:
    if not isinstance(cell, Cell):
        return cell and visible(cell)
    said = asdict(replace(cell, text=cell.text and visible(cell.text)))
    return {name: value for name, value in said.items() if value is not None and value is not False}


def _rerun() -> None:
    """Does nothing: a component reruns the page only for a trigger that has a callback."""
