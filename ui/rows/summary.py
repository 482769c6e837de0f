"""A summary as a file: the API's own names and values."""

from __future__ import annotations

from collections.abc import Sequence

from queries.answers.summary import SummaryRow
from queries.asking.measures import MEASURES
from queries.asking.times import iso
from ui.words.measures import file_value

Value = str | int | float | None


def summary_file(rows: Sequence[SummaryRow]) -> tuple[list[str], list[list[Value]]]:
    header = ["id", "name", "status", *(measure.id for measure in MEASURES), "lastInteractionAt"]
    return header, [
        [row.id, row.name, row.status, *(file_value(measure.id, row.figures[measure.id]) for measure in MEASURES),
         None if row.figures.last is None else iso(row.figures.last)]
        for row in rows
    ]
