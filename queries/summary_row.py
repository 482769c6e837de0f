"""One row of a summary."""

from __future__ import annotations

from dataclasses import dataclass

from data.names import Entity
from queries.measures import Figures
from queries.tally import Tally


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


def summary_row(counted: Tally, cell: int, entity: Entity | None) -> SummaryRow:
    """The row of an entity, or of none, from its cell in a tally."""
    known = (entity.id, entity.name, entity.status) if entity else (None, None, None)
    return SummaryRow(*known, counted.figures(cell))
