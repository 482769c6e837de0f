"""A tenant's interactions as arrays of small integers, read from the store on first use and kept for its version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

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


def log_columns(snapshot: Snapshot, tenant: int, largest: dict[str, int]) -> LogColumns:
    """The log of a tenant in time order; `largest` is the largest key of each dimension."""

    def array(name: str) -> np.ndarray:
        return snapshot.memory.recall(("log", tenant, name), lambda: read(name))

    def read(name: str) -> np.ndarray:
        target = np.empty(row_count(snapshot, tenant), _dtype(name, largest))
        if snapshot.rows("select in_order from store")[0][0]:
            _read_in_pieces(snapshot, "interactions", tenant, _expression(name, "rowid"), target)
        elif name == "row":
            sql = 'select rowid as value from interactions where tenant = $tenant order by "timestamp", id'
            target[:] = snapshot.arrays(sql, {"tenant": tenant})["value"]
        else:
            np.take(_column_by_row(snapshot, name, tenant), array("row"), out=target)
        return target

    return LogColumns(array)


def journeys(snapshot: Snapshot, tenant: int, largest: dict[str, int]) -> Journeys:
    """The log of a tenant by customer; `largest` is the largest key of each dimension."""

    def array(name: str) -> np.ndarray:
        return snapshot.memory.recall(("journeys", tenant, name), lambda: read(name))

    def read(name: str) -> np.ndarray:
        if name in ("starts", "customer"):
            return snapshot.memory.recall(("journeys", tenant, "boundaries"), boundaries)[name]
        if name in ("valued", "values"):
            return snapshot.memory.recall(("journeys", tenant, "worth"), worth)[name]
        target = np.empty(row_count(snapshot, tenant), _dtype(name, largest))
        _read_in_pieces(snapshot, "journeys", tenant, _expression(name, ROW_OF_JOURNEYS), target)
        return target

    def boundaries() -> dict[str, np.ndarray]:
        keys = np.empty(row_count(snapshot, tenant), np.uint32)
        _read_in_pieces(snapshot, "journeys", tenant, "customer", keys)
        if not len(keys):
            return {"starts": np.zeros(1, np.int64), "customer": keys}
        firsts = np.concatenate([[0], np.flatnonzero(keys[1:] != keys[:-1]) + 1])
        return {"starts": np.append(firsts, len(keys)).astype(np.int64), "customer": keys[firsts]}

    def worth() -> dict[str, np.ndarray]:
        valued, values, first = [np.empty(0, np.uint32)], [np.empty(0)], 0
        for piece in _pieces(snapshot, "journeys", tenant, "coalesce(value, 'nan'::double)"):
            places = np.flatnonzero(~np.isnan(piece))
            valued.append((places + first).astype(np.uint32))
            values.append(piece[places])
            first += len(piece)
        return {"valued": np.concatenate(valued), "values": np.concatenate(values)}

    return Journeys(array)


def customer_log(snapshot: Snapshot, tenant: int, customer: int) -> LogColumns:
    """One customer's interactions in time order, read for this one query."""
    names = ("timestamp", "row", *DIMENSIONS)
    picked = ", ".join(f'{_expression(name, ROW_OF_JOURNEYS)} as "{name}"' for name in names)
    sql = f'select rowid as place, {picked} from journeys where tenant = $tenant and customer = $customer'
    arrays = snapshot.arrays(sql, {"tenant": tenant, "customer": customer})
    # Ordered here: the engine takes as long for that as for reading.
    order = np.argsort(arrays["place"])
    return LogColumns({name: np.ma.getdata(values)[order] for name, values in arrays.items()}.__getitem__)


def row_count(snapshot: Snapshot, tenant: int) -> int:
    """How many interactions a tenant has."""
    def count() -> int:
        return snapshot.rows("select count(*) from journeys where tenant = $tenant", {"tenant": tenant})[0][0]

    return snapshot.memory.recall(("rows", tenant), count)


def smallest_unsigned(largest: int) -> np.dtype:
    """The smallest unsigned integer type that holds a number."""
    return np.min_scalar_type(largest)


def _dtype(name: str, largest: dict[str, int]) -> np.dtype:
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
    last = snapshot.rows(f"select coalesce(max(rowid), -1) from {table}")[0][0]
    for first in range(0, last + 1, _READ_ROWS):
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
