"""A tenant's interactions as arrays of small integers, read from the store on first use and kept while they stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.columns.memory import TenantMemory
from data.store.limits import StoreError

if TYPE_CHECKING:
    from data.store.store import Snapshot


# The columns a filter can speak of, beside the customer and the time: the array's name here → the column in the store.
DIMENSIONS = {
    "type": "type",
    "offer": "offer",
    "creative": "creative",
    "channel": "channel",
    "direction": "direction",
    "outcome": "outcome_type",
}

ROW_OF_JOURNEYS = '"row"'
_VALUE = "coalesce(value, 'nan'::double)"
_READ_ROWS = 4_000_000


class _Array:
    """One array of a set of columns, read when it is first asked for."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, columns: _Columns, owner: type) -> np.ndarray:
        return columns._array(self._name)


class _Columns:
    timestamp = _Array()
    type = _Array()
    offer = _Array()
    creative = _Array()
    channel = _Array()
    direction = _Array()
    outcome = _Array()
    row = _Array()

    def __init__(self, array: Callable[[str], np.ndarray]):
        self._array = array


class LogColumns(_Columns):
    """One entry an interaction, oldest first (timestamp, then id).

    `timestamp` is int64 milliseconds since 1970 in UTC; `row` is the record's number in the store; the others are dictionary
    keys in the smallest unsigned type that holds them, 0 for none.
    """

    customer = _Array()

    def __len__(self) -> int:
        return len(self.timestamp)


class Journeys(_Columns):
    """The same interactions, those of a customer together, oldest first (timestamp, then id).

    The rows of customer number n are `starts[n]:starts[n + 1]`, and its key is `customer[n]`. Few rows have a value: `valued` (uint32)
    are the places of those that do, ascending, and `values` (float64) what it is.
    """

    starts = _Array()
    customer = _Array()
    valued = _Array()
    values = _Array()

    def __len__(self) -> int:
        return int(self.starts[-1])


# Of a tenant with fewer interactions all columns are read at once, from the journeys alone, where its rows lie together.
_SMALL = 1 << 18


def is_small(interactions: int) -> bool:
    """Whether a tenant of so many interactions is read so quickly that nobody need do so ahead."""
    return interactions < _SMALL


def log_columns(snapshot: Snapshot, tenant: int, memory: TenantMemory, largest: dict[str, int]) -> LogColumns:
    """The log of a tenant in time order; `largest` is the largest key of each dimension."""
    return LogColumns(lambda name: _log_column(snapshot, tenant, memory, largest, name))


def _log_column(snapshot: Snapshot, tenant: int, memory: TenantMemory, largest: dict[str, int], name: str) -> np.ndarray:
    def read() -> np.ndarray:
        if is_small(row_count(snapshot, tenant, memory)):
            return _read_at_once(snapshot, tenant, memory, largest).log[name]
        target = np.empty(row_count(snapshot, tenant, memory), key_type(name, largest))
        if snapshot.rows("select in_order from store")[0][0]:
            _read_in_pieces(snapshot, "interactions", tenant, _expression(name, f"rowid - {snapshot.first_row}"), target)
        elif name == "row":
            sql = 'select rowid as value from interactions where tenant = $tenant order by "timestamp", id'
            target[:] = snapshot.arrays(sql, {"tenant": tenant})["value"]
        else:
            # Asked for by name, not by a function that holds itself: memory in a ring would stay until it is looked for.
            order = _log_column(snapshot, tenant, memory, largest, "row")
            np.take(_column_by_row(snapshot, name, tenant), order, out=target)
        return target

    return memory.recall(("log", name), read)


def journeys(snapshot: Snapshot, tenant: int, memory: TenantMemory, largest: dict[str, int]) -> Journeys:
    """The log of a tenant by customer; `largest` is the largest key of each dimension."""

    def array(name: str) -> np.ndarray:
        if name in ("starts", "customer"):
            return memory.recall(("journeys", "boundaries"), read_boundaries)[name]
        if name in ("valued", "values"):
            return memory.recall(("journeys", "worth"), read_worth)[name]
        return memory.recall(("journeys", name), lambda: read(name))

    def read(name: str) -> np.ndarray:
        if is_small(row_count(snapshot, tenant, memory)):
            return _read_at_once(snapshot, tenant, memory, largest).journeys[name]
        target = np.empty(row_count(snapshot, tenant, memory), key_type(name, largest))
        _read_in_pieces(snapshot, "journeys", tenant, _expression(name, ROW_OF_JOURNEYS), target)
        return target

    def read_boundaries() -> dict[str, np.ndarray]:
        keys = read("customer")
        if not len(keys):
            return {"starts": np.zeros(1, np.int64), "customer": keys}
        firsts = np.concatenate([[0], np.flatnonzero(keys[1:] != keys[:-1]) + 1])
        return {"starts": np.append(firsts, len(keys)).astype(np.int64), "customer": keys[firsts]}

    def read_worth() -> dict[str, np.ndarray]:
        if is_small(row_count(snapshot, tenant, memory)):
            return worth([_read_at_once(snapshot, tenant, memory, largest).value])
        return worth(_pieces(snapshot, "journeys", tenant, _VALUE))

    return Journeys(array)


def worth(pieces: Iterable[np.ndarray]) -> dict[str, np.ndarray]:
    """The places of those of some rows that have a value, and the values; the others' are NaN."""
    valued, values, first = [np.empty(0, np.uint32)], [np.empty(0)], 0
    for piece in pieces:
        places = np.flatnonzero(~np.isnan(piece))
        valued.append((places + first).astype(np.uint32))
        values.append(piece[places])
        first += len(piece)
    return {"valued": np.concatenate(valued), "values": np.concatenate(values)}


