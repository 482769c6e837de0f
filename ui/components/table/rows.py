"""A page of rows, drawn in the browser as a plain table: readable by screen readers, tests and eyes alike.

The rows stand in the order of the log and are a part of it, so there is nothing to sort, search or export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import streamlit as st

from queries.asking.visible import visible
from ui.charts.palette import Looks

_HERE = Path(__file__).parent

_table = st.components.v2.component(
    "rows",
    # The roles are said in words: a row that is laid out as a card would lose its own.
    html='<div class="ih-table ih-rows" tabindex="-1"><table role="table">'
         '<thead role="rowgroup"></thead><tbody role="rowgroup"></tbody></table></div>',
    css=(_HERE / "table.css").read_text(encoding="utf-8"),
    js=(_HERE.parent / "glyph.js").read_text(encoding="utf-8") + (_HERE / "table.js").read_text(encoding="utf-8"),
    # In the page's own tree: a closing drawer can then give the focus back to the row it came from.
    isolate_styles=False,
)


@dataclass(frozen=True)
class Column:
    """One column: `name` is its key in the rows, `kind` how its cells look."""

    name: str
    label: str
    kind: Literal["text", "id", "number", "type"] = "text"


@dataclass(frozen=True)
class Cell:
    """A text with more to it: an id that stands where a name is missing, or a quiet `mark` behind it."""

    text: str
    is_id: bool = False
    mark: str | None = None


Row = Mapping[str, str | Cell | None]


def table(
    rows: Sequence[Row], columns: Sequence[Column], label: str, looks: Looks, current: str | None = None, key: str = "rows",
) -> str | None:
    """Draws the rows and returns the `id` of the one that was just opened, on that run alone.

    Each row has an `id` besides the columns' cells; None is shown as a dash. `label` is the table's
    accessible name, `looks` how the log's types are drawn, `current` the id of the row whose details are on the screen.
    """
    type_columns = [column.name for column in columns if column.kind == "type"]
    types = {row[name] for row in rows for name in type_columns if row[name]}
    data = {
        "rows": [{"key": row["id"], **{name: _plain(cell) for name, cell in row.items()}} for row in rows],
        "columns": [asdict(column) for column in columns],
        "glyphs": {visible(type): looks[type].glyph for type in sorted(types)},
        "label": label,
        "current": current,
    }
    return _table(key=key, data=data, on_opened_change=_rerun).opened


def _plain(cell: str | Cell | None) -> str | dict | None:
    if isinstance(cell, Cell):
        return asdict(replace(cell, text=visible(cell.text)))
    return cell and visible(cell)


def _rerun() -> None:
    """Does nothing: a component reruns the page only for a trigger that has a callback."""
