"""A funnel: its steps, times, breakdown and trend, and its definition as a sentence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.columns.funnel.listing import counts_of, listing, plan_of
from data.columns.funnel.tally import FunnelCounts
from data.columns.funnel.units import FunnelUnits
from data.columns.memory import recent
from data.columns.names import Names
from data.columns.tenant import Tenant
from queries.answers.rates import Arm, wilson
from queries.answers.trend import buckets, fitting_grain
from queries.asking.calendar import Grain
from queries.asking.funnel import FunnelQuery, Step, window_phrase
from queries.asking.sentence import instant, period_phrase, sentence
from queries.asking.visible import visible

_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000

# Where the bars of a histogram begin. The first holds the units that need no time at all.
EDGES = (
    0, 1, _SECOND, 10 * _SECOND, 30 * _SECOND, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR,
    12 * _HOUR, _DAY, 2 * _DAY, 3 * _DAY, 5 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 60 * _DAY, 90 * _DAY, 180 * _DAY, 366 * _DAY,
)


@dataclass(frozen=True)
class HistogramBin:
    """How many units took from `start` to less than `end` milliseconds; an `end` of None is open."""

    start: int
    end: int | None
    units: int


@dataclass(frozen=True)
class Durations:
    """The times of `n` units in seconds, including those that took no time; all None if there are none.

    A percentile lies between the two nearest of the sorted times, in proportion (numpy's `linear`): that of share q of n times
    is at place q·(n - 1), counted from 0. `histogram` has a bar for each of EDGES up to the longest time.
    """

    n: int
    mean: float | None
    p25: float | None
    median: float | None
    p75: float | None
    p90: float | None
    histogram: tuple[HistogramBin, ...]


def durations(milliseconds: np.ndarray) -> Durations:
    """The summary of some times, in any order."""
    if not len(milliseconds):
        return Durations(0, None, None, None, None, None, ())
    ordered = np.sort(milliseconds)
    p25, median, p75, p90 = (_percentile(ordered, percent) for percent in (25, 50, 75, 90))
    return Durations(len(ordered), int(ordered.sum()) / len(ordered) / _SECOND, p25, median, p75, p90, _histogram(ordered))


def _percentile(ordered: np.ndarray, percent: int) -> float:
    place, hundredths = divmod(percent * (len(ordered) - 1), 100)
    below, above = int(ordered[place]), int(ordered[min(place + 1, len(ordered) - 1)])
    return (below + (above - below) * hundredths / 100) / _SECOND


def _histogram(ordered: np.ndarray) -> tuple[HistogramBin, ...]:
    bars = bisect_right(EDGES, int(ordered[-1]))
    firsts = np.searchsorted(ordered, EDGES[:bars]).tolist()
    ends = [*EDGES[1:], None][:bars]
    return tuple(
        HistogramBin(start, end, after - first) for start, end, first, after in zip(EDGES, ends, firsts, [*firsts[1:], len(ordered)], strict=False)
    )


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


def funnel_breakdown(tenant: Tenant, units: FunnelUnits, dimension: str, steps: int) -> list[BreakdownRow]:
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


def funnel_trend(tenant: Tenant, units: FunnelUnits, query: FunnelQuery) -> list[TrendBucket]:
    """Every bucket that the query's period touches, oldest first; an end left open is that of the tenant's whole log.

    Where there would be too many of the grain asked for, they are of a coarser one.
    """
    cut = buckets(tenant, query.selection, query.grain)
    if cut is None:
        return []
    spans = cut.spans
    timestamps = tenant.journeys.timestamp
    levels = np.zeros((spans.size, len(query.steps) + 1), np.int64)
    waiting = np.zeros(spans.size, np.int64)
    for piece in _pieces(units):
        at = timestamps[units.entry[piece]]
        entered = spans.slots[at - spans.start >> spans.shift]
        entered += at >= spans.edges[entered + 1]
        _count(levels, entered, units.level[piece])
        waiting += np.bincount(entered[units.immature[piece]], minlength=spans.size)
    return [
        TrendBucket(date, tuple(counts), None if query.window_ms is None else waits, partial)
        for date, counts, waits, partial in zip(cut.dates, _reached(levels), waiting.tolist(), cut.partial, strict=True)
    ]


def _pieces(units: FunnelUnits) -> list[slice]:
    return [slice(first, first + _PIECE) for first in range(0, len(units.level), _PIECE)]


def _count(levels: np.ndarray, parts: np.ndarray, level: np.ndarray) -> None:
    cells = parts.astype(np.int64) * levels.shape[1] + level
    levels += np.bincount(cells, minlength=levels.size).reshape(levels.shape)


def _reached(levels: np.ndarray) -> list[list[int]]:
    # A unit at a step has reached the steps before it.
    return levels[:, :0:-1].cumsum(axis=1)[:, ::-1].tolist()


def definition(query: FunnelQuery, names: Names) -> str:
    """What exactly the funnel counts, as one English sentence."""
    rules = [_order(query), _ties(query), _exclusions(query), _attempts(query), _period(query),
             _as_of(query), _filters(query, names)]
    *others, last = [rule for rule in rules if rule]
    return f"{_steps_words(query)}; {', '.join(others)}, and {last}."


def joined_by_or(parts: Sequence[str]) -> str:
    """`accept, convert or conversion`."""
    return _listed([visible(part) for part in parts], "or")


def _listed(parts: Sequence[str], conjunction: str) -> str:
    *others, last = parts
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def _steps_words(query: FunnelQuery) -> str:
    counted = "Counts each customer"
    if query.unit == "customer_offer":
        counted = "Counts each pair of a customer and an offer (a row without an offer belongs to none)"
    steps = [joined_by_or(step) for step in query.steps]
    within = "" if query.window_ms is None else f" and at most {window_phrase(query.window_ms)} after the entry"
    if query.order == "any":
        window = "at or after" if query.window_ms is None else f"at most {window_phrase(query.window_ms)} after"
        return (f"{counted} by how many of the steps {_listed([f'“{step}”' for step in steps], 'and')} it did, in any order: the most "
                f"different steps with a row {window} one and the same row of a step, the entry")
    entry, *later = steps
    return (f"{counted} by how far it came: a row of type {entry} (the entry), {', '.join(f'then {step}' for step in later)}, each a row "
            f"of its own after the one before{within}")


def _order(query: FunnelQuery) -> str:
    return {
        "ordered": "other rows between do not matter",
        "strict": "between the entry and a step there may be no rows other than those of steps already reached",
        "any": "one row does one step",
    }[query.order]


def _ties(query: FunnelQuery) -> str:
    if query.order == "any":
        return ""
    if query.ties == "strict":
        return "each step happens at a later instant than the one before"
    return "rows of one instant count in step order whatever order they arrived in"


def _exclusions(query: FunnelQuery) -> str:
    if not query.excluded:
        return ""
    return f"a row of type {joined_by_or(query.excluded)} ends an attempt, while what was reached before it stays reached"


def _attempts(query: FunnelQuery) -> str:
    return "any entry may start an attempt and the furthest attempt counts"


def _period(query: FunnelQuery) -> str:
    selection = query.selection
    if selection.start is None and selection.end is None:
        return "entries are taken from the whole log"
    said = period_phrase(selection)
    when = f"on {said}" if said[0].isdigit() else said
    after = "" if selection.end is None else " while later steps may happen after that"
    return f"only entries {when} count{after}"


def _as_of(query: FunnelQuery) -> str:
    return "" if query.as_of_ms is None else f"rows later than {instant(query.as_of_ms, query.selection.zone)} do not count"


def _filters(query: FunnelQuery, names: Names) -> str:
    if not query.selection.conditions:
        return ""
    said = sentence(replace(query.selection, start=None, end=None), names)
    return f"only {said[0].lower()}{said[1:]} are read"


@dataclass(frozen=True)
class FunnelStep:
    """Step `number`, from 1: how many units reached it, and how many rows of its types pass the filters and lie in the period.

    Rates are 0 to 1, None where nobody could have come; `interval95` is Wilson's of the rate from the first step.
    `tie_dependent` of the units reach it with ties included only. `from_entry` is None at the first step.
    """

    number: int
    types: Step
    units: int
    events: int
    rate_from_first: float | None
    rate_from_previous: float | None
    interval95: tuple[float, float] | None
    tie_dependent: int
    from_entry: Durations | None


@dataclass(frozen=True)
class FunnelAnswer:
    """What a query counts, exactly; its definition is the sentence that belongs beside the numbers.

    `immature` units may still convert, None without a window. `newest` is the time of the tenant's newest row in milliseconds, `clock`
    the log's clock, and `future_rows` are later than that.
    `funnel_breakdown` and `funnel_trend` are None where they were not asked for; their parts sum to the steps. `grain` is the trend's, coarser than
    the query's where that would make too many buckets.
    """

    query: FunnelQuery
    definition: str
    steps: tuple[FunnelStep, ...]
    immature: int | None
    newest: int | None
    clock: int | None
    future_rows: int
    breakdown: tuple[BreakdownRow, ...] | None
    trend: tuple[TrendBucket, ...] | None
    grain: Grain | None


def funnel(tenant: Tenant, query: FunnelQuery) -> FunnelAnswer:
    """The answer to a query, remembered."""
    return recent(tenant, ("funnel", query), lambda: _funnel(tenant, query))


def _funnel(tenant: Tenant, query: FunnelQuery) -> FunnelAnswer:
    plan = plan_of(tenant, query)
    has_parts = query.breakdown is not None or query.grain is not None
    counted = listing(tenant, plan).counts if has_parts else counts_of(tenant, plan)
    parts = times = grain = None
    if query.breakdown is not None:
        parts = tuple(funnel_breakdown(tenant, counted.units, query.breakdown, len(query.steps)))
    if query.grain is not None:
        times = tuple(funnel_trend(tenant, counted.units, query))
        grain = fitting_grain(tenant, query.selection, query.grain)
    return FunnelAnswer(
        query=query,
        definition=definition(query, tenant.names),
        steps=_steps(query, counted),
        immature=counted.immature,
        newest=tenant.newest(),
        clock=tenant.clock(),
        future_rows=tenant.future_rows(),
        breakdown=parts,
        trend=times,
        grain=grain,
    )


def _steps(query: FunnelQuery, counted: FunnelCounts) -> tuple[FunnelStep, ...]:
    reached = counted.reached.tolist()
    first = reached[0]
    return tuple(
        FunnelStep(
            number=nth + 1,
            types=types,
            units=reached[nth],
            events=int(counted.events[nth]),
            rate_from_first=_rate(reached[nth], first),
            rate_from_previous=_rate(reached[nth], reached[max(nth - 1, 0)]),
            interval95=wilson(Arm(reached[nth], first)),
            tie_dependent=int(counted.tie_dependent[nth]),
            from_entry=durations(counted.milliseconds[nth - 1]) if nth else None,
        )
        for nth, types in enumerate(query.steps)
    )


def _rate(units: int, of: int) -> float | None:
    return units / of if of else None
