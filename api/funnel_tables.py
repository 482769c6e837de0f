"""The tables of a funnel's answer, as text columns under the names of the API's fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from queries.funnel.answer import FunnelAnswer, FunnelStep
from queries.funnel.question import EITHER


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    texts = [[None if row[nth] is None else str(row[nth]) for row in rows] for nth in range(len(columns))]
    return pa.table([pa.array(column, pa.string()) for column in texts], list(columns))


_STEP_COLUMNS = (
    "step", "types", "units", "events", "rateFromFirst", "rateFromPrevious", "low95", "high95", "tieDependent",
    "n", "mean", "p25", "median", "p75", "p90",
)


def steps_table(answer: FunnelAnswer) -> pa.Table:
    """A row a step; the last six columns are its `secondsFromEntry`. In any order a row is of so many steps done, and of no types."""
    in_any_order = answer.question.order == "any"
    return _table(_STEP_COLUMNS, [_step_row(step, None if in_any_order else EITHER.join(step.types)) for step in answer.steps])


def breakdown_table(answer: FunnelAnswer) -> pa.Table:
    """A row a value, with the units that reached each step (`step2`), or in any order did so many of them (`did2`)."""
    columns = ("value", "name", *_step_names(answer))
    return _table(columns, [(row.value, row.name, *row.units) for row in answer.breakdown])


def trend_table(answer: FunnelAnswer) -> pa.Table:
    """A row a bucket, with the same columns of units."""
    columns = ("start", *_step_names(answer), "immature", "waiting", "partial")
    flag = {None: None, True: "true", False: "false"}
    return _table(columns, [
        (bucket.start, *bucket.units, flag[bucket.immature], bucket.waiting, flag[bucket.partial]) for bucket in answer.trend
    ])


TABLES: dict[str, Callable[[FunnelAnswer], pa.Table]] = {
    "steps": steps_table, "breakdown": breakdown_table, "trend": trend_table,
}


def _step_row(step: FunnelStep, types: str | None) -> tuple[Any, ...]:
    took = step.from_entry
    return (
        step.number, types, step.units, step.events, step.rate_from_first, step.rate_from_previous,
        *(step.interval95 or (None, None)), step.tie_dependent,
        *((took.n, took.mean, took.p25, took.median, took.p75, took.p90) if took else [None] * 6),
    )


def _step_names(answer: FunnelAnswer) -> list[str]:
    name = "did" if answer.question.order == "any" else "step"
    return [f"{name}{step.number}" for step in answer.steps]
