"""One page of the log, newest first, found by a keyset cursor."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from data.columns import LogColumns
from data.tenant import Tenant
from queries.matching import Matches, first_of
from queries.parameters import Parameter, text, whole_number
from queries.record import Record, records
from queries.selection import Selection
from queries.total import total

DEFAULT_LIMIT = 25
LARGEST_LIMIT = 100

LIMIT = Parameter(
    "limit", whole_number(1), f"The most records of a page; more than {LARGEST_LIMIT} counts as {LARGEST_LIMIT}.", DEFAULT_LIMIT,
    schema=(("type", "integer"), ("minimum", 1), ("default", DEFAULT_LIMIT)),
)
CURSOR = Parameter(
    "cursor", text, "The `nextCursor` of the page before: the id of its last record. The answer starts with the record after it.",
    example="ih_xyz789",
)


@dataclass(frozen=True)
class Page:
    """Some of the records that pass a selection, newest first (timestamp, then id).

    `total` counts them all, whatever the cursor; `limit` is the one that was applied; `next_cursor` is None on the last page.
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
    """Where a page stands: how many matching records come before it, and the cursor of the page before.

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
