"""The figures of a selection by offer, creative, channel, type, direction or customer."""

from __future__ import annotations

from dataclasses import dataclass

from data.tenant import Tenant
from queries.customer_summary import customer_rows
from queries.measures import Figures
from queries.recent import recent
from queries.selection import Selection
from queries.summary_row import SummaryRow, summary_row
from queries.tally import by_key, tally

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
    counted = tally(tenant, selection, by_key(tenant, by), newest=True)
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
