"""The rows of a summary, and the summary by customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.columns.filtering import JourneyPlaces
from data.columns.names import Entity
from data.columns.tally import Aggregates, aggregate_runs
from data.columns.tally_scan import count_by_customer
from data.columns.tenant import Tenant
from queries.asking.measures import Figures
from queries.asking.selection import Selection


@dataclass(frozen=True)
class SummaryRow:
    """A value of a dimension and its figures; the rows that have no value are a row of their own, its id None.

    `name` and `status` are None where there is none or it is not known.
    """

    id: str | None
    name: str | None
    status: str | None
    figures: Figures

    @property
    def label(self) -> str | None:
        """What a person calls it; None for the row without a value."""
        return self.name or self.id


def summary_row(counted: Aggregates, cell: int, entity: Entity | None) -> SummaryRow:
    """The row of an entity, or of none, from its cell in a tally."""
    known = (entity.id, entity.name, entity.status) if entity else (None, None, None)
    return SummaryRow(*known, counted.figures(cell))


def customer_rows(tenant: Tenant, selection: Selection, limit: int, offset: int) -> tuple[list[SummaryRow], int]:
    """The rows from an offset on, most interactions first, then by id; and how many customers there are in all."""
    totals = _totals(tenant, selection)
    found = np.flatnonzero(totals)
    shown = _ordered(tenant, found, totals[found], offset, offset + limit)
    ids = tenant.customer_ids(tenant.journeys.customer[shown]).to_pylist()
    rows = [
        summary_row(counted, 0, Entity(id, known=True))
        for id, counted in zip(ids, aggregate_runs(tenant, selection, [(place, place + 1) for place in shown.tolist()]), strict=True)
    ]
    return rows, len(found)


def _totals(tenant: Tenant, selection: Selection) -> np.ndarray:
    """How many rows each customer has, by its place in the journeys."""
    journeys = tenant.journeys
    totals = np.zeros(len(journeys.customer), np.uint32)
    matching = JourneyPlaces(tenant, selection)
    for run in matching.runs:
        customer = run[0]
        for piece in matching.pieces(run):
            customer = count_by_customer(piece.places, piece.count, piece.first, journeys.starts, customer, totals)
    return totals


def _ordered(tenant: Tenant, customers: np.ndarray, totals: np.ndarray, first: int, end: int) -> np.ndarray:
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