def customer_log(snapshot: Snapshot, tenant: int, customer: int) -> LogColumns:
    """One customer's interactions in time order, read for this one query."""
    arrays = _journey_rows(snapshot, "tenant = $tenant and customer = $customer", {"tenant": tenant, "customer": customer})
    return LogColumns(arrays.__getitem__)


def row_count(snapshot: Snapshot, tenant: int, memory: TenantMemory) -> int:
    """How many interactions a tenant has."""
    def count() -> int:
        return snapshot.rows("select count(*) from journeys where tenant = $tenant", {"tenant": tenant})[0][0]

    return memory.recall("rows", count)


def smallest_unsigned(largest: int) -> np.dtype:
    """The smallest unsigned integer type that holds a number."""
    return np.min_scalar_type(largest)


def key_type(name: str, largest: dict[str, int]) -> np.dtype:
    """The type of a column, by the largest key of each dimension."""
    if name in largest:
        return smallest_unsigned(largest[name])
    return np.dtype({"timestamp": np.int64, "row": np.uint32, "customer": np.uint32}[name])


def _expression(name: str, row: str) -> str:
    if name == "timestamp":
        return 'epoch_ms("timestamp")'
    if name == "row":
        return row
    return DIMENSIONS.get(name, name)


def _read_in_pieces(snapshot: Snapshot, table: str, tenant: int, expression: str, target: np.ndarray) -> None:
    filled = 0
    for piece in _pieces(snapshot, table, tenant, expression):
        target[filled:filled + len(piece)] = piece
        filled += len(piece)
    if filled != len(target):
        raise StoreError(f"{table} holds {filled} rows instead of {len(target)}. Load the log into a new state folder.")


def _pieces(snapshot: Snapshot, table: str, tenant: int, expression: str) -> Iterator[np.ndarray]:
    # Piece by piece, so that reading a column never holds it twice.
    begin, last = snapshot.rows(f"select coalesce(min(rowid), 0), coalesce(max(rowid), -1) from {table}")[0]
    for first in range(begin, last + 1, _READ_ROWS):
        yield snapshot.arrays(
            f"select {expression} as value from {table} where rowid >= $first and rowid < $end and tenant = $tenant",
            {"first": first, "end": first + _READ_ROWS, "tenant": tenant},
        )["value"]


def _column_by_row(snapshot: Snapshot, name: str, tenant: int) -> np.ndarray:
    found = snapshot.arrays(
        f'select rowid as "row", {_expression(name, "rowid")} as value from interactions where tenant = $tenant',
        {"tenant": tenant},
    )
    by_row = np.zeros(int(found["row"].max(initial=-1)) + 1, found["value"].dtype)
    by_row[found["row"]] = found["value"]
    return by_row


@dataclass(frozen=True)
class _AtOnce:
    """All columns of a small tenant; `value` is of the journeys' rows, NaN for none."""

    log: dict[str, np.ndarray]
    journeys: dict[str, np.ndarray]
    value: np.ndarray


def _read_at_once(snapshot: Snapshot, tenant: int, memory: TenantMemory, largest: dict[str, int]) -> _AtOnce:
    def read() -> _AtOnce:
        rows = _journey_rows(snapshot, "tenant = $tenant", {"tenant": tenant})
        value = rows.pop("value")
        journeys = {name: column.astype(key_type(name, largest)) for name, column in rows.items()}
        order = np.argsort(rows["row"])
        if not snapshot.rows("select in_order from store")[0][0]:
            order = _in_time_order(snapshot, rows["timestamp"], rows["row"])
        return _AtOnce({name: column[order] for name, column in journeys.items()}, journeys, value)

    return memory.recall("all at once", read)


def _journey_rows(snapshot: Snapshot, condition: str, parameters: dict[str, int]) -> dict[str, np.ndarray]:
    """All columns of some of the journeys' rows, and `value`, in the order in which they lie."""
    names = ("timestamp", "row", "customer", *DIMENSIONS)
    picked = ", ".join(f'{_expression(name, ROW_OF_JOURNEYS)} as "{name}"' for name in names)
    found = snapshot.arrays(f"select rowid as place, {picked}, {_VALUE} as value from journeys where {condition}", parameters)
    # Ordered here: the engine takes as long for that as for reading.
    order = np.argsort(found.pop("place"))
    return {name: np.ma.getdata(column)[order] for name, column in found.items()}


def _in_time_order(snapshot: Snapshot, times: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The places of some rows, oldest first; the ids of those that tie are read."""
    order = np.argsort(times, kind="stable")
    same = np.diff(times[order]) == 0
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
    if len(tied):
        places = order[tied]
        table = pa.table({"time": times[places], "id": ids_of(snapshot, rows[places])})
        ranks = pc.sort_indices(table, sort_keys=[("time", "ascending"), ("id", "ascending")]).to_numpy()
        order[tied] = places[ranks]
    return order


def ids_of(snapshot: Snapshot, rows: np.ndarray) -> pa.Array:
    """The ids of records, in the order of the row numbers given."""
    asked, which = np.unique(rows, return_inverse=True)
    found = snapshot.table("select rowid, id from interactions where rowid = any($rows) order by rowid", {"rows": asked.tolist()})
    return found["id"].combine_chunks().take(pa.array(which))
