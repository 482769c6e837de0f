"""A funnel: its steps, the parts of its breakdown and its trend, and the units behind a bar, those that entered last first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from data.engine import Table, Tenant
from data.results import Durations, FunnelFigures, FunnelUnit
from queries.answers.funnel_definition import definition
from queries.answers.history import DEFAULT_LIMIT, LARGEST_LIMIT
from queries.answers.rates import Arm, wilson
from queries.answers.trend import Buckets, buckets
from queries.asking.funnel import FunnelQuery, Step
from queries.asking.funnel_bars import FunnelBar, UnitCursor
from queries.asking.names import Values
from queries.asking.times import Grain


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
    `breakdown` and `trend` are None where they were not asked for; their parts sum to the steps. `grain` is the trend's, coarser than the
    query's where that would make too many buckets.
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
    return tenant.remembered(("funnel", query), lambda: _funnel(tenant, query))


def _funnel(tenant: Tenant, query: FunnelQuery) -> FunnelAnswer:
    cut = None if query.grain is None else buckets(tenant, query.selection, query.grain)
    counted, log = tenant.funnel(query, cut.edges if cut else None), tenant.span()
    grain = cut.grain if cut else query.grain
    return FunnelAnswer(
        query=query,
        definition=definition(query, tenant.names),
        steps=_steps(query, counted),
        immature=counted.immature,
        newest=log.newest if log else None,
        clock=log.clock if log else None,
        future_rows=log.future_rows if log else 0,
        breakdown=None if query.breakdown is None else _breakdown(tenant.names[query.breakdown], counted),
        trend=None if query.grain is None else _trend(query, counted, cut),
        grain=grain,
    )


def is_funnel_ready(tenant: Tenant) -> bool:
    """Whether a funnel is counted at once, without anything to be read or compiled first."""
    return tenant.is_funnel_ready()


def _steps(query: FunnelQuery, counted: FunnelFigures) -> tuple[FunnelStep, ...]:
    reached = counted.reached
    first = reached[0]
    return tuple(
        FunnelStep(
            number=nth + 1,
            types=types,
            units=reached[nth],
            events=counted.events[nth],
            rate_from_first=_rate(reached[nth], first),
            rate_from_previous=_rate(reached[nth], reached[max(nth - 1, 0)]),
            interval95=wilson(Arm(reached[nth], first)),
            tie_dependent=counted.tie_dependent[nth],
            from_entry=counted.durations[nth - 1] if nth else None,
        )
        for nth, types in enumerate(query.steps)
    )


def _breakdown(values: Values, counted: FunnelFigures) -> tuple[BreakdownRow, ...]:
    """Every value that an entry has, most units first, then by id in byte order; those without one last of their equals."""
    rows = []
    for id, units in counted.breakdown.items():
        entity = values.get(id)
        rows.append(BreakdownRow(id, entity.name if entity else None, tuple(units)))
    return tuple(sorted(rows, key=lambda row: (-row.units[0], row.value is None, row.value or "")))


def _trend(query: FunnelQuery, counted: FunnelFigures, cut: Buckets | None) -> tuple[TrendBucket, ...]:
    """Every bucket that the query's period touches, oldest first; an end left open is that of the tenant's whole log."""
    if cut is None:
        return ()
    return tuple(
        TrendBucket(date, tuple(units), None if query.window_ms is None else waiting, partial)
        for date, (units, waiting), partial in zip(cut.dates, counted.trend, cut.partial, strict=True)
    )


def _rate(units: int, of: int) -> float | None:
    return units / of if of else None


@dataclass(frozen=True)
class UnitPage:
    """Some of a bar's units, by entry, latest first, then by customer and offer in byte order.

    `total` is the bar's own number, whatever the cursor; `limit` is the one that was applied; `next_cursor` is None on the last page.
    """

    units: list[FunnelUnit]
    total: int
    limit: int
    has_more: bool
    next_cursor: UnitCursor | None


def units_page(
    tenant: Tenant, query: FunnelQuery, bar: FunnelBar, limit: int = DEFAULT_LIMIT, cursor: UnitCursor | None = None,
) -> UnitPage:
    """The page of a bar's units that comes after a cursor; the first without one."""
    limit = min(limit, LARGEST_LIMIT)
    found = tenant.units(query, bar, limit, cursor)
    last = UnitCursor(found.units[-1].entered_at, found.units[-1].customer, found.units[-1].offer) if found.has_more else None
    return UnitPage(found.units, found.total, limit, found.has_more, last)


def flat_units(tenant: Tenant, query: FunnelQuery, bar: FunnelBar, limit: int | None = None) -> Iterator[Table]:
    """All units of a bar in the same order, as tables of text columns (`UNIT_COLUMNS`) of bounded size; no more than `limit` in all."""
    return tenant.unit_tables(query, bar, limit)


def units_total(tenant: Tenant, query: FunnelQuery, bar: FunnelBar) -> int:
    return tenant.units(query, bar, limit=0).total
