"""A funnel beside another: the same in the period before, and each value of its breakdown against the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from data.tenant import Tenant
from queries.bounds import bounds, bounds_before, within
from queries.funnel.answer import FunnelAnswer, funnel
from queries.funnel.question import FunnelQuestion
from queries.rates import Arm, Contrast, against_rest, contrasts


@dataclass(frozen=True)
class Comparison:
    """A funnel and the same of the period of equal length before it.

    `steps` holds, for steps 2 and on, how the rate from the first step compares, corrected for their number; `whole` says
    whether the log reaches back to the start of the period before.
    """

    now: FunnelAnswer
    before: FunnelAnswer
    steps: tuple[Contrast, ...]
    whole: bool


def comparison(tenant: Tenant, question: FunnelQuestion) -> Comparison | None:
    """The funnel now and before, without its parts; None where the log has nothing from before the question's period.

    An end of the period that is left open is the log's.
    """
    before = question_before(tenant, question)
    if before is None:
        return None
    now = funnel(tenant, replace(question, breakdown=None, grain=None))
    then = funnel(tenant, before)
    return Comparison(
        now=now,
        before=then,
        steps=tuple(contrasts(list(zip(_arms(now), _arms(then), strict=True)))),
        whole=tenant.oldest() <= before.selection.start,
    )


def question_before(tenant: Tenant, question: FunnelQuestion) -> FunnelQuestion | None:
    """The same question of the entries in the period of equal length before, without its parts; None where the log has none so old."""
    covered = bounds(tenant, question.selection)
    if covered is None or covered.start == covered.end:
        return None
    before = bounds_before(covered, ZoneInfo(question.selection.zone))
    if before is None or before.end <= tenant.oldest():
        return None
    return replace(question, selection=within(question.selection, before), breakdown=None, grain=None)


def differences(answer: FunnelAnswer, step: int) -> list[Contrast]:
    """For each row of the breakdown, its rate from the first step to a step (from 2) against all other rows together."""
    return against_rest([Arm(row.units[step - 1], row.units[0]) for row in answer.breakdown])


def _arms(answer: FunnelAnswer) -> list[Arm]:
    return [Arm(step.units, answer.steps[0].units) for step in answer.steps[1:]]
