"""What a funnel page calls its units, its steps and its bars."""

from __future__ import annotations

from collections.abc import Collection

from queries.answers.funnel import FunnelAnswer, either
from queries.asking.funnel import EITHER, MOST_STEPS, FunnelQuestion
from queries.asking.funnel_bars import DROPPED_AFTER, REACHED, Bar
from ui.page.address import Pairs
from ui.words.numbers import NOTHING, count, counted, percent, percent_of

Interval = tuple[float, float]


def units(number: int, question: FunnelQuestion) -> str:
    """`1,234 customer–offer pairs`."""
    return counted(number, "customer" if question.unit == "customer" else "customer–offer pair")


def step_name(question: FunnelQuestion, number: int) -> str:
    """What reaching a step, counted from 1, means: its types, or how many of the steps were done."""
    if question.order == "any":
        return f"Did {number} of {len(question.steps)}"
    return either(question.steps[number - 1])


def step_label(question: FunnelQuestion, number: int) -> str:
    """A step with its number: `2 click`; in any order `Did 2 of 3`, for there the number is no step's."""
    name = step_name(question, number)
    return name if question.order == "any" else f"{number} {name}"


def reach_words(question: FunnelQuestion, number: int) -> str:
    """`reach click`; in any order `do 2 of 3 steps or more`."""
    return f"do {_done(question, number)}" if question.order == "any" else f"reach {step_name(question, number)}"


def reached_words(question: FunnelQuestion, number: int) -> str:
    """`reached click`; in any order `did 2 of 3 steps or more`."""
    return f"did {_done(question, number)}" if question.order == "any" else f"reached {step_name(question, number)}"


def end_words(question: FunnelQuestion) -> str:
    """What those did who went all the way."""
    return f"did all {len(question.steps)} steps" if question.order == "any" else "reached the last step"


def goal_words(question: FunnelQuestion, number: int) -> str:
    """A step as what one is on the way to: `click`; in any order `2 of 3 steps`."""
    return _of_all(question, number) if question.order == "any" else step_name(question, number)


def dropped_words(question: FunnelQuestion, number: int) -> str:
    """Those who came to a step and no further."""
    return f"Did only {number} of {len(question.steps)}" if question.order == "any" else f"Dropped after {number}"


def step_heading(question: FunnelQuestion, number: int) -> str:
    """A step over a column: `3 accept…` where several types would do."""
    if question.order == "any":
        return step_name(question, number)
    first, *others = question.steps[number - 1]
    return f"{number} {first}" + ("…" if others else "")


def rate_heading(question: FunnelQuestion, number: int) -> str:
    """The rate from the first step to another over a column: `% of 1 to 3`; in any order `% did 3 of 3`."""
    return f"% did {number} of {len(question.steps)}" if question.order == "any" else f"% of 1 to {number}"


def step_types(question: FunnelQuestion, number: int) -> str | None:
    """A step's types as the API writes them, for files; none in any order, where having done so many steps is of no one type."""
    return None if question.order == "any" else EITHER.join(question.steps[number - 1])


def bar_name(question: FunnelQuestion, bar: Bar) -> str:
    """What the units of a bar did, to stand after their number."""
    number = bar.lowest
    if question.order == "any":
        return reached_words(question, number) if _is_reached(bar) else f"did {_of_all(question, number)}"
    name = f"step {number} ({step_name(question, number)})"
    return f"reached {name}" + ("" if _is_reached(bar) else f" and not step {number + 1} ({step_name(question, number + 1)})")


def bar_pairs(bar: Bar) -> Pairs:
    """The words of a bar."""
    return [((REACHED if _is_reached(bar) else DROPPED_AFTER).name, str(bar.lowest))]


def _done(question: FunnelQuestion, number: int) -> str:
    return _of_all(question, number) + (" or more" if number < len(question.steps) else "")


def _of_all(question: FunnelQuestion, number: int) -> str:
    return f"{number} of {len(question.steps)} steps"


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


FEW_ENTRIES = 30


def warnings(answer: FunnelAnswer, known_types: Collection[str]) -> list[str]:
    """A sentence for each reservation: few entries, ties, units that may still convert, types that never occur."""
    first, last = answer.steps[0], answer.steps[-1]
    said = []
    unknown = [type for type in dict.fromkeys(type for step in answer.steps for type in step.types) if type not in known_types]
    if unknown:
        names = ", ".join(unknown)
        said.append(f"The log has no interaction of type {names}.")
    if 0 < first.units < FEW_ENTRIES:
        said.append(f"Only {units(first.units, answer.question)} entered. Rates of fewer than {FEW_ENTRIES} swing widely: read the intervals.")
    for step in answer.steps[1:]:
        if step.tie_dependent:
            said.append(_ties(answer, step.tie_dependent, step.units, step.number))
    if answer.immature:
        then = "by the log's clock" if answer.question.as_of_ms is None else "then"
        said.append(
            f"{units(answer.immature, answer.question)} ({percent_of(answer.immature, first.units)}) may still "
            f"{reach_words(answer.question, last.number)}: their time had not run out {then}."
        )
    return said


def _ties(answer: FunnelAnswer, dependent: int, reached: int, number: int) -> str:
    name = step_name(answer.question, number)
    if answer.question.ties == "strict":
        return f"{count(dependent)} more would have reached {name} if steps at one and the same instant were allowed."
    return (f"{count(dependent)} of {count(reached)} that reached {name} ({percent(dependent, reached)}) depend on ties: they count only as "
            "long as rows of one instant may follow one another.")
