"""A funnel against the period before, and each value of its breakdown against the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from data.engine import Tenant
from queries.answers.funnel import FunnelAnswer, funnel
from queries.answers.rates import Arm, Contrast, against_rest, contrasts
from queries.asking.funnel import FunnelQuery
from queries.asking.periods import previous_time_range, time_range, with_time_range


@dataclass(frozen=True)
class FunnelComparison:
    """A funnel and the same of the period of equal length before it, both as they stood equally long after their periods began.

    `steps` holds, for steps 2 and on, how the rate from the first step compares, corrected for their number; `is_complete` is
    whether the log reaches back to the start of the period before. `seen_ms` is how long after its beginning either period is seen,
    None where both have run out, for then later rows change neither.
    """

    now: FunnelAnswer
    before: FunnelAnswer
    steps: tuple[Contrast, ...]
    is_complete: bool
    seen_ms: int | None


def funnel_comparison(tenant: Tenant, query: FunnelQuery) -> FunnelComparison | None:
    """The funnel now and before, without its parts; None where the log has nothing from before the query's period.

    An end of the period that is left open is the log's.
    """
    found, log = queries(tenant, query), tenant.span()
    if found is None or log is None:
        return None
    now, before = (funnel(tenant, one) for one in found)
    began, seen_until = before.query.selection.start, before.query.as_of_ms
    assert began is not None, "the period before has both ends"
    return FunnelComparison(
        now=now,
        before=before,
        steps=tuple(contrasts(list(zip(_arms(now), _arms(before), strict=True)))),
        is_complete=log.oldest <= began,
        seen_ms=None if seen_until is None else seen_until - began,
    )


def queries(tenant: Tenant, query: FunnelQuery) -> tuple[FunnelQuery, FunnelQuery] | None:
    """The query without its parts, and the same of the period of equal length before; None where the log has none so old.

    Both over the same time of observation: of the earlier one, rows do not count that came later after its beginning than the log's
    clock, or the time as of which the later one is asked, lies after the beginning of that.
    """
    log = tenant.span()
    covered = time_range(log, query.selection)
    if log is None or covered is None or covered.start == covered.end:
        return None
    before = previous_time_range(covered, ZoneInfo(query.selection.zone))
    if before is None or before.end <= log.oldest:
        return None
    now = replace(query, breakdown=None, grain=None)
    then = replace(now, selection=with_time_range(now.selection, before))
    last = log.clock if query.as_of_ms is None else min(log.clock, query.as_of_ms)
    if log.future_rows:
        now = replace(now, as_of_ms=last)
    # Where the window of every entry had run out, later rows do not change the answer.
    then_last = last - (covered.start - before.start)
    has_run_out = query.window_ms is not None and before.end - 1 + query.window_ms <= then_last
    return now, replace(then, as_of_ms=None if has_run_out else then_last)


def differences(answer: FunnelAnswer, step: int) -> list[Contrast]:
    """For each row of the breakdown, its rate from the first step to a step (from 2) against all other rows together."""
    return against_rest([Arm(row.units[step - 1], row.units[0]) for row in answer.breakdown or ()])


def _arms(answer: FunnelAnswer) -> list[Arm]:
    return [Arm(step.units, answer.steps[0].units) for step in answer.steps[1:]]
