"""The values of a dimension side by side: one rate of each, against the others' together."""

from __future__ import annotations

from dataclasses import dataclass

from data.tenant import Tenant
from queries.rates import Contrast, Rate, against_rest, arm_of, rate_of
from queries.selection import Selection
from queries.summary import every_row
from queries.summary_row import SummaryRow


@dataclass(frozen=True)
class Side:
    """A value of a dimension, its rate, and how that compares with all others together, corrected for the number of comparisons."""

    row: SummaryRow
    rate: Rate
    contrast: Contrast


def sides(tenant: Tenant, selection: Selection, by: str, measure: str) -> list[Side]:
    """Each value that occurs in a selection, the one with most interactions first; `measure` is a rate's id."""
    rows = every_row(tenant, selection, by)
    found = against_rest([arm_of(row.figures, measure) for row in rows])
    return [Side(row, rate_of(row.figures, measure), contrast) for row, contrast in zip(rows, found, strict=True)]
