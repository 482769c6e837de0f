"""The parts of a funnel: its units by a value of their entry, and by the day, week, month or year of their entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.tenant import Tenant
from queries.buckets import buckets
from queries.funnel.journeys import FunnelUnits
from queries.funnel.question import FunnelQuestion

# Small enough that what is worked out for a piece stays in the processor's cache.
_PIECE = 1 << 16


@dataclass(frozen=True)
class BreakdownRow:
    """The units whose entry has a value, how many of them reached each step; None is no value, or no name."""

    value: str | None
    name: str | None
    units: tuple[int, ...]


@dataclass(frozen=True)
class TrendBucket:
    """The units whose entry lies in a day, week, month or year, how many of them reached each step.

    `date` is its first day (ISO); it is `partial` where the period, the log's beginning or the log's clock cuts it. `waiting` of its
    units may still convert, None without a window.
    """

    date: str
    units: tuple[int, ...]
    waiting: int | None
    partial: bool = False

    @property
    def start(self) -> str:
        """The older name of `date`."""
        return self.date

    @property
    def immature(self) -> bool | None:
        """Whether any of its units may still convert."""
        return None if self.waiting is None else self.waiting > 0


def breakdown(tenant: Tenant, units: FunnelUnits, dimension: str, steps: int) -> list[BreakdownRow]:
    """Every value that an entry has, most units first, then by id in byte order; those without one last of their equals."""
    dictionary = tenant.names[dimension]
    column = getattr(tenant.journeys, dimension)
    levels = np.zeros((len(dictionary.ids), steps + 1), np.int64)
    for piece in _pieces(units):
        _count(levels, column[units.entry[piece]], units.level[piece])
    reached = _reached(levels)
    rows = []
    for id, entity, counts in zip(dictionary.ids, dictionary.entities, reached, strict=True):
        if counts[0]:
            rows.append(BreakdownRow(id, entity.name if entity else None, tuple(counts)))
    return sorted(rows, key=lambda row: (-row.units[0], row.value is None, row.value or ""))


def trend(tenant: Tenant, units: FunnelUnits, question: FunnelQuestion) -> list[TrendBucket]:
    """Every bucket that the question's period touches, oldest first; an end left open is that of the tenant's whole log.

    Where there would be too many of the grain asked for, they are of a coarser one.
    """
    cut = buckets(tenant, question.selection, question.grain)
    if cut is None:
        return []
    spans = cut.spans
    timestamps = tenant.journeys.timestamp
    levels = np.zeros((spans.size, len(question.steps) + 1), np.int64)
    waiting = np.zeros(spans.size, np.int64)
    for piece in _pieces(units):
        at = timestamps[units.entry[piece]]
        entered = spans.slots[at - spans.start >> spans.shift]
        entered += at >= spans.edges[entered + 1]
        _count(levels, entered, units.level[piece])
        waiting += np.bincount(entered[units.immature[piece]], minlength=spans.size)
    return [
        TrendBucket(date, tuple(counts), None if question.window_ms is None else waits, partial)
        for date, counts, waits, partial in zip(cut.dates, _reached(levels), waiting.tolist(), cut.partial, strict=True)
    ]


def _pieces(units: FunnelUnits) -> list[slice]:
    return [slice(first, first + _PIECE) for first in range(0, len(units.level), _PIECE)]


def _count(levels: np.ndarray, parts: np.ndarray, level: np.ndarray) -> None:
    cells = parts.astype(np.int64) * levels.shape[1] + level
    levels += np.bincount(cells, minlength=levels.size).reshape(levels.shape)


def _reached(levels: np.ndarray) -> list[list[int]]:
    # Whoever came to a step has reached those before it.
    return levels[:, :0:-1].cumsum(axis=1)[:, ::-1].tolist()
