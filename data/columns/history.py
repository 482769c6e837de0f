"""Pages, totals and files of the records that pass a selection, by their positions in the log."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from data.columns.arrays import LogColumns
from data.columns.filtering import Matches, first_of
from data.columns.records import RecordTables, records
from data.columns.tenant import TenantColumns
from data.results import Neighbours, Record, RecordPage
from queries.asking.periods import TimeRange
from queries.asking.selection import Selection

# Records of one table, which costs one read of the store, and bytes that only the records hold.
_PIECE = 5_000
_PIECE_BYTES = 1 << 20
_PIECE_OF_COLUMN = 1 << 20


def total(tenant: TenantColumns, selection: Selection, matches: Matches | None = None) -> int:
    """How many interactions pass a selection; pass `matches` if you already have them."""
    def count() -> int:
        return (matches or Matches(tenant, selection)).count()

    # One customer's rows are counted as quickly as a number is remembered, and there are many customers.
    if len(selection.values("customerId")) == 1:
        return count()
    return tenant.answer(("total", selection), count)


def record(tenant: TenantColumns, id: str) -> Record | None:
    """The record with an id."""
    found = tenant.row_of(id)
    if found is None:
        return None
    row, timestamp = found
    log = tenant.log
    first, end = (int(np.searchsorted(log.timestamp, timestamp, side)) for side in ("left", "right"))
    return records(tenant, log, first + np.flatnonzero(log.row[first:end] == row))[0]


def page(tenant: TenantColumns, selection: Selection, limit: int, cursor: str | None) -> RecordPage:
    """The records of a selection that come after a cursor."""
    matches = Matches(tenant, selection)
    count = total(tenant, selection, matches)
    positions, shown = _expected(tenant, matches, limit, cursor) or _found(tenant, matches, limit, cursor)
    has_more = len(positions) > limit
    if has_more:
        last = positions[limit - 1]
        tenant.note_row(shown[-1].id, int(matches.log.row[last]), int(matches.log.timestamp[last]))
    return RecordPage(shown, count, has_more)


Shown = tuple[np.ndarray, list[Record]]


def _expected(tenant: TenantColumns, matches: Matches, limit: int, cursor: str | None) -> Shown | None:
    """The page after the record that has the cursor's hash; None where that cannot be told, or the record is not the cursor's.

    Its id is read together with the page, which spares a look-up of its own.
    """
    if cursor is None or not len(matches.log) or tenant.is_noted(cursor) or not tenant.in_order():
        return None
    row = tenant.probable_row(cursor)
    place = len(matches.log) if row is None else int(np.searchsorted(matches.log.row, np.uint32(row)))
    if place == len(matches.log) or matches.log.row[place] != row:
        return None
    positions = first_of(matches.newest_first(place), limit + 1)
    itself, *shown = records(tenant, matches.log, np.append(place, positions[:limit]))
    return (positions, shown) if itself.id == cursor else None


def _found(tenant: TenantColumns, matches: Matches, limit: int, cursor: str | None) -> Shown:
    positions = first_of(matches.newest_first(_place(tenant, matches, cursor)), limit + 1)
    return positions, records(tenant, matches.log, positions[:limit]) if len(positions) else []


def neighbours(tenant: TenantColumns, selection: Selection, limit: int, cursor: str) -> Neighbours:
    """Where the page after a cursor stands among the records of a selection."""
    matches = Matches(tenant, selection)
    place = _place(tenant, matches, cursor)
    if place is None:
        return Neighbours(0, None)
    newer = first_of(matches.oldest_first(place), limit + 1)
    previous = tenant.ids(matches.log.row[newer[limit:]])[0] if len(newer) > limit else None
    return Neighbours(matches.count(place), previous)


def _place(tenant: TenantColumns, matches: Matches, cursor: str | None) -> int | None:
    # The position in the matches' log before which all records come after the cursor in the order of pages.
    if cursor is None or not len(matches.log):
        return None
    found = tenant.row_of(cursor)
    if found is not None:
        return _first_not_below(tenant, matches.log, cursor, *found)
    removed = tenant.removed_place(cursor)
    if removed is not None:
        return _first_not_below(tenant, matches.log, cursor, None, removed)
    _compare_ids_literally(tenant, matches, cursor)
    return None


def _first_not_below(tenant: TenantColumns, log: LogColumns, id: str, row: int | None, timestamp: int) -> int:
    first, end = (int(np.searchsorted(log.timestamp, timestamp, side)) for side in ("left", "right"))
    if row is not None and len(itself := np.flatnonzero(log.row[first:end] == row)):
        return first + int(itself[0])
    # The record is another customer's, or has gone. Those of its instant stand in the byte order of their ids, which is that of code points.
    return bisect_left(range(end), id, lo=first, key=lambda position: tenant.ids(log.row[position:position + 1])[0])


def _compare_ids_literally(tenant: TenantColumns, matches: Matches, cursor: str) -> None:
    rows = tenant.rows_with_id_below(cursor)
    below = np.zeros(int(max(rows.max(initial=0), matches.log.row.max(initial=0))) + 1, bool)
    below[rows] = True
    matches.keep_only(below[matches.log.row])


def record_tables(tenant: TenantColumns, selection: Selection, limit: int | None, columns: Mapping[str, str]) -> Iterator[pa.Table]:
    """The records of a selection, newest first, as tables of text columns; no more than `limit` in all."""
    matches = Matches(tenant, selection)
    tables = RecordTables(tenant, matches.log, columns)
    for gathered in _gathered(matches, limit):
        for positions in _bounded(tenant, matches.log, gathered):
            yield tables.table(positions)


def _gathered(matches: Matches, limit: int | None) -> Iterator[np.ndarray]:
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


def _bounded(tenant: TenantColumns, log: LogColumns, positions: np.ndarray) -> Iterator[np.ndarray]:
    # Each with no more bytes than a piece may have, but always a record: many downloads hold a piece each for as long as their readers like.
    ends = np.cumsum(tenant.text_sizes(log.row[positions]))
    first = 0
    while first < len(positions):
        before = ends[first - 1] if first else 0
        end = max(first + 1, int(np.searchsorted(ends, before + _PIECE_BYTES, side="right")))
        yield positions[first:end]
        first = end


def rows_by_value(tenant: TenantColumns, dimension: str) -> dict[str | None, int]:
    """How many interactions have each value of a dimension that occurs, None being no value."""
    def count() -> dict[str | None, int]:
        ids, column = tenant.dictionaries[dimension].ids, getattr(tenant.log, dimension)
        counts = np.zeros(len(ids), np.int64)
        for start in range(0, len(column), _PIECE_OF_COLUMN):
            counts += np.bincount(column[start:start + _PIECE_OF_COLUMN], minlength=len(counts))
        return {id: rows for id, rows in zip(ids, counts.tolist(), strict=True) if rows}

    return tenant.recall(("rows by value", dimension), count)


def stretches(tenant: TenantColumns, covered: TimeRange, gap: int) -> list[TimeRange]:
    """The parts of a time range that hold rows of the log, parted where none lies for longer than the gap."""
    times = tenant.log.timestamp
    first, end = np.searchsorted(times, [covered.start, covered.end])
    times = times[first:end]
    if not len(times):
        return []
    gaps = np.flatnonzero(np.diff(times) > gap)
    firsts, lasts = times[np.append(0, gaps + 1)], times[np.append(gaps, len(times) - 1)]
    return [TimeRange(int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True)]
