"""Links to the interactions behind a figure."""

from __future__ import annotations

from collections.abc import Sequence

from queries.asking.names import Names
from queries.asking.narrowing import clipped, narrowed, rows_behind
from queries.asking.selection import Selection
from ui.page.address import query_string

Filters = Sequence[tuple[str, str]]


def rows_link(selection: Selection | None) -> str | None:
    """The page of the log that shows a selection; None where there is none."""
    return None if selection is None else f"/history{query_string(selection.pairs())}"


def link_behind(selection: Selection, measure: str, names: Names, further: Filters = ()) -> str | None:
    """The page of the log with what a measure, by its id, counts, of the interactions that pass further filters as well."""
    found = narrowed(selection, further)
    return rows_link(rows_behind(found, measure, names)) if found else None


def part_link(selection: Selection, start: int, end: int, further: Filters = ()) -> str | None:
    """The page of the log with what a selection has from `start` to before `end`, in milliseconds, of what passes further filters."""
    return rows_link(narrowed(clipped(selection, start, end), further))
