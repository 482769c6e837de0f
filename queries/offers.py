"""All offers with their figures, those included that nobody met, sorted and searched."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from data.tenant import Tenant
from queries.bounds import bounds
from queries.measures import MEASURE
from queries.parameters import Parameter, text
from queries.recent import recent
from queries.selection import Selection
from queries.spans import DAY, each
from queries.summary import every_row
from queries.summary_row import SummaryRow
from queries.tally import by_key, tally

NAME, LAST = "name", "last"
SORTS = (NAME, *MEASURE, LAST)
DESCENDING = "-"
DEFAULT_SORT = "-impression"

_FEWEST_PARTS, _MOST_PARTS = 7, 30


def _sort(word: str) -> str:
    if word.removeprefix(DESCENDING) not in SORTS:
        raise ValueError(f"must be one of {', '.join(SORTS)}, with {DESCENDING} before it for the largest first")
    return word


SORT = Parameter("sort", _sort, f"What the offers are sorted by; {DESCENDING} before it puts the largest first.", DEFAULT_SORT)
SEARCH = Parameter("search", text, "A part of the names or ids of the offers to show, in capitals or not.", "")


@dataclass(frozen=True)
class Offer:
    """An offer's figures, and its interactions in equal parts of the period, oldest first."""

    row: SummaryRow
    line: list[int]


@dataclass(frozen=True)
class Offers:
    """The offers that were found, of `total` in all; the interactions without an offer are one of them, its id None."""

    found: list[Offer]
    total: int


def offers(tenant: Tenant, selection: Selection, sort: str = DEFAULT_SORT, search: str = "") -> Offers:
    """Every offer of the tenant whose name or id contains `search`; one without a value to sort by stands last."""
    every = every_row(tenant, selection, "offer", with_empty=True)
    lines = recent(tenant, ("offer lines", selection), lambda: _lines(tenant, selection))
    wanted = search.strip().casefold()
    found = [row for row in every if wanted in f"{row.name or ''}\n{row.id or ''}".casefold()]
    return Offers([Offer(row, lines.get(row.id, [])) for row in _sorted(found, sort)], len(every))


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
    covered = bounds(tenant, selection)
    if covered is None or covered.start == covered.end:
        return {}
    length = covered.end - covered.start
    parts = min(length, _MOST_PARTS, max(_FEWEST_PARTS, ceil(length / DAY)))
    edges = [covered.start + length * part // parts for part in range(parts + 1)]
    counts = tally(tenant, selection, by_key(tenant, "offer"), each(edges), only_rows=True).counts("total")
    return {id: row.tolist() for id, row in zip(tenant.names.offer.ids, counts, strict=True)}
