"""A funnel's answer: how many units reached each step, how sure the rates are, how long it took, and the parts asked for."""

from __future__ import annotations

from dataclasses import dataclass

from data.tenant import Tenant
from queries.buckets import fitting_grain
from queries.funnel.definition import definition
from queries.funnel.durations import Durations, durations
from queries.funnel.keys import plan_of
from queries.funnel.listing import listing, tally
from queries.funnel.parts import BreakdownRow, TrendBucket, breakdown, trend
from queries.funnel.question import FunnelQuestion, Step
from queries.funnel.tally import FunnelTally
from queries.rates import Arm, wilson
from queries.recent import recent
from queries.spans import Grain


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
    """What a question counts, exactly; its definition is the sentence that belongs beside the numbers.

    `immature` units may still convert, None without a window. `newest` is the time of the tenant's newest row in milliseconds, `clock`
    the log's clock, and `future_rows` are later than that.
    `breakdown` and `trend` are None where they were not asked for; their parts sum to the steps. `grain` is the trend's, coarser than
    the question's where that would make too many buckets.
    """

    question: FunnelQuestion
    definition: str
    steps: tuple[FunnelStep, ...]
    immature: int | None
    newest: int | None
    clock: int | None
    future_rows: int
    breakdown: tuple[BreakdownRow, ...] | None
    trend: tuple[TrendBucket, ...] | None
    grain: Grain | None


def funnel(tenant: Tenant, question: FunnelQuestion) -> FunnelAnswer:
    """The answer to a question, remembered."""
    return recent(tenant, ("funnel", question), lambda: _funnel(tenant, question))


def _funnel(tenant: Tenant, question: FunnelQuestion) -> FunnelAnswer:
    plan = plan_of(tenant, question)
    has_parts = question.breakdown is not None or question.grain is not None
    counted = listing(tenant, plan).tally if has_parts else tally(tenant, plan)
    parts = times = grain = None
    if question.breakdown is not None:
        parts = tuple(breakdown(tenant, counted.units, question.breakdown, len(question.steps)))
    if question.grain is not None:
        times = tuple(trend(tenant, counted.units, question))
        grain = fitting_grain(tenant, question.selection, question.grain)
    return FunnelAnswer(
        question=question,
        definition=definition(question, tenant.names),
        steps=_steps(question, counted),
        immature=counted.immature,
        newest=tenant.newest(),
        clock=tenant.clock(),
        future_rows=tenant.future_rows(),
        breakdown=parts,
        trend=times,
        grain=grain,
    )


def _steps(question: FunnelQuestion, counted: FunnelTally) -> tuple[FunnelStep, ...]:
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
        for nth, types in enumerate(question.steps)
    )


def _rate(units: int, of: int) -> float | None:
    return units / of if of else None
