"""What a funnel page calls its units, its steps and its bars."""

from __future__ import annotations

from queries.funnel.bars import DROPPED_AFTER, REACHED, Bar
from queries.funnel.definition import either
from queries.funnel.plan import MOST_STEPS
from queries.funnel.question import FunnelQuestion
from ui.address import Pairs
from ui.numbers import NOTHING, counted, percent

Interval = tuple[float, float]


def units(number: int, question: FunnelQuestion) -> str:
    """`1,234 customer–offer pairs`."""
    return counted(number, "customer" if question.unit == "customer" else "customer–offer pair")


def step_name(question: FunnelQuestion, number: int) -> str:
    """What reaching a step, counted from 1, means: its types, or how many of the steps were done."""
    if question.order == "any":
        return f"Did {number} of {len(question.steps)}"
    return either(question.steps[number - 1])


def step_heading(question: FunnelQuestion, number: int) -> str:
    """A step over a column: `3 accept…` where several types would do."""
    if question.order == "any":
        return step_name(question, number)
    first, *others = question.steps[number - 1]
    return f"{number} {first}" + ("…" if others else "")


def bar_name(question: FunnelQuestion, bar: Bar) -> str:
    """What the units of a bar did, to stand after their number."""
    steps, number = len(question.steps), bar.lowest
    if question.order == "any":
        return f"did {number} of {steps} steps" + (" or more" if _is_reached(bar) and number < steps else "")
    name = f"step {number} ({step_name(question, number)})"
    return f"reached {name}" + ("" if _is_reached(bar) else f" and not step {number + 1} ({step_name(question, number + 1)})")


def bar_pairs(bar: Bar) -> Pairs:
    """The words of a bar."""
    return [((REACHED if _is_reached(bar) else DROPPED_AFTER).name, str(bar.lowest))]


def _is_reached(bar: Bar) -> bool:
    return bar.highest == MOST_STEPS


def interval(bounds: Interval | None) -> str:
    """`41.2–41.8%`; a dash where there is none."""
    if bounds is None:
        return NOTHING
    low, high = (percent(bound, 1) for bound in bounds)
    return low if low == high else f"{low.removesuffix('%')}–{high}"


def points(difference: float | None) -> str:
    """A difference of two rates in percentage points, with its sign: `+1.2`."""
    if difference is None:
        return NOTHING
    said = f"{100 * difference:+.1f}"
    return "0.0" if said in ("+0.0", "-0.0") else said.replace("-", "−")
