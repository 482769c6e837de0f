"""Pages, totals and files of the records that pass a selection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pyarrow as pa

from data.clickhouse.tenant import TenantRows, Where
from data.columns.arrays import DIMENSIONS
from data.columns.records import FlatRecords, record_of
from data.results import Neighbours, Record, RecordPage
from queries.asking.periods import TimeRange
from queries.asking.selection import Selection

# Records of one table: each is a statement of its own, so that no reader holds the server up.
_PIECE = 20_000

_KEY_COLUMNS = ", ".join(f"{column} as {dimension}_key" for dimension, column in DIMENSIONS.items())
_RECORD = f"timestamp, {_KEY_COLUMNS}, id, customer as customerId, context, response, outcome, value"
_NEWEST_FIRST = "order by timestamp desc, id desc"


def total(tenant: TenantRows, selection: Selection) -> int:
    """How many interactions pass a selection."""
    def count() -> int:
        return tenant.rows("count()", tenant.where(selection))[0][0]

    return count() if len(selection.values("customerId")) == 1 else tenant.answer(("total", selection), count)


def record(tenant: TenantRows, id: str) -> Record | None:
    """The record with an id."""
    found = _records(tenant, tenant.table(_RECORD, _is(id)))
    return found[0] if found else None


def page(tenant: TenantRows, selection: Selection, limit: int, cursor: str | None) -> RecordPage:
    """The records of a selection that come after a cursor."""
    count = total(tenant, selection)
    found = _records(tenant, _newest(tenant, tenant.where(selection) & _after(tenant, cursor), limit + 1))
    return RecordPage(found[:limit], count, len(found) > limit)


def neighbours(tenant: TenantRows, selection: Selection, limit: int, cursor: str) -> Neighbours:
    """Where the page after a cursor stands among the records of a selection."""
    time = _time_of(tenant, cursor)
    if time is None:
        return Neighbours(0, None)
    before = tenant.where(selection) & Where(
        "timestamp >= {time:Int64} and (timestamp > {time:Int64} or id >= {cursor:String})", time=time, cursor=cursor)
    [(count,)] = tenant.rows("count()", before)
    newer = tenant.rows("id", before, f"order by timestamp, id limit 1 offset {limit:d}")
    return Neighbours(count, newer[0][0] if newer else None)


def record_tables(tenant: TenantRows, selection: Selection, limit: int | None, columns: Mapping[str, str]) -> Iterator[pa.Table]:
    """The records of a selection, newest first, as tables of text columns; no more than `limit` in all."""
    flat = FlatRecords(tenant.id, tenant.dictionaries, columns)
    for piece in _pieces(tenant, selection, limit):
        yield flat.table(partial(_keys, piece), piece["timestamp"].to_numpy(), piece)


def _keys(rows: pa.Table, dimension: str) -> np.ndarray:
    return rows[f"{dimension}_key"].to_numpy()


def rows_by_value(tenant: TenantRows, dimension: str) -> dict[str | None, int]:
    """How many interactions have each value of a dimension that occurs, None being no value."""
    def count() -> dict[str | None, int]:
        ids = tenant.dictionaries[dimension].ids
        return {ids[key]: rows for key, rows in tenant.rows(f"{DIMENSIONS[dimension]} as key, count()", rest="group by key order by key")}

    return tenant.memory.recall(("rows by value", dimension), count)


def stretches(tenant: TenantRows, covered: TimeRange, gap: int) -> list[TimeRange]:
    """The parts of a time range that hold rows of the log, parted where none lies for longer than the gap."""
    # Within a slot as long as the gap none can be longer, so the first and the last row of each slot say it all.
    slots = tenant.rows(
        "min(timestamp), max(timestamp)", Where("timestamp >= {start:Int64} and timestamp < {end:Int64}", start=covered.start, end=covered.end),
        "group by intDiv(timestamp - {start:Int64}, {gap:Int64}) as slot order by slot", gap=gap,
    )
    found: list[TimeRange] = []
    for first, last in slots:
        if found and first - (found[-1].end - 1) <= gap:
            found[-1] = TimeRange(found[-1].start, last + 1)
        else:
            found.append(TimeRange(first, last + 1))
    return found


def _newest(tenant: TenantRows, where: Where, limit: int) -> pa.Table:
    return tenant.table(_RECORD, where, f"{_NEWEST_FIRST} limit {limit:d}")


def _pieces(tenant: TenantRows, selection: Selection, limit: int | None) -> Iterator[pa.Table]:
    where, after, missing = tenant.where(selection), Where(), limit
    while missing is None or missing > 0:
        wanted = _PIECE if missing is None else min(_PIECE, missing)
        piece = _newest(tenant, where & after, wanted)
        if piece.num_rows:
            yield piece
        if piece.num_rows < wanted:
            return
        if missing is not None:
            missing -= piece.num_rows
        after = _later(piece["timestamp"][-1].as_py(), piece["id"][-1].as_py())


def _after(tenant: TenantRows, cursor: str | None) -> Where:
    """The records after a cursor in the order of pages; where no record has its id, those with a smaller one."""
    if cursor is None:
        return Where()
    time = _time_of(tenant, cursor)
    return Where("id < {cursor:String}", cursor=cursor) if time is None else _later(time, cursor)


def _later(time: int, id: str) -> Where:
    # Not as a comparison of pairs, which would read every row.
    return Where("timestamp <= {time:Int64} and (timestamp < {time:Int64} or id < {cursor:String})", time=time, cursor=id)


def _time_of(tenant: TenantRows, id: str) -> int | None:
    found = tenant.rows("timestamp", _is(id))
    return found[0][0] if found else None


def _is(id: str) -> Where:
    return Where("id = {id:String}", id=id)


def _records(tenant: TenantRows, rows: pa.Table) -> list[Record]:
    """The records of some rows, in their order."""
    dictionaries = tenant.dictionaries
    keys = {dimension: rows[f"{dimension}_key"].to_pylist() for dimension in DIMENSIONS}
    texts = zip(*(rows[name].to_pylist() for name in ("id", "customerId", "context", "response", "outcome", "value")), strict=True)
    times: np.ndarray = rows["timestamp"].to_numpy()
    return [
        record_of(tenant.id, dictionaries, {dimension: of_rows[nth] for dimension, of_rows in keys.items()}, time, its)
        for nth, (time, its) in enumerate(zip(times.tolist(), texts, strict=True))
    ]
