"""The log of a selection: totals, pages and their cursors, single records, and the whole of it for a file."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from sys import getsizeof

import numpy as np
import pyarrow as pa

from data.columns.arrays import LogColumns
from data.columns.filtering import Matches, first_of
from data.columns.memory import Recent
from data.columns.tenant import Tenant
from queries.answers.records import Record, flat_records, records
from queries.asking.filters import FILTERS
from queries.asking.parameters import Parameter, any_text, whole_number
from queries.asking.selection import Selection

# Of selections as people make them, some 40,000 totals.
_MOST_BYTES = 20_000_000
# Measured: what one takes beside the values that its filters name, and a value beside its text.
_BYTES_OF_ONE = 400
_BYTES_OF_A_VALUE = 8


def total(tenant: Tenant, selection: Selection, matches: Matches | None = None) -> int:
    """How many interactions pass a selection, exactly; pass `matches` if you already have them."""
    def count() -> int:
        return (matches or Matches(tenant, selection)).count()

    # One customer's rows are counted as quickly as a number is remembered, and there are many customers.
    if len(selection.values("customerId")) == 1:
        return count()
    return recent_totals(tenant).answer(selection, count)


def recent_totals(tenant: Tenant) -> Recent:
    """The totals that were asked for last: whoever asks for ever new selections, as a poller does, takes no more memory in time."""
    return tenant.recall("recent totals", lambda: Recent(_MOST_BYTES, _bytes_of))


def _bytes_of(selection: Selection) -> int:
    return _BYTES_OF_ONE + sum(_BYTES_OF_A_VALUE + getsizeof(value) for condition in selection.conditions for value in condition.values)


def record(tenant: Tenant, id: str) -> Record | None:
    """The record with an id; None if the tenant has none."""
    found = tenant.row_of(id)
    if found is None:
        return None
    row, timestamp = found
    log = tenant.log
    first, end = (int(np.searchsorted(log.timestamp, timestamp, side)) for side in ("left", "right"))
    return records(tenant, log, first + np.flatnonzero(log.row[first:end] == row))[0]


def exists(tenant: Tenant, id: str) -> bool:
    """Whether the tenant has a record of this id."""
    return tenant.row_of(id) is not None


DEFAULT_LIMIT = 25
LARGEST_LIMIT = 100

LIMIT = Parameter(
    "limit", whole_number(1), f"The maximum number of records on a page; more than {LARGEST_LIMIT} counts as {LARGEST_LIMIT}.", DEFAULT_LIMIT,
    schema=(("type", "integer"), ("minimum", 1), ("default", DEFAULT_LIMIT)),
)
CURSOR = Parameter(
    "cursor", any_text, "The `nextCursor` of the previous page: the id of its last record. The answer starts with the record after it.",
    example="ih_xyz789",
)


@dataclass(frozen=True)
class Page:
    """A page of the records that pass a selection, newest first (timestamp, then id).

    `total` counts all of them, whatever the cursor; `limit` is the limit applied; `next_cursor` is None on the last page.
    """

    records: list[Record]
    total: int
    limit: int
    has_more: bool
    next_cursor: str | None


def page(tenant: Tenant, selection: Selection, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """The page of a selection that comes after a cursor; the newest page without one."""
    limit = min(limit, LARGEST_LIMIT)
    matches = Matches(tenant, selection)
    count = total(tenant, selection, matches)
    positions, shown = _expected(tenant, matches, limit, cursor) or _found(tenant, matches, limit, cursor)
    has_more = len(positions) > limit
    if has_more:
        last = positions[limit - 1]
        tenant.note_row(shown[-1].id, int(matches.log.row[last]), int(matches.log.timestamp[last]))
    return Page(shown, count, limit, has_more, shown[-1].id if has_more else None)


Shown = tuple[np.ndarray, list[Record]]


def _expected(tenant: Tenant, matches: Matches, limit: int, cursor: str | None) -> Shown | None:
    """The page after the record that has the cursor's hash; None where that cannot be told, or the record is not the cursor's.

    Its id is read together with the page, which spares a look-up of its own.
    """
    if cursor is None or not matches.log or tenant.is_noted(cursor) or not tenant.in_order():
        return None
    row = tenant.probable_row(cursor)
    place = len(matches.log) if row is None else int(np.searchsorted(matches.log.row, np.uint32(row)))
    if place == len(matches.log) or matches.log.row[place] != row:
        return None
    positions = first_of(matches.newest_first(place), limit + 1)
    itself, *shown = records(tenant, matches.log, np.append(place, positions[:limit]))
    return (positions, shown) if itself.id == cursor else None


def _found(tenant: Tenant, matches: Matches, limit: int, cursor: str | None) -> Shown:
    positions = first_of(matches.newest_first(_place(tenant, matches, cursor)), limit + 1)
    return positions, records(tenant, matches.log, positions[:limit]) if len(positions) else []


@dataclass(frozen=True)
class Neighbours:
    """The position of a page: how many matching records precede it, and the cursor of the previous page.

    `previous_cursor` is None where that page is the newest.
    """

    before: int
    previous_cursor: str | None


def neighbours(tenant: Tenant, selection: Selection, limit: int, cursor: str | None) -> Neighbours:
    """Where the page after a cursor stands among the records of a selection."""
    if cursor is None:
        return Neighbours(0, None)
    limit = min(limit, LARGEST_LIMIT)
    matches = Matches(tenant, selection)
    place = _place(tenant, matches, cursor)
    if place is None:
        return Neighbours(0, None)
    newer = first_of(matches.oldest_first(place), limit + 1)
    previous = tenant.ids(matches.log.row[newer[limit:]])[0] if len(newer) > limit else None
    return Neighbours(matches.count(place), previous)


def _place(tenant: Tenant, matches: Matches, cursor: str | None) -> int | None:
    # The position in the matches' log before which all records come after the cursor in the order of pages.
    if cursor is None or not matches.log:
        return None
    found = tenant.row_of(cursor)
    if found is None:
        _compare_ids_literally(tenant, matches, cursor)
        return None
    return _first_not_below(tenant, matches.log, cursor, *found)


def _first_not_below(tenant: Tenant, log: LogColumns, id: str, row: int, timestamp: int) -> int:
    first, end = (int(np.searchsorted(log.timestamp, timestamp, side)) for side in ("left", "right"))
    itself = np.flatnonzero(log.row[first:end] == row)
    if len(itself):
        return first + int(itself[0])
    # The record is another customer's. Those of its instant stand in the byte order of their ids, which is that of code points.
    return bisect_left(range(end), id, lo=first, key=lambda position: tenant.ids(log.row[position:position + 1])[0])


def _compare_ids_literally(tenant: Tenant, matches: Matches, cursor: str) -> None:
    rows = tenant.rows_with_id_below(cursor)
    below = np.zeros(int(max(rows.max(initial=0), matches.log.row.max(initial=0))) + 1, bool)
    below[rows] = True
    matches.keep_only(below[matches.log.row])


@dataclass(frozen=True)
class RelaxedSelection:
    """A selection without one of its conditions: the label of that condition, and how many interactions pass without it."""

    dropped: str
    selection: Selection
    total: int


def relaxed_selections(tenant: Tenant, selection: Selection) -> list[RelaxedSelection]:
    """The selection without each filter it has, and without its period; the largest first."""
    candidates = [
        (filter.label, selection.dropping(filter.name)) for filter in FILTERS if selection.passing(filter.name)
    ]
    if selection.start is not None or selection.end is not None:
        candidates.append(("Period", replace(selection, start=None, end=None)))
    found = [RelaxedSelection(label, candidate, total(tenant, candidate)) for label, candidate in candidates]
    return sorted(found, key=lambda one: -one.total)


_PIECE = 20_000


def flat_pieces(tenant: Tenant, selection: Selection, limit: int | None = None) -> Iterator[pa.Table]:
    """The records of a selection as tables of text columns; no more than `limit` records in all."""
    matches = Matches(tenant, selection)
    for positions in _pieces(matches, limit):
        yield flat_records(tenant, matches.log, positions)


def record_pieces(tenant: Tenant, selection: Selection, limit: int | None = None) -> Iterator[list[Record]]:
    """The records of a selection; no more than `limit` in all."""
    matches = Matches(tenant, selection)
    for positions in _pieces(matches, limit):
        yield records(tenant, matches.log, positions)


def _pieces(matches: Matches, limit: int | None) -> Iterator[np.ndarray]:
    # Rare matches are gathered up, so that each piece costs one read of the store.
    waiting = np.empty(0, np.int64)
    missing = limit
    for positions in matches.newest_first():
        positions = positions[:missing]
        waiting = np.concatenate([waiting, positions])
        while len(waiting) >= _PIECE:
            yield waiting[:_PIECE]
            waiting = waiting[_PIECE:]
        if missing is not None:
            missing -= len(positions)
            if missing == 0:
                break
    if len(waiting):
        yield waiting
