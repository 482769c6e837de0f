"""A selection narrowed to some of its own rows, as behind one figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from queries.asking.filters import FILTERS, WITHOUT
from queries.asking.measures import MEASURE, filters_behind
from queries.asking.names import Names
from queries.asking.selection import Selection, conditions_of


def narrowed(selection: Selection, pairs: Iterable[tuple[str, str]]) -> Selection | None:
    """The rows of a selection that pass further filters too, given as (name, value); None where no value passes both."""
    further: dict[str, list[str | None]] = {}
    for name, value in pairs:
        if name == WITHOUT:
            further.setdefault(value, []).append(None)
        else:
            further.setdefault(name, []).append(value)
    passing = {}
    for filter in FILTERS:
        values, wanted = selection.passing(filter.name), further.get(filter.name)
        if wanted is not None:
            values = tuple(value for value in wanted if value in values) if values else tuple(wanted)
            if not values:
                return None
        passing[filter.name] = values
    return replace(selection, conditions=conditions_of(passing))


def filter_of(name: str, id: str | None) -> tuple[str, str]:
    """The filter, as (name, value), that leaves the rows with a value under `name`, or those without one where it is None."""
    return (WITHOUT, name) if id is None else (name, id)


def clipped(selection: Selection, start: int, end: int | None) -> Selection:
    """The rows of a selection from `start` to before `end` (None: open), in milliseconds; never beyond its own period."""
    if selection.start is not None:
        start = max(start, selection.start)
    if selection.end is not None:
        end = selection.end if end is None else min(end, selection.end)
    return replace(selection, start=start, end=end)


def rows_behind(selection: Selection, measure: str, names: Names) -> Selection | None:
    """The rows of a selection that a measure, by its id, counts; of a rate those of its part. None where its filters leave none."""
    behind = filters_behind(MEASURE[measure], names)
    return None if behind is None else narrowed(selection, behind)


def rows_of_each(selection: Selection, filter: str, values: Iterable[str], measure: str, names: Names) -> list[Selection]:
    """The rows that a measure, by its id, counts of each value of a filter; a value of which the selection's filters leave none has none."""
    behind = filters_behind(MEASURE[measure], names)
    if behind is None:
        return []
    narrow = (narrowed(selection, [(filter, value), *behind]) for value in values)
    return [one for one in narrow if one is not None]
