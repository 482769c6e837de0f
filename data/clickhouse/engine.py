"""ClickHouse as an engine: what the port asks of a tenant's log, answered by statements."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TypeVar

from data.clickhouse import counts, customers, history
from data.clickhouse.funnel import FunnelRows
from data.clickhouse.store import Snapshot
from data.clickhouse.tenant import TenantRows
from data.columns.funnel import listing, unit_lists
from data.columns.funnel.tally import is_compiled
from data.engine import Counts, Edges, HoursOfWeek, Table
from data.results import CustomerLog, CustomerPage, FunnelFigures, Neighbours, Record, RecordPage, Timeline, UnitList
from queries.asking.funnel import FunnelQuery
from queries.asking.funnel_bars import FunnelBar, UnitCursor
from queries.asking.names import Names
from queries.asking.outcomes import Outcomes
from queries.asking.periods import LogSpan, TimeRange
from queries.asking.selection import Selection

T = TypeVar("T")


class ClickHouseTenant:
    """A tenant's log, as `data.engine.Tenant` describes."""

    def __init__(self, snapshot: Snapshot, id: str):
        self.id = id
        self._rows = TenantRows(snapshot, id)

    @property
    def names(self) -> Names:
        return self._rows.names

    @property
    def outcomes(self) -> Outcomes:
        return self._rows.outcomes

    def span(self) -> LogSpan | None:
        return self._rows.span()

    def total(self, selection: Selection) -> int:
        return history.total(self._rows, selection)

    def page(self, selection: Selection, limit: int, cursor: str | None) -> RecordPage:
        return history.page(self._rows, selection, limit, cursor)

    def neighbours(self, selection: Selection, limit: int, cursor: str) -> Neighbours:
        return history.neighbours(self._rows, selection, limit, cursor)

    def record(self, id: str) -> Record | None:
        return history.record(self._rows, id)

    def record_tables(self, selection: Selection, limit: int | None, columns: Mapping[str, str]) -> Iterator[Table]:
        return history.record_tables(self._rows, selection, limit, columns)

    def rows_by_value(self, dimension: str) -> dict[str | None, int]:
        return history.rows_by_value(self._rows, dimension)

    def counts(
        self, selection: Selection, by: str | None = None, buckets: Edges | HoursOfWeek | None = None, *,
        only_rows: bool = False, newest: bool = False,
    ) -> Counts:
        return counts.counts(self._rows, selection, by, buckets, only_rows, newest)

    def stretches(self, covered: TimeRange, gap: int) -> list[TimeRange]:
        return history.stretches(self._rows, covered, gap)

    def customers(self, selection: Selection, limit: int, offset: int) -> CustomerPage:
        return customers.customer_page(self._rows, selection, limit, offset)

    def customer(self, id: str) -> CustomerLog | None:
        return customers.customer_log(self._rows, id)

    def timeline(self, id: str, most: int) -> Timeline:
        return customers.customer_timeline(self._rows, id, most)

    def funnel(self, query: FunnelQuery, trend: Edges | None = None) -> FunnelFigures:
        rows = FunnelRows(self._rows, query)
        return listing.funnel_figures(rows, rows.query, trend)

    def units(self, query: FunnelQuery, bar: FunnelBar, limit: int, cursor: UnitCursor | None = None) -> UnitList:
        rows = FunnelRows(self._rows, query)
        return unit_lists.unit_list(rows, rows.query, bar, limit, cursor)

    def unit_tables(self, query: FunnelQuery, bar: FunnelBar, limit: int | None) -> Iterator[Table]:
        rows = FunnelRows(self._rows, query)
        return unit_lists.unit_tables(rows, rows.query, bar, limit)

    def is_funnel_ready(self) -> bool:
        return is_compiled()

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        return self._rows.answer(("above", key), make)
