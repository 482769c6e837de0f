"""A funnel: its steps, times, breakdown and trend, and its definition as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.engine import Tenant
from data.results import Durations, FunnelFigures
from queries.answers.rates import Arm, wilson
from queries.answers.trend import Buckets, buckets
from queries.asking.calendar import Grain
from queries.asking.funnel import FunnelQuery, Step, window_phrase
from queries.asking.names import Names, Values
from queries.asking.sentence import instant, period_phrase, sentence
from queries.asking.visible import visible


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
