"""One tenant's part of a store in ClickHouse: a query can reach nothing else."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import pyarrow as pa

from data.clickhouse.store import Snapshot
from data.columns.arrays import DIMENSIONS
from data.columns.memory import MEANING
from data.columns.names import Dictionaries, Dictionary
from data.columns.row_filter import allowed_keys
from queries.asking.names import Entity, Names
from queries.asking.outcomes import Outcomes, Said
from queries.asking.periods import LogSpan
from queries.asking.selection import Selection

T = TypeVar("T")

_WORDS = """
    select dimension, id, known, name, status, channel
    from words
    where tenant = {tenant:String}
    order by dimension, key
"""
_MEANINGS = """
    select outcome, name, classification, category, counts_as
    from meanings
    where tenant = {tenant:String}
    order by place
"""
_SPAN = "select count(), min(timestamp), max(timestamp) from interactions where tenant = {tenant:String}"
_UP_TO = "select count(), max(timestamp) from interactions where tenant = {tenant:String} and timestamp <= {latest:Int64}"


class TenantRows:
    """The interactions of one tenant at one version of the store; an unknown tenant has none."""

    def __init__(self, snapshot: Snapshot, id: str):
        self.id = id
        self.memory = snapshot.memory(id)
        self._snapshot = snapshot

    def table(self, select: str, where: Where | None = None, rest: str = "", **parameters: Any) -> pa.Table:
        """What a statement selects of the tenant's rows, of those that pass a condition where one is given; `rest` follows the condition."""
        bound = {"tenant": self.id, **(where.parameters if where else {}), **parameters}
        condition = f" and {where.sql}" if where and where.sql else ""
        return self._snapshot.table(f"select {select} from interactions where tenant = {{tenant:String}}{condition} {rest}", bound)

    def rows(self, select: str, where: Where | None = None, rest: str = "", **parameters: Any) -> list[tuple[Any, ...]]:
        found = self.table(select, where, rest, **parameters)
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True)) if found.num_rows else []

    def where(self, selection: Selection) -> Where:
        """The condition that a row of a selection meets."""
        return where(self.dictionaries, selection)

    @property
    def dictionaries(self) -> Dictionaries:
        return self.memory.recall("dictionaries", self._dictionaries)

    @property
    def names(self) -> Names:
        return self.memory.recall((MEANING, "names"), lambda: self.dictionaries.names(self.outcomes))

    @property
    def outcomes(self) -> Outcomes:
        """The tenant's table of outcomes."""
        return self.memory.recall((MEANING, "outcomes"), self._outcomes)

    def extent(self) -> tuple[int, int | None, int | None]:
        """How many rows there are, and the oldest and newest time, None without rows."""
        def read() -> tuple[int, int | None, int | None]:
            [(rows, oldest, newest)] = self._snapshot.rows(_SPAN, {"tenant": self.id})
            return (rows, oldest, newest) if rows else (0, None, None)

        return self.memory.recall("extent", read)

    def clock(self) -> int | None:
        """The log's clock: the newest time at most a day ahead of this server's own; where all are later, the newest."""
        newest = self.extent()[2]
        if newest is None or newest <= self._snapshot.latest_plausible:
            return newest
        rows, plausible = self._up_to(self._snapshot.latest_plausible)
        return plausible if rows else newest

    def span(self) -> LogSpan | None:
        """The time that the log covers; None where it is empty."""
        rows, oldest, newest = self.extent()
        clock = self.clock()
        if oldest is None or newest is None or clock is None:
            return None
        return LogSpan(oldest, newest, clock, rows, 0 if clock == newest else rows - self._up_to(clock)[0])

    def answer(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer to what a caller asked, remembered while there is room and the log's clock stands."""
        return self.memory.answer((self.clock(), key), make)

    def find(self, key: Hashable) -> Any | None:
        """The answer under a key, if it is remembered."""
        return self.memory.find((self.clock(), key))

    def _up_to(self, latest: int) -> tuple[int, int]:
        [(rows, newest)] = self._snapshot.rows(_UP_TO, {"tenant": self.id, "latest": latest})
        return rows, newest

    def _dictionaries(self) -> Dictionaries:
        found: dict[str, list[tuple[Any, ...]]] = {dimension: [] for dimension in DIMENSIONS}
        for dimension, *word in self._snapshot.rows(_WORDS, {"tenant": self.id}):
            found[dimension].append(tuple(word))
        channels = [None, *(id for id, *_ in found["channel"])]
        return Dictionaries(**{
            dimension: _dictionary([Entity(id, known, name, status, channels[channel]) for id, known, name, status, channel in words])
            for dimension, words in found.items()
        })

    def _outcomes(self) -> Outcomes:
        return Outcomes({outcome: Said(*said) for outcome, *said in self._snapshot.rows(_MEANINGS, {"tenant": self.id})})


def _dictionary(entities: list[Entity]) -> Dictionary:
    keys = {entity.id: key for key, entity in enumerate(entities, start=1)}
    return Dictionary([None, *keys], [None, *entities], keys)


class Where:
    """A condition of rows as SQL, and the values of its placeholders; an empty one is met by all."""

    def __init__(self, sql: str = "", **parameters: Any) -> None:
        self.sql = sql
        self.parameters = parameters

    def __and__(self, other: Where | None) -> Where:
        if other is None or not other.sql:
            return self
        return Where(f"{self.sql} and {other.sql}" if self.sql else other.sql, **self.parameters, **other.parameters)


def where(dictionaries: Dictionaries, selection: Selection) -> Where:
    """The condition that a row of a selection meets; names that never occur have no key, so of such alone nothing passes."""
    found = Where()
    for dimension, keys in allowed_keys(dictionaries, selection).items():
        found &= Where(f"has({{{dimension}_keys:Array(UInt32)}}, {DIMENSIONS[dimension]})", **{f"{dimension}_keys": [int(key) for key in keys]})
    if customers := selection.values("customerId"):
        found &= Where("customer in {customers:Array(String)}", customers=list(customers))
    if excluded := selection.excluded("customerId"):
        found &= Where("customer not in {excluded:Array(String)}", excluded=list(excluded))
    if selection.start is not None:
        found &= Where("timestamp >= {start:Int64}", start=selection.start)
    if selection.end is not None:
        found &= Where("timestamp < {end:Int64}", end=selection.end)
    return found
