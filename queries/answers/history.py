"""The log of a selection: totals, pages and their cursors, single records, and the whole of it for a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from data.engine import Table, Tenant
from data.results import JSON_COLUMNS, RECORD_COLUMNS, Neighbours, Record
from queries.asking.filters import FILTERS
from queries.asking.parameters import Parameter, any_text, whole_number
from queries.asking.periods import LogSpan
from queries.asking.selection import Selection

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


def log_span(tenant: Tenant) -> LogSpan:
    """The time of a log that has rows; where it may be empty, ask `tenant.span()`."""
    log = tenant.span()
    assert log is not None, f"the log of {tenant.id} is empty"
    return log


def future_rows(tenant: Tenant) -> int:
    """How many interactions are later than the log's clock."""
    log = tenant.span()
    return log.future_rows if log else 0


def page(tenant: Tenant, selection: Selection, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """The page of a selection that comes after a cursor; the newest page without one."""
    limit = min(limit, LARGEST_LIMIT)
    found = tenant.page(selection, limit, cursor)
    return Page(found.records, found.total, limit, found.has_more, found.records[-1].id if found.has_more else None)


def neighbours(tenant: Tenant, selection: Selection, limit: int, cursor: str | None) -> Neighbours:
    """Where the page after a cursor stands among the records of a selection."""
    return Neighbours(0, None) if cursor is None else tenant.neighbours(selection, min(limit, LARGEST_LIMIT), cursor)


def total(tenant: Tenant, selection: Selection) -> int:
    """How many interactions pass a selection, exactly."""
    return tenant.total(selection)


def record(tenant: Tenant, id: str) -> Record | None:
    """The record with an id; None if the tenant has none."""
    return tenant.record(id)


def exists(tenant: Tenant, id: str) -> bool:
    """Whether the tenant has a record of this id."""
    return tenant.record(id) is not None


@dataclass(frozen=True)
class RelaxedSelection:
    """A selection without one of its conditions: the label of that condition, and how many interactions pass without it."""

    dropped: str
    selection: Selection
    total: int


def relaxed_selections(tenant: Tenant, selection: Selection) -> list[RelaxedSelection]:
    """The selection without each filter it has, and without its period; the largest first."""
    candidates = [
        (filter.label, selection.dropping(filter.name)) for filter in FILTERS if selection.asks(filter.name)
    ]
    if selection.start is not None or selection.end is not None:
        candidates.append(("Period", replace(selection, start=None, end=None)))
    found = [RelaxedSelection(label, candidate, total(tenant, candidate)) for label, candidate in candidates]
    return sorted(found, key=lambda one: -one.total)


def flat_pieces(tenant: Tenant, selection: Selection, limit: int | None = None) -> Iterator[Table]:
    """The records of a selection as tables of text columns (`RECORD_COLUMNS`); no more than `limit` records in all."""
    return tenant.record_tables(selection, limit, RECORD_COLUMNS)


def json_pieces(tenant: Tenant, selection: Selection, limit: int | None = None) -> Iterator[Table]:
    """The same with the columns of lines of JSON (`JSON_COLUMNS`)."""
    return tenant.record_tables(selection, limit, JSON_COLUMNS)
