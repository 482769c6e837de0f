"""Customers: those of a selection in order, and what the log has of one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.columns.filtering import JourneyPlaces
from data.columns.tally import aggregate_runs
from data.columns.tally_scan import count_by_customer
from data.columns.tenant import TenantColumns
from data.results import CustomerLog, CustomerPage, Timeline, TimelinePoint
from queries.asking.selection import Selection


def customer_page(tenant: TenantColumns, selection: Selection, limit: int, offset: int) -> CustomerPage:
    """The customers from an offset on, most interactions first, then by id."""
    totals = _totals(tenant, selection)
    found = np.flatnonzero(totals)
    shown = _ordered(tenant, found, totals[found], offset, offset + limit)
    ids = tenant.customer_ids(tenant.journeys.customer[shown]).to_pylist()
    counted = aggregate_runs(tenant, selection, [(place, place + 1) for place in shown.tolist()])
    return CustomerPage([(id, counts.figures()) for id, counts in zip(ids, counted, strict=True)], len(found))


def customer_log(tenant: TenantColumns, id: str) -> CustomerLog | None:
    """What the log has of one customer."""
    rows = _rows(tenant, id)
    if rows.start == rows.stop:
        return None
    journeys, dictionaries = tenant.journeys, tenant.dictionaries
    timestamps = journeys.timestamp[rows]
    types = np.bincount(journeys.type[rows], minlength=len(dictionaries.type.ids)).tolist()
    offers, firsts = np.unique(journeys.offer[rows], return_index=True)
    return CustomerLog(
        first=int(timestamps[0]),
        last=int(timestamps[-1]),
        types={id: count for id, count in zip(dictionaries.type.ids, types, strict=True) if id is not None and count},
        first_of_offer={
            dictionaries.offer.ids[offer]: first for offer, first in zip(offers.tolist(), timestamps[firsts].tolist(), strict=True)
        },
    )


def customer_timeline(tenant: TenantColumns, id: str, most: int) -> Timeline:
    """The newest rows of one customer, oldest first."""
    rows = _rows(tenant, id)
    journeys, dictionaries = tenant.journeys, tenant.dictionaries
    shown = slice(max(rows.start, rows.stop - most), rows.stop)
    columns = (getattr(journeys, name)[shown].tolist() for name in ("timestamp", "type", "offer", "channel"))
    points = [
        TimelinePoint(timestamp, dictionaries.type.value(type), dictionaries.offer.ids[offer], dictionaries.channel.ids[channel])
        for timestamp, type, offer, channel in zip(*columns, strict=True)
    ]
    return Timeline(points, rows.stop - rows.start)


def _rows(tenant: TenantColumns, id: str) -> slice:
    place = tenant.customer_place(id)
    if place is None:
        return slice(0, 0)
    starts = tenant.journeys.starts
    return slice(int(starts[place]), int(starts[place + 1]))


def _totals(tenant: TenantColumns, selection: Selection) -> np.ndarray:
    """How many rows each customer has, by its place in the journeys."""
    journeys = tenant.journeys
    totals = np.zeros(len(journeys.customer), np.uint32)
    matching = JourneyPlaces(tenant, selection)
    for run in matching.runs:
        customer = run[0]
        for piece in matching.pieces(run):
            customer = count_by_customer(piece.places, piece.count, piece.first, journeys.starts, customer, totals)
    return totals


def _ordered(tenant: TenantColumns, customers: np.ndarray, totals: np.ndarray, first: int, end: int) -> np.ndarray:
    """The customers at the places from `first` to before `end` of the order."""
    by_total = np.argsort(-totals.astype(np.int64), kind="stable")
    end = min(end, len(customers))
    if first >= end:
        return np.empty(0, np.int64)
    descending = totals[by_total].astype(np.int64)
    # Ids decide among equals only, so only the equals of those shown are looked up.
    begin = int(np.searchsorted(-descending, -descending[first], side="left"))
    stop = int(np.searchsorted(-descending, -descending[end - 1], side="right"))
    tied = customers[by_total[begin:stop]]
    table = pa.table({
        "total": descending[begin:stop],
        "id": tenant.customer_ids(tenant.journeys.customer[tied]),
    })
    order = pc.sort_indices(table, sort_keys=[("total", "descending"), ("id", "ascending")]).to_numpy()
    return tied[order[first - begin:end - begin]]
