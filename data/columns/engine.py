"""The embedded engine: what the port asks of a tenant's log, answered from columns."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from data.columns import customers, history
from data.columns.funnel import listing, unit_lists
from data.columns.tally import aggregate
from data.columns.tenant import TenantColumns
from data.engine import Counts, Edges, HoursOfWeek, Table
from data.results import CustomerLog, CustomerPage, FunnelFigures, Neighbours, Record, RecordPage, Timeline, UnitList
from queries.asking.funnel import FunnelQuery
from queries.asking.funnel_bars import FunnelBar, UnitCursor
from queries.asking.names import Names
from queries.asking.outcomes import Outcomes
from queries.asking.periods import LogSpan, TimeRange
from queries.asking.selection import Selection

if TYPE_CHECKING:
    from data.store.store import Snapshot

T = TypeVar("T")


class ColumnTenant:
    """A tenant's log, as `data.engine.Tenant` describes; `columns` are the embedded engine's own."""

    def __init__(self, snapshot: Snapshot, id: str):
        self.id = id
        self.columns = TenantColumns(snapshot, id)

    @property
    def names(self) -> Names:
        return self.columns.names

    @property
    def outcomes(self) -> Outcomes:
        return self.columns.outcomes

    def span(self) -> LogSpan | None:
        return self.columns.span()

    def total(self, selection: Selection) -> int:
        return history.total(self.columns, selection)

    def page(self, selection: Selection, limit: int, cursor: str | None) -> RecordPage:
        return history.page(self.columns, selection, limit, cursor)

    def neighbours(self, selection: Selection, limit: int, cursor: str) -> Neighbours:
        return history.neighbours(self.columns, selection, limit, cursor)

    def record(self, id: str) -> Record | None:
        return history.record(self.columns, id)

    def record_tables(self, selection: Selection, limit: int | None, columns: Mapping[str, str]) -> Iterator[Table]:
        return history.record_tables(self.columns, selection, limit, columns)

    def rows_by_value(self, dimension: str) -> dict[str | None, int]:
        return history.rows_by_value(self.columns, dimension)

    def counts(
        self, selection: Selection, by: str | None = None, buckets: Edges | HoursOfWeek | None = None, *,
        only_rows: bool = False, newest: bool = False,
    ) -> Counts:
        return aggregate(self.columns, selection, by, buckets, only_rows, newest)

    def stretches(self, covered: TimeRange, gap: int) -> list[TimeRange]:
        return history.stretches(self.columns, covered, gap)

    def customers(self, selection: Selection, limit: int, offset: int) -> CustomerPage:
        return customers.customer_page(self.columns, selection, limit, offset)

    def customer(self, id: str) -> CustomerLog | None:
        return customers.customer_log(self.columns, id)

    def timeline(self, id: str, most: int) -> Timeline:
        return customers.customer_timeline(self.columns, id, most)

    def funnel(self, query: FunnelQuery, trend: Edges | None = None) -> FunnelFigures:
        return listing.funnel_figures(self.columns, query, trend)

    def units(self, query: FunnelQuery, bar: FunnelBar, limit: int, cursor: UnitCursor | None = None) -> UnitList:
        return unit_lists.unit_list(self.columns, query, bar, limit, cursor)

    def unit_tables(self, query: FunnelQuery, bar: FunnelBar, limit: int | None) -> Iterator[Table]:
        return unit_lists.unit_tables(self.columns, query, bar, limit)

    def is_funnel_ready(self) -> bool:
        return listing.is_funnel_ready(self.columns)

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        return self.columns.answer(("above", key), make)
