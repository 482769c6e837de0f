"""One tenant's part of the store, as columns and records: a query can reach nothing else."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

from data.columns.arrays import Journeys, LogColumns, customer_log, ids_of, journeys, log_columns, row_count
from data.columns.memory import MEANING
from data.columns.names import Dictionaries, dictionaries
from data.store.meanings import outcomes_of
from queries.asking.names import Names
from queries.asking.outcomes import Outcomes
from queries.asking.periods import LogSpan

if TYPE_CHECKING:
    from data.store.store import Snapshot


# Measured: a stretch costs as much as looking up an eighth of its rows.
_CLOSE = 8

T = TypeVar("T")


class TenantColumns:
    """The interactions of one tenant at one version of the store; an unknown tenant has none."""

    def __init__(self, snapshot: Snapshot, id: str, number: int | None = None):
        """`number` is the tenant's in the store, where that is known already."""
        self.id = id
        self.version = snapshot.version
        self._snapshot = snapshot
        self._tenant = snapshot.memory.number(id, self._number) if number is None else number
        self.memory = snapshot.memory.of(self._tenant)

    def __len__(self) -> int:
        return row_count(self._snapshot, self._tenant, self.memory)

    @property
    def dictionaries(self) -> Dictionaries:
        return self.memory.recall("dictionaries", lambda: dictionaries(self._snapshot, self._tenant))

    @property
    def names(self) -> Names:
        return self.recall_meaning("names", lambda: self.dictionaries.names(self.outcomes))

    @property
    def outcomes(self) -> Outcomes:
        """The tenant's table of outcomes."""
        return self.recall_meaning("outcomes", lambda: outcomes_of(self._snapshot.rows, self._tenant))

    def key_counts(self) -> dict[str, int]:
        """How many keys each dimension has, that of no value among them."""
        return {dimension: largest + 1 for dimension, largest in self.dictionaries.largest_keys.items()}

    @property
    def log(self) -> LogColumns:
        """All interactions, oldest first."""
        return log_columns(self._snapshot, self._tenant, self.memory, self.dictionaries.largest_keys)

    @property
    def journeys(self) -> Journeys:
        """All interactions, by customer."""
        return journeys(self._snapshot, self._tenant, self.memory, self.dictionaries.largest_keys)

    def has_read_journeys(self) -> bool:
        """Whether the times and types of `journeys` are in memory already, the longest columns of what every funnel reads."""
        return all(self.memory.holds(("journeys", name)) for name in ("timestamp", "type"))

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is made of this tenant's columns, to stay as long as they do: no key may hold what a caller asked."""
        return self.memory.recall(("made", key), make)

    def recall_meaning(self, key: Hashable, make: Callable[[], T]) -> T:
        """The same for what depends on the meaning of outcomes, of which a change leaves the columns as they are."""
        return self.memory.recall((MEANING, key), make)

    def answer(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer to what a caller asked, remembered while there is room."""
        return self.memory.answer(self._key_of(key), make)

    def find(self, key: Hashable) -> Any | None:
        """The answer under a key, if it is remembered."""
        return self.memory.find(self._key_of(key))

    def _key_of(self, key: Hashable) -> Hashable:
        # The log's clock moves by itself while rows of the future become those of today.
        return self.clock(), key

    def customer_key(self, id: str) -> int | None:
        """The dictionary key of a customer."""
        ids, by_id = self.customers, self.customers_by_id
        place = bisect_left(by_id, id, key=lambda key: ids[int(key)].as_py())
        return int(by_id[place]) if place < len(by_id) and ids[int(by_id[place])].as_py() == id else None

    def customer_place(self, id: str) -> int | None:
        """Where a customer stands in `journeys.customer`, which is in no order of its own; None for one who has no rows."""
        key = self.customer_key(id)
        return None if key is None else int(self.customer_places[key])

    def customer_count(self) -> int:
        """How many customers have interactions."""
        return len(self.customers) - 1

    def customer_ids(self, keys: np.ndarray) -> pa.Array:
        """The ids of customers, in the order of their keys given."""
        return self.customers.take(pa.array(keys.astype(np.int64)))

    @property
    def customers(self) -> pa.Array:
        """The id of each customer, by key; 0 is nobody's."""
        return self.memory.recall("customers", self._customers)

    @property
    def customers_by_id(self) -> np.ndarray:
        """The keys of the customers, in the byte order of their ids."""
        return self.memory.recall("customers by id", self._customers_by_id)

    @property
    def customer_places(self) -> np.ndarray:
        """Where each customer stands in `journeys.customer`, by key."""
        return self.memory.recall("customer places", lambda: places_of(self.journeys.customer))

    def customer_log(self, customer: int) -> LogColumns:
        """One customer's interactions, oldest first: from memory where the journeys are there already, else read."""
        if not self.memory.holds(("journeys", "row")):
            return customer_log(self._snapshot, self._tenant, customer)
        journeys, place = self.journeys, self.customer_places[customer]
        its = slice(journeys.starts[place], journeys.starts[place + 1])
        return LogColumns(lambda name: getattr(journeys, name)[its])

    def row_of(self, id: str) -> tuple[int, int] | None:
        """Where the record of an id lies: its row number, and its timestamp in milliseconds."""
        if (noted := self.memory.find(("row", id))) is not None:
            return noted
        # One look-up after the other, for either alone is a single quick read; few hashes are those of several.
        for row, in self._snapshot.rows('select "row" from ids where hash = half_hash($id)', {"id": id}):
            # Compared here: the engine would scan for the id and the tenant, and takes twice as long.
            sql = 'select epoch_ms("timestamp"), id, tenant from interactions where rowid = $row'
            for timestamp, *whose in self._snapshot.rows(sql, {"row": row}):
                if whose == [id, self._tenant]:
                    return row, timestamp
        return None

    def removed_place(self, id: str) -> int | None:
        """The timestamp in milliseconds at which a record stood until lately, when its load was taken back."""
        found = self._snapshot.rows("""
            select epoch_ms("timestamp")
            from removed
            where tenant = $tenant
                and id = $id
                and epoch_ms("until") > $now
            order by "until" desc
            limit 1
        """, {"tenant": self._tenant, "id": id, "now": int(self._snapshot.now_ms)})
        return found[0][0] if found else None

    def probable_row(self, id: str) -> int | None:
        """Where the record of an id lies if it has one: compare the id there, for its hash may be another's.

        None where more than one record, of whatever tenant, has that hash, or none.
        """
        rows = self._snapshot.rows('select "row" from ids where hash = half_hash($id)', {"id": id})
        return rows[0][0] if len(rows) == 1 else None

    def is_noted(self, id: str) -> bool:
        """Whether `row_of` knows a record without a look-up."""
        return self.memory.find(("row", id)) is not None

    def note_row(self, id: str, row: int, timestamp: int) -> None:
        """Expect to be asked for this record soon: it was handed out as a cursor."""
        self.memory.note(("row", id), (row, timestamp))

    def ids(self, rows: np.ndarray) -> list[str]:
        """The ids of records, in the order of the row numbers given."""
        sql = "select rowid, id from interactions where rowid = any($rows)"
        found = dict(self._snapshot.rows(sql, {"rows": rows.tolist()}))
        return [found[row] for row in rows.tolist()]

    def id_array(self, rows: np.ndarray) -> pa.Array:
        """The same as an array, for many at a time."""
        return ids_of(self._snapshot, rows)

    def rows_with_id_below(self, id: str) -> np.ndarray:
        """The row numbers of all records whose id is smaller, byte by byte."""
        sql = 'select rowid as "row" from interactions where tenant = $tenant and id < $id'
        return self._snapshot.arrays(sql, {"tenant": self._tenant, "id": id})["row"]

    def texts(self, rows: np.ndarray) -> list[list[Any]]:
        """What only the records hold, in the order of the row numbers given: id, context, response, outcome, value, customer key."""
        found = {row: texts for row, *texts in self._snapshot.rows(*_read_of(rows, _TEXTS))}
        return [found[row] for row in rows.tolist()]

    def text_columns(self, rows: np.ndarray) -> pa.Table:
        """The same as columns, for many rows at a time: of a page's few, they alone would take as long as all of it."""
        found = self._snapshot.table(*_read_of(rows, _TEXTS)).sort_by("row")
        return found.take(np.searchsorted(found["row"].to_numpy(), rows))

    def text_sizes(self, rows: np.ndarray) -> np.ndarray:
        """How many bytes what only the records hold has, in the order of the row numbers given."""
        size = "strlen(id) + strlen(context) + strlen(response) + strlen(outcome) as size"
        found = self._snapshot.arrays(*_read_of(rows, size))
        order = np.argsort(found["row"])
        return found["size"][order][np.searchsorted(found["row"], rows, sorter=order)]

    def in_order(self) -> bool:
        """Whether row numbers rise along the log, and so along every part of it."""
        return self.memory.recall("in order", lambda: bool(np.all(self.log.row[1:] > self.log.row[:-1])))

    def newest(self) -> int | None:
        """The time of the newest interaction, in milliseconds."""
        sql = 'select epoch_ms(max("timestamp")) from journeys where tenant = $tenant'
        return self.memory.recall("newest", lambda: self._snapshot.rows(sql, {"tenant": self._tenant})[0][0])

    def clock(self) -> int | None:
        """The log's clock, in milliseconds: the time of the newest interaction at most a day ahead of the server's own clock.

        Where all are later, the newest. What is recent, or still open, goes by it, so that one row of a far year moves nothing.
        """
        newest = self.newest()
        if newest is None or newest <= self._snapshot.latest_plausible:
            return newest
        place = self._rows_up_to(self._snapshot.latest_plausible)
        return int(self.log.timestamp[place - 1]) if place else newest

    def span(self) -> LogSpan | None:
        """The time that the log covers; None where it is empty."""
        oldest, newest, clock = self.oldest(), self.newest(), self.clock()
        if oldest is None or newest is None or clock is None:
            return None
        return LogSpan(oldest, newest, clock, len(self), 0 if clock == newest else len(self) - self._rows_up_to(clock))

    def _rows_up_to(self, time: int) -> int:
        return int(np.searchsorted(self.log.timestamp, time, side="right"))

    def oldest(self) -> int | None:
        """The time of the oldest interaction, in milliseconds."""
        sql = 'select epoch_ms(min("timestamp")) from journeys where tenant = $tenant'
        return self.memory.recall("oldest", lambda: self._snapshot.rows(sql, {"tenant": self._tenant})[0][0])

    def _number(self) -> int:
        found = self._snapshot.rows("select tenant from tenants where id = $id", {"id": self.id})
        return found[0][0] if found else 0

    def _customers_by_id(self) -> np.ndarray:
        return self._snapshot.arrays('select "key" from customers where tenant = $tenant order by id', {"tenant": self._tenant})["key"]


    def _customers(self) -> pa.Array:
        sql = 'select id from customers where tenant = $tenant order by "key"'
        ids = self._snapshot.table(sql, {"tenant": self._tenant})["id"].combine_chunks()
        return pa.concat_arrays([pa.nulls(1, ids.type), ids])


def places_of(customers: np.ndarray) -> np.ndarray:
    """Where the customer with each key stands among some that are all there are."""
    places = np.zeros(len(customers) + 1, np.uint32)
    places[customers] = np.arange(len(customers), dtype=np.uint32)
    return places


_TEXTS = "id, context, response, outcome, value, customer"


def _read_of(rows: np.ndarray, columns: str) -> tuple[str, dict[str, Any]]:
    """The statement that reads some columns of some records, in no order."""
    first, last = (int(rows.min()), int(rows.max())) if len(rows) else (0, 0)
    # Of rows that lie close together it is quicker to read the whole stretch than to look each one up.
    close = last - first < _CLOSE * len(rows)
    sql = f"""
        select rowid as "row", {columns}
        from interactions
        where {"rowid >= $first and rowid <= $last" if close else "rowid = any($rows)"}
    """
    return sql, {"first": first, "last": last} if close else {"rows": rows.tolist()}
