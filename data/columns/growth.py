"""What is remembered of a tenant once rows have come: made of what was remembered before and of these rows alone.

Every array is, entry by entry, the one that would be read from the store.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.columns.amounts import amounts_of, amounts_with
from data.columns.arrays import DIMENSIONS, Journeys, key_type
from data.columns.classes import classes_with
from data.columns.funnel.units import offer_units, units_with
from data.columns.memory import MEANING
from data.columns.names import Dictionaries
from data.columns.splice import Room, Splice, bisected, inserted, insertion_places, rearranged, stacked
from data.columns.tenant import TenantColumns, places_of

Kept = dict[Hashable, Any]

_BOUNDARIES, _WORTH = ("journeys", "boundaries"), ("journeys", "worth")
_BY_ROW = ("timestamp", "row", *DIMENSIONS)
_OF_LOG = (*_BY_ROW, "customer")
_AMOUNTS, _UNITS, _CLASSES = ("made", "amounts"), ("made", "offer units"), (MEANING, "classes")
_PLACES = "customer places"
_OF_JOURNEYS = (_BOUNDARIES, _WORTH, _AMOUNTS, _UNITS, _CLASSES, _PLACES)


@dataclass(frozen=True)
class Fresh:
    """New rows of a tenant, oldest first (timestamp, then id): `columns` as the log has them and `value`, NaN for none."""

    columns: dict[str, np.ndarray]
    ids: pa.Array
    customers: pa.Array

    def __len__(self) -> int:
        return len(self.ids)


_NO_TEXTS = pa.array([], pa.string())
NO_ROWS = Fresh({**{name: np.empty(0, np.int64) for name in _OF_LOG}, "value": np.empty(0)}, _NO_TEXTS, _NO_TEXTS)


def grown(before: TenantColumns, fresh: Fresh, dictionaries: Dictionaries) -> Kept:
    """What stays, and what was remembered of the columns, with the new rows where they belong."""
    old = before.memory.kept()
    new: Kept = {"rows": len(before) + len(fresh), "dictionaries": dictionaries}
    if (outcomes := (MEANING, "outcomes")) in old:
        new[outcomes] = old[outcomes]
    if dictionaries is before.dictionaries and (names := (MEANING, "names")) in old:
        new[names] = old[names]
    _grow_span(old, new, fresh)
    _grow_counts(old, new, fresh, dictionaries)
    _grow_customers(old, new, fresh, before)
    if any(("log", name) in old for name in _OF_LOG):
        _grow_log(old, new, fresh, before, dictionaries)
    if _BOUNDARIES in old and len(fresh):
        _Journeys(old, new, fresh, before, dictionaries).grow()
    elif _BOUNDARIES in old:
        new |= {key: old[key] for key in _OF_JOURNEYS if key in old}
        for name in _BY_ROW:
            if (key := ("journeys", name)) in old:
                new[key] = old[key].astype(key_type(name, dictionaries.largest_keys), copy=False)
    return new


def _grow_span(old: Kept, new: Kept, fresh: Fresh) -> None:
    times = fresh.columns["timestamp"].tolist()
    for key, extreme in (("newest", max), ("oldest", min)):
        if key in old:
            new[key] = extreme([*times, *([] if old[key] is None else [old[key]])], default=None)


def _grow_counts(old: Kept, new: Kept, fresh: Fresh, dictionaries: Dictionaries) -> None:
    for dimension in DIMENSIONS:
        key = ("made", ("rows by value", dimension))
        if key in old:
            ids = dictionaries[dimension].ids
            further = np.bincount(fresh.columns[dimension], minlength=len(ids)).tolist()
            counts = {id: old[key].get(id, 0) + more for id, more in zip(ids, further, strict=True)}
            new[key] = {id: count for id, count in counts.items() if count}


def _grow_customers(old: Kept, new: Kept, fresh: Fresh, before: TenantColumns) -> None:
    if "customers" not in old:
        return
    keys, where = np.unique(fresh.columns["customer"], return_index=True)
    keys, where = keys[keys >= len(before.customers)], where[keys >= len(before.customers)]
    ids = fresh.customers.take(pa.array(where))
    new["customers"] = pa.concat_arrays([before.customers, ids]) if len(ids) else before.customers
    if "customers by id" in old:
        by_id = before.customers_by_id
        order = pc.sort_indices(ids).to_numpy()
        ids, keys = ids.take(pa.array(order)), keys[order]
        low, high = np.zeros(len(ids), np.int64), np.full(len(ids), len(by_id))
        low = bisected(low, high, ids, lambda places: before.customer_ids(by_id[places]))
        new["customers by id"] = inserted(len(by_id), low).array(by_id, keys, by_id.dtype) if len(ids) else by_id


def _grow_log(old: Kept, new: Kept, fresh: Fresh, before: TenantColumns, dictionaries: Dictionaries) -> None:
    log, count = before.log, len(fresh)
    low = insertion_places(
        log.timestamp, np.zeros(count, np.int64), np.full(count, len(log)), fresh.columns["timestamp"], fresh.ids,
        lambda places: before.id_array(log.row[places]),
    )
    splice = inserted(len(log), low)
    is_appended = bool(np.all(low == len(log)))
    for name in _OF_LOG:
        key, room_key = ("log", name), ("room", name)
        if key not in old:
            continue
        type = key_type(name, dictionaries.largest_keys)
        column = old[key].astype(type, copy=False)
        if not count:
            new[key] = column
        elif is_appended:
            room = old.get(room_key)
            appended = room.appended(column, fresh.columns[name]) if room else None
            if appended is None:
                room = Room(column, count)
                appended = room.appended(column, fresh.columns[name])
            new[key], new[room_key] = appended, room
        else:
            new[key] = splice.array(column, fresh.columns[name], type)
    if "in order" in old:
        new["in order"] = old["in order"] and is_appended and bool(np.all(np.diff(fresh.columns["row"].astype(np.int64)) > 0))


class _Journeys:
    """The journeys with new rows: those of the customers who have some behind all others, in the order of their keys."""

    def __init__(self, old: Kept, new: Kept, fresh: Fresh, before: TenantColumns, dictionaries: Dictionaries) -> None:
        self._old, self._new, self._before, self._dictionaries = old, new, before, dictionaries
        order = np.argsort(fresh.columns["customer"], kind="stable")
        self._columns = {name: column[order] for name, column in fresh.columns.items()}
        self._affected, self._counts = np.unique(self._columns["customer"], return_counts=True)
        self._customers, self._rows, self._sizes = self._spliced(fresh.ids.take(pa.array(order)))

    def _spliced(self, ids: pa.Array) -> tuple[Splice, Splice, np.ndarray]:
        """What becomes of the customers and of their rows, and how many those have who have new ones."""
        journeys, affected, counts = self._before.journeys, self._affected, self._counts
        starts, keys = journeys.starts, journeys.customer
        known = np.flatnonzero(np.isin(keys, affected))
        begins, ends = np.append(0, known + 1), np.append(known, len(keys))
        kept = stacked(starts[begins], starts[ends], 0)

        # Where the rows of the customers with new ones lay, and where they are to lie: the new ones in front of those not older.
        first, end = np.zeros(len(affected), np.int64), np.zeros(len(affected), np.int64)
        nth = np.searchsorted(affected, keys[known])
        first[nth], end[nth] = starts[known], starts[known + 1]
        lengths = end - first
        sizes = lengths + counts
        base = kept.size + np.cumsum(sizes) - sizes
        of = np.repeat(np.arange(len(affected)), counts)
        low = insertion_places(
            journeys.timestamp, first[of], end[of], self._columns["timestamp"], ids, lambda places: self._before.id_array(journeys.row[places]),
        )
        fills = base[of] + low - first[of] + np.arange(len(of)) - (np.cumsum(counts) - counts)[of]

        is_old = np.ones(int(sizes.sum()), bool)
        is_old[fills - kept.size] = False
        moved = np.arange(int(lengths.sum())) + np.repeat(first - (np.cumsum(lengths) - lengths), lengths)
        moved_to = kept.size + np.flatnonzero(is_old)
        order = np.argsort(moved)
        rows = Splice(kept.size + len(is_old), kept.begins, kept.ends, kept.places, fills, moved[order], moved_to[order])
        return stacked(begins, ends, len(affected)), rows, sizes

    def grow(self) -> None:
        journeys, old, new = self._before.journeys, self._old, self._new
        lengths = self._customers.array(np.diff(journeys.starts), self._sizes, np.dtype(np.int64))
        new[_BOUNDARIES] = {
            "starts": np.append(0, np.cumsum(lengths)),
            "customer": self._customers.array(journeys.customer, self._affected, np.dtype(np.uint32)),
        }
        for name in _BY_ROW:
            if ("journeys", name) in old:
                type = key_type(name, self._dictionaries.largest_keys)
                new["journeys", name] = self._rows.array(old["journeys", name], self._columns[name], type)
        if _WORTH in old:
            self._grow_worth()
        if _UNITS in old:
            new[_UNITS] = units_with(old[_UNITS], Journeys(lambda name: new.get(("journeys", name), new[_BOUNDARIES].get(name))), self._customers)
        if _CLASSES in old:
            new[_CLASSES] = classes_with(
                old[_CLASSES], self._dictionaries, self._before.outcomes, self._rows, self._columns["type"], self._columns["outcome"],
            )
        if _PLACES in old:
            new[_PLACES] = places_of(new[_BOUNDARIES]["customer"])

    def _grow_worth(self) -> None:
        old = self._old[_WORTH]
        value = self._columns["value"]
        has_value = ~np.isnan(value)
        where = np.concatenate([self._rows.where(old["valued"]), self._rows.fills[has_value]])
        order = np.argsort(where, kind="stable")
        values = np.concatenate([old["values"], value[has_value]])[order]
        self._new[_WORTH] = {"valued": where[order].astype(np.uint32), "values": values}
        if _AMOUNTS in self._old:
            self._new[_AMOUNTS] = amounts_with(self._old[_AMOUNTS], value[has_value], order) or amounts_of(values)


def regrouped(kept: Kept) -> Kept:
    """What stays where the journeys have come to lie in the order of their customers' keys."""
    of_journeys = {*_OF_JOURNEYS, "all at once", *(("journeys", name) for name in _BY_ROW)}
    of_log = {key: value for key, value in kept.items() if key not in of_journeys}
    if _BOUNDARIES not in kept:
        return of_log
    starts, keys = (kept[_BOUNDARIES][name] for name in ("starts", "customer"))
    order = np.argsort(keys)
    if np.array_equal(order, np.arange(len(keys))):
        return kept
    rows, new = rearranged(starts, order), of_log
    for name in _BY_ROW:
        if (key := ("journeys", name)) in kept:
            new[key] = rows.array(kept[key], kept[key][:0], kept[key].dtype)
    new[_BOUNDARIES] = {"starts": np.append(0, np.cumsum(np.diff(starts)[order])), "customer": keys[order]}
    if _WORTH in kept:
        valued = rows.where(kept[_WORTH]["valued"])
        by_place = np.argsort(valued)
        new[_WORTH] = {"valued": valued[by_place].astype(np.uint32), "values": kept[_WORTH]["values"][by_place]}
        if _AMOUNTS in kept:
            new[_AMOUNTS] = replace(kept[_AMOUNTS], first=kept[_AMOUNTS].first[by_place], limbs=kept[_AMOUNTS].limbs[by_place])
    if _CLASSES in kept:
        of_row = kept[_CLASSES].of_row
        new[_CLASSES] = replace(kept[_CLASSES], of_row=rows.array(of_row, of_row[:0], of_row.dtype))
    if _UNITS in kept:
        new[_UNITS] = offer_units(Journeys(lambda name: new.get(("journeys", name), new[_BOUNDARIES].get(name))))
    if _PLACES in kept:
        new[_PLACES] = places_of(new[_BOUNDARIES]["customer"])
    return new
