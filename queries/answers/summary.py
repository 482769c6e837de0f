"""The figures of a selection by offer, creative, channel, type, direction or customer; the list of offers; the values to filter by."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from data.columns.customers import SummaryRow, customer_rows, summary_row
from data.columns.memory import recent
from data.columns.tally import aggregate, by_key
from data.columns.tenant import Tenant
from queries.asking.calendar import DAY, one_bucket_per_span
from queries.asking.measures import MEASURE, Figures
from queries.asking.parameters import Parameter, any_text
from queries.asking.periods import time_range
from queries.asking.selection import Selection

GROUPINGS = ("offer", "creative", "channel", "type", "direction", "customer")
DEFAULT_LIMIT = 100
LARGEST_LIMIT = 500


@dataclass(frozen=True)
class Summary:
    """Some of the rows, those with most interactions first, then by id in byte order, the row without an id last of its equals.

    `total` is the number of all rows; `limit` is the one that was applied.
    """

    rows: list[SummaryRow]
    total: int
    limit: int
    offset: int


def summary(tenant: Tenant, selection: Selection, by: str, limit: int = DEFAULT_LIMIT, offset: int = 0) -> Summary:
    """The figures of each value of a dimension that occurs in a selection."""
    limit = min(limit, LARGEST_LIMIT)
    if by == "customer":
        rows, total = recent(
            tenant, ("summary", selection, by, limit, offset), lambda: customer_rows(tenant, selection, limit, offset)
        )
    else:
        every = every_row(tenant, selection, by)
        rows, total = every[offset:offset + limit], len(every)
    return Summary(rows, total, limit, offset)


def every_row(tenant: Tenant, selection: Selection, by: str, with_empty: bool = False) -> list[SummaryRow]:
    """All rows of a dimension other than customer; `with_empty` adds, at the end, the known values that do not occur."""
    rows, empty = recent(tenant, ("summary", selection, by), lambda: _rows(tenant, selection, by))
    return rows + empty if with_empty else rows


def _rows(tenant: Tenant, selection: Selection, by: str) -> tuple[list[SummaryRow], list[SummaryRow]]:
    counted = aggregate(tenant, selection, by_key(tenant, by), newest=True)
    totals = counted.counts("total")[:, 0].tolist()
    entities = tenant.names[by].entities

    def order(key: int) -> tuple:
        entity = entities[key]
        return -totals[key], entity is None, entity.id if entity else ""

    ordered = sorted(range(len(totals)), key=order)
    rows = [summary_row(counted, key, entities[key]) for key in ordered if totals[key]]
    empty = [SummaryRow(entities[key].id, entities[key].name, entities[key].status, Figures())
             for key in ordered if not totals[key] and entities[key]]
    return rows, empty


def figures(tenant: Tenant, selection: Selection) -> Figures:
    """Every measure of a selection."""
    return recent(tenant, ("figures", selection), lambda: aggregate(tenant, selection, newest=True).figures())


NAME, LAST = "name", "last"
SORTS = (NAME, *MEASURE, LAST)
DESCENDING = "-"
DEFAULT_SORT = "-impression"

_FEWEST_PARTS, _MOST_PARTS = 7, 30


def _sort(word: str) -> str:
    if word.removeprefix(DESCENDING) not in SORTS:
        raise ValueError(f"must be one of {', '.join(SORTS)}, with {DESCENDING} in front to sort the largest first")
    return word


SORT = Parameter("sort", _sort, f"What the offers are sorted by; {DESCENDING} in front puts the largest first.", DEFAULT_SORT)
SEARCH = Parameter("search", any_text, "A part of the names or ids of the offers to show, in capitals or not.", "")


@dataclass(frozen=True)
class OfferSummary:
    """An offer's figures, and its interactions in equal parts of the period, oldest first."""

    row: SummaryRow
    line: list[int]


@dataclass(frozen=True)
class OfferSummaries:
    """The offers that were found, of `total` in all; the interactions without an offer are one of them, its id None."""

    offers: list[OfferSummary]
    total: int


def offers(tenant: Tenant, selection: Selection, sort: str = DEFAULT_SORT, search: str = "") -> OfferSummaries:
    """Every offer of the tenant whose name or id contains `search`; one without a value to sort by stands last."""
    every = every_row(tenant, selection, "offer", with_empty=True)
    lines = recent(tenant, ("offer lines", selection), lambda: _lines(tenant, selection))
    wanted = search.strip().casefold()
    found = [row for row in every if wanted in f"{row.name or ''}\n{row.id or ''}".casefold()]
    return OfferSummaries([OfferSummary(row, lines.get(row.id, [])) for row in _sorted(found, sort)], len(every))


def _sorted(rows: list[SummaryRow], sort: str) -> list[SummaryRow]:
    column, descending = sort.removeprefix(DESCENDING), sort.startswith(DESCENDING)

    def value(row: SummaryRow) -> str | int | float | None:
        if column == NAME:
            return row.label and row.label.casefold()
        return row.figures.last if column == LAST else row.figures[column]

    by_name = sorted(rows, key=lambda row: ((row.label or "").casefold(), row.id or ""))
    valued = [row for row in by_name if value(row) is not None]
    return sorted(valued, key=value, reverse=descending) + [row for row in by_name if value(row) is None]


def _lines(tenant: Tenant, selection: Selection) -> dict[str | None, list[int]]:
    # Equal parts, for the last day, week or month is seldom whole and would look like a fall.
    covered = time_range(tenant, selection)
    if covered is None or covered.start == covered.end:
        return {}
    length = covered.end - covered.start
    parts = min(length, _MOST_PARTS, max(_FEWEST_PARTS, ceil(length / DAY)))
    edges = [covered.start + length * part // parts for part in range(parts + 1)]
    counts = aggregate(tenant, selection, by_key(tenant, "offer"), one_bucket_per_span(edges), only_rows=True).counts("total")
    return {id: row.tolist() for id, row in zip(tenant.names.offer.ids, counts, strict=True)}


_PIECE = 1 << 20


@dataclass(frozen=True)
class Choice:
    """A value of a dimension, what people call it, and how many of the tenant's interactions have it."""

    id: str
    label: str
    count: int
    status: str | None = None


def choices(tenant: Tenant, dimension: str) -> list[Choice]:
    """The values of a dimension that occur, most frequent first."""
    return tenant.recall(("choices", dimension), lambda: _choices(tenant, dimension))


def count_without(tenant: Tenant, dimension: str) -> int:
    """How many of the tenant's interactions have no value of a dimension."""
    return int(_counts(tenant, dimension)[0])


def _counts(tenant: Tenant, dimension: str) -> np.ndarray:
    """How many interactions have each key of a dimension, 0 being none."""
    def count() -> np.ndarray:
        column, counts = getattr(tenant.log, dimension), np.zeros(len(tenant.names[dimension].ids), np.int64)
        for start in range(0, len(column), _PIECE):
            counts += np.bincount(column[start:start + _PIECE], minlength=len(counts))
        return counts

    return tenant.recall(("counts of keys", dimension), count)


def _choices(tenant: Tenant, dimension: str) -> list[Choice]:
    dictionary, counts = tenant.names[dimension], _counts(tenant, dimension)
    found = [
        Choice(entity.id, entity.name or entity.id, int(count), entity.status)
        for entity, count in zip(dictionary.entities[1:], counts[1:], strict=True) if count
    ]
    return sorted(found, key=lambda choice: (-choice.count, choice.label, choice.id))
