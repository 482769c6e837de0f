"""Funnels: the rows that a query needs, in the order of customer and time, for the compiled walk over them that the embedded engine has.

ClickHouse's `windowFunnel` means the same only where no two steps share a type; the walk means one thing everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from data.clickhouse.tenant import TenantRows, Where
from data.columns.arrays import DIMENSIONS
from data.columns.names import Dictionaries
from queries.asking.funnel import FunnelQuery
from queries.asking.selection import Selection

T = TypeVar("T")


class _Journeys:
    """The rows that a funnel needs, customer by customer; see `JourneyColumns`."""

    def __init__(self, rows: pa.Table, dictionaries: Dictionaries) -> None:
        customers = rows["customer"].combine_chunks().dictionary_encode()
        numbers = customers.indices.to_numpy()
        # Rows come in the order of customers, so that each is new where its number is.
        firsts = np.flatnonzero(np.diff(numbers, prepend=-1))
        self.ids = customers.dictionary
        self.customer = np.arange(len(firsts), dtype=np.uint32)
        self.starts = np.append(firsts, len(numbers)).astype(np.int64)
        self.timestamp = rows["timestamp"].to_numpy()
        for dimension in set(rows.column_names) & set(dictionaries.largest_keys):
            kind = np.min_scalar_type(dictionaries.largest_keys[dimension])
            setattr(self, dimension, rows[dimension].to_numpy().astype(kind))

    type: np.ndarray
    offer: np.ndarray


class FunnelRows:
    """What a funnel query reads of a tenant, as `FunnelTenant` describes; its filters have been met by the rows already."""

    def __init__(self, tenant: TenantRows, query: FunnelQuery) -> None:
        self._tenant = tenant
        self._asked = query
        # What decides which rows come, so that queries that differ in the rest share them.
        self._key = ("funnel rows", self._types(), query.selection, query.as_of_ms, query.window_ms, query.breakdown)
        self.query = replace(query, selection=Selection(tenant.id, (), query.selection.start, query.selection.end, query.selection.zone))

    @property
    def dictionaries(self) -> Dictionaries:
        return self._tenant.dictionaries

    @property
    def journeys(self) -> _Journeys:
        return self._tenant.answer(self._key, self._read)

    def customer_key(self, id: str) -> int | None:
        raise NotImplementedError("the rows are those of the customers that were asked for")

    def customer_ids(self, keys: np.ndarray) -> pa.Array:
        return self.journeys.ids.take(pa.array(keys.astype(np.int64)))

    def clock(self) -> int | None:
        return self._tenant.clock()

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        return self._tenant.answer((self._key, key), make)

    def answer(self, key: Hashable, make: Callable[[], T]) -> T:
        return self._tenant.answer((self._key, key), make)

    def find(self, key: Hashable) -> Any | None:
        return self._tenant.find((self._key, key))

    def _types(self) -> tuple[int, ...] | None:
        """The types whose rows play a part, None being all: under order strict any row may end a chain."""
        if self._asked.order == "strict":
            return None
        keys = self.dictionaries.type.keys
        return tuple(sorted({keys[id] for ids in (*self._asked.steps, self._asked.excluded) for id in ids if id in keys}))

    def _read(self) -> _Journeys:
        query, types = self._asked, self._types()
        rows = self._tenant.where(replace(query.selection, end=None)) & _until(query)
        if types is not None:
            rows &= Where("has({types:Array(UInt32)}, type)", types=list(types))
        dimensions = dict.fromkeys(("type", "offer", *([query.breakdown] if query.breakdown else [])))
        selected = ", ".join(f"{DIMENSIONS[dimension]} as {dimension}" for dimension in dimensions)
        return _Journeys(self._tenant.table(f"customer, timestamp, {selected}", rows, "order by customer, timestamp, id"), self.dictionaries)


def _until(query: FunnelQuery) -> Where:
    """The rows up to which the query looks: no chain of an entry in its period goes on beyond."""
    last = [query.as_of_ms] if query.as_of_ms is not None else []
    if query.selection.end is not None and query.window_ms is not None:
        last.append(query.selection.end - 1 + query.window_ms)
    return Where("timestamp <= {last:Int64}", last=min(last)) if last else Where()

