"""The figures of a selection by offer, creative, channel, type, direction or customer; the list of offers; the values to filter by."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

from data.engine import Edges, Tenant
from queries.asking.measures import MEASURE, Figures
from queries.asking.names import Entity
from queries.asking.parameters import Parameter, any_text
from queries.asking.periods import time_range
from queries.asking.selection import Selection
from queries.asking.times import DAY

GROUPINGS = ("offer", "creative", "channel", "type", "direction", "customer")
DEFAULT_LIMIT = 100
LARGEST_LIMIT = 500


@dataclass(frozen=True)
class SummaryRow:
    """A value of a dimension and its figures; the rows that have no value are a row of their own, its id None.

    `name` and `status` are None where there is none or it is not known.
    """

    id: str | None
    name: str | None
    status: str | None
    figures: Figures

    @property
    def label(self) -> str | None:
        """What a person calls it; None for the row without a value."""
        return self.name or self.id


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
        page = tenant.remembered(("summary", selection, by, limit, offset), lambda: tenant.customers(selection, limit, offset))
        rows, total = [SummaryRow(id, None, None, figures) for id, figures in page.customers], page.total
    else:
        every = every_row(tenant, selection, by)
        rows, total = every[offset:offset + limit], len(every)
    return Summary(rows, total, limit, offset)


def every_row(tenant: Tenant, selection: Selection, by: str, with_empty: bool = False) -> list[SummaryRow]:
    """All rows of a dimension other than customer; `with_empty` adds, at the end, the known values that do not occur."""
    rows, empty = tenant.remembered(("summary", selection, by), lambda: _rows(tenant, selection, by))
    return rows + empty if with_empty else rows


def _rows(tenant: Tenant, selection: Selection, by: str) -> tuple[list[SummaryRow], list[SummaryRow]]:
    counted, values = tenant.counts(selection, by, newest=True), tenant.names[by]
    found = [_row(id, values.get(id), counted.figures(id)) for id in counted.series("total")]
    occurring = {row.id for row in found}
    rows = sorted(found, key=lambda row: (-row.figures.total, row.id is None, row.id or ""))
    return rows, [_row(id, values.get(id), Figures()) for id in sorted(values.ids) if id not in occurring]


def _row(id: str | None, entity: Entity | None, figures: Figures) -> SummaryRow:
    return SummaryRow(id, entity.name, entity.status, figures) if entity else SummaryRow(id, None, None, figures)


def figures(tenant: Tenant, selection: Selection) -> Figures:
    """Every measure of a selection."""
    return tenant.remembered(("figures", selection), lambda: tenant.counts(selection, newest=True).figures())


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
    lines = tenant.remembered(("offer lines", selection), lambda: _lines(tenant, selection))
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
    values: list[tuple[Any, SummaryRow]] = [(value(row), row) for row in by_name]
    valued = sorted((pair for pair in values if pair[0] is not None), key=lambda pair: pair[0], reverse=descending)
    return [row for _, row in valued] + [row for own, row in values if own is None]


def _lines(tenant: Tenant, selection: Selection) -> dict[str | None, list[int]]:
    # Equal parts, for the last day, week or month is seldom whole and would look like a fall.
    covered = time_range(tenant.span(), selection)
    if covered is None or covered.start == covered.end:
        return {}
    length = covered.end - covered.start
    parts = min(length, _MOST_PARTS, max(_FEWEST_PARTS, ceil(length / DAY)))
    edges = Edges(tuple(covered.start + length * part // parts for part in range(parts + 1)))
    counted = tenant.counts(selection, "offer", edges, only_rows=True).series("total")
    return {id: counted.get(id) or [0] * parts for id in (None, *tenant.names.offer.ids)}


@dataclass(frozen=True)
class Choice:
    """A value of a dimension, what people call it, and how many of the tenant's interactions have it."""

    id: str
    label: str
    count: int
    status: str | None = None


def choices(tenant: Tenant, dimension: str) -> list[Choice]:
    """The values of a dimension that occur, most frequent first."""
    return tenant.remembered(("choices", dimension), lambda: _choices(tenant, dimension))


def count_without(tenant: Tenant, dimension: str) -> int:
    """How many of the tenant's interactions have no value of a dimension."""
    return tenant.rows_by_value(dimension).get(None, 0)


def _choices(tenant: Tenant, dimension: str) -> list[Choice]:
    counts = tenant.rows_by_value(dimension)
    found = [Choice(id, entity.label, counts[id], entity.status) for id, entity in tenant.names[dimension].by_id.items() if id in counts]
    return sorted(found, key=lambda choice: (-choice.count, choice.label, choice.id))
