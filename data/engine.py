"""The port: what an engine must answer about one tenant's log.

Nothing above it knows which engine answers. An engine is asked in the words of queries (`Selection`, `FunnelQuery`) and answers in plain
Python values, in the orders that the contract gives. What it remembers is bounded by bytes, in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from data.results import CustomerLog, CustomerPage, FunnelFigures, Neighbours, Record, RecordPage, Timeline, UnitList
from queries.asking.funnel import FunnelQuery
from queries.asking.funnel_bars import FunnelBar, UnitCursor
from queries.asking.measures import Figures
from queries.asking.names import Names
from queries.asking.outcomes import Outcomes
from queries.asking.periods import LogSpan, TimeRange
from queries.asking.selection import Selection

T = TypeVar("T")

# The seconds that a query has, unless its asker says otherwise.
TIME_LIMIT = 20.0


class Table(Protocol):
    """Some rows as an Arrow table, every column a text: what a file is written from, whole columns at a time."""

    @property
    def column_names(self) -> list[str]: ...
    @property
    def num_rows(self) -> int: ...


@dataclass(frozen=True)
class Edges:
    """Buckets of time that follow one another: number n is from `at[n]` to before `at[n + 1]`, in milliseconds."""

    at: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.at) - 1

    def ranges(self) -> Iterator[tuple[int, int]]:
        """The start and the end of each bucket."""
        return zip(self.at[:-1], self.at[1:], strict=True)


@dataclass(frozen=True)
class HoursOfWeek:
    """A bucket for each hour of a time zone's week, Monday 0:00 first, of the rows in some time ranges that ascend."""

    zone: str
    stretches: tuple[TimeRange, ...]


class Counts(Protocol):
    """What a selection comes to, by value of a dimension and by bucket of time.

    None stands for the rows without a value, and for all rows where no dimension was asked for.
    """

    def figures(self, value: str | None = None, bucket: int = 0) -> Figures:
        """Every measure of a value in a bucket."""

    def series(self, measure: str) -> dict[str | None, list[int]]:
        """A count, by its measure's id, bucket by bucket, of each value with rows; without a dimension always of None."""

    def types(self) -> dict[str, list[int]]:
        """The rows of each type that occurs, bucket by bucket; only without a dimension."""


class Tenant(Protocol):
    """The log of one tenant at one version; an unknown tenant's is empty."""

    @property
    def id(self) -> str: ...

    @property
    def names(self) -> Names: ...

    @property
    def outcomes(self) -> Outcomes:
        """What each outcome key means to the tenant; counts and rates go by it."""

    def span(self) -> LogSpan | None:
        """The time that the log covers; None where it is empty."""

    def total(self, selection: Selection) -> int:
        """How many interactions pass a selection, exactly."""

    def page(self, selection: Selection, limit: int, cursor: str | None) -> RecordPage:
        """At most `limit` records that come after the cursor, which is the id of a record; the newest without one.

        A cursor that is no record's stands for all records with a smaller id.
        """

    def neighbours(self, selection: Selection, limit: int, cursor: str) -> Neighbours:
        """Where the page of `limit` records after a cursor stands."""

    def record(self, id: str) -> Record | None:
        """The record with an id."""

    def record_tables(self, selection: Selection, limit: int | None, columns: Mapping[str, str]) -> Iterator[Table]:
        """The records of a selection, newest first, as tables of bounded size, null for none; no more than `limit` in all.

        `columns` are those of a file, RECORD_COLUMNS or JSON_COLUMNS.
        """

    def rows_by_value(self, dimension: str) -> dict[str | None, int]:
        """How many interactions of the log have each value of a dimension that occurs, None being no value."""

    def counts(
        self, selection: Selection, by: str | None = None, buckets: Edges | HoursOfWeek | None = None, *,
        only_rows: bool = False, newest: bool = False,
    ) -> Counts:
        """Count a selection; with buckets, only those of its rows that lie in one.

        `only_rows` leaves out customers and revenue; `newest` finds the newest time of each value and bucket as well.
        """

    def stretches(self, covered: TimeRange, gap: int) -> list[TimeRange]:
        """The parts of a time range that hold rows of the log, parted where none lies for longer than `gap` milliseconds."""

    def customers(self, selection: Selection, limit: int, offset: int) -> CustomerPage:
        """The customers of a selection from an offset on, at most `limit`."""

    def customer(self, id: str) -> CustomerLog | None:
        """What the log has of a customer; None where it has no such customer."""

    def timeline(self, id: str, most: int) -> Timeline:
        """A customer's newest interactions, at most so many."""

    def funnel(self, query: FunnelQuery, trend: Edges | None = None) -> FunnelFigures:
        """Count a funnel, with the breakdown that it asks for, and the buckets of time of its trend if there is to be one."""

    def units(self, query: FunnelQuery, bar: FunnelBar, limit: int, cursor: UnitCursor | None = None) -> UnitList:
        """At most `limit` units of a bar after a cursor."""

    def unit_tables(self, query: FunnelQuery, bar: FunnelBar, limit: int | None) -> Iterator[Table]:
        """The units of a bar as tables with the columns UNIT_COLUMNS; no more than `limit` in all."""

    def is_funnel_ready(self) -> bool:
        """Whether a funnel is counted at once, without anything to be read or compiled first."""

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer under a key, made once for all who ask at the same time, while there is room for it and the log's clock stands."""


class Snapshot(Protocol):
    """One version of an engine's data, unchanged while loads go on; for one thread."""

    version: int

    def tenant(self, id: str) -> Tenant: ...


class Engine(Protocol):
    """What answers queries."""

    def snapshot(self, seconds: float | None = TIME_LIMIT) -> AbstractContextManager[Snapshot]:
        """The newest version, for at most this many seconds; None means no limit."""

    def close(self) -> None:
        """Let go of what it holds; nobody asks it any more."""
