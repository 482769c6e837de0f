"""How a funnel's units, steps and bars are named, and the warnings beside it."""

from __future__ import annotations

from collections.abc import Collection

from queries.answers.funnel import FunnelAnswer
from queries.answers.funnel_definition import joined_by_or
from queries.asking.funnel import EITHER, MOST_STEPS, FunnelQuery
from queries.asking.funnel_bars import DROPPED_AFTER, REACHED, FunnelBar
from ui.page.address import Pairs
from ui.words.numbers import NOTHING, count, counted, percent, percent_of

Interval = tuple[float, float]


def units(number: int, query: FunnelQuery) -> str:
    """`1,234 customer–offer pairs`."""
    return counted(number, "customer" if query.unit == "customer" else "customer–offer pair")


def step_name(query: FunnelQuery, number: int) -> str:
    """What reaching a step, counted from 1, means: its types, or how many of the steps were done."""
    if query.order == "any":
        return f"Did {number} of {len(query.steps)}"
    return joined_by_or(query.steps[number - 1])


def step_label(query: FunnelQuery, number: int) -> str:
    """A step with its number: `2 click`; in any order `Did 2 of 3`, for there the number is no step's."""
    name = step_name(query, number)
    return name if query.order == "any" else f"{number} {name}"


def reach_phrase(query: FunnelQuery, number: int) -> str:
    """`reach click`; in any order `do 2 of 3 steps or more`."""
    return f"do {_done(query, number)}" if query.order == "any" else f"reach {step_name(query, number)}"


def reached_phrase(query: FunnelQuery, number: int) -> str:
    """`reached click`; in any order `did 2 of 3 steps or more`."""
    return f"did {_done(query, number)}" if query.order == "any" else f"reached {step_name(query, number)}"


def completed_phrase(query: FunnelQuery) -> str:
    """What those did who went all the way."""
    return f"did all {len(query.steps)} steps" if query.order == "any" else "reached the last step"


def goal_phrase(query: FunnelQuery, number: int) -> str:
    """A step as what one is on the way to: `click`; in any order `2 of 3 steps`."""
    return _of_all(query, number) if query.order == "any" else step_name(query, number)


def dropped_phrase(query: FunnelQuery, number: int) -> str:
    """Those who came to a step and no further."""
    return f"Did only {number} of {len(query.steps)}" if query.order == "any" else f"Dropped after {number}"


def step_heading(query: FunnelQuery, number: int) -> str:
    """A step over a column: `3 accept…` where several types would do."""
    if query.order == "any":
        return step_name(query, number)
    first, *others = query.steps[number - 1]
    return f"{number} {first}" + ("…" if others else "")


def rate_heading(query: FunnelQuery, number: int) -> str:
    """The rate from the first step to another over a column: `% of 1 to 3`; in any order `% did 3 of 3`."""
    return f"% did {number} of {len(query.steps)}" if query.order == "any" else f"% of 1 to {number}"


def step_types(query: FunnelQuery, number: int) -> str | None:
    """A step's types as the API writes them, for files; none in any order, where having done so many steps is of no one type."""
    return None if query.order == "any" else EITHER.join(query.steps[number - 1])


def bar_name(query: FunnelQuery, bar: FunnelBar) -> str:
    """What the units of a bar did, to stand after their number."""
    number = bar.lowest
    if query.order == "any":
        return reached_phrase(query, number) if _is_reached(bar) else f"did {_of_all(query, number)}"
    name = f"step {number} ({step_name(query, number)})"
    return f"reached {name}" + ("" if _is_reached(bar) else f" and not step {number + 1} ({step_name(query, number + 1)})")


def bar_pairs(bar: FunnelBar) -> Pairs:
    """The parameters of a bar."""
    return [((REACHED if _is_reached(bar) else DROPPED_AFTER).name, str(bar.lowest))]


def _done(query: FunnelQuery, number: int) -> str:
    return _of_all(query, number) + (" or more" if number < len(query.steps) else "")


def _of_all(query: FunnelQuery, number: int) -> str:
    return f"{number} of {len(query.steps)} steps"


def _is_reached(bar: FunnelBar) -> bool:
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
    unknown = [one for one in dict.fromkeys(one for step in answer.steps for one in step.types) if one not in known_types]
    if unknown:
        names = ", ".join(unknown)
        said.append(f"The log has no interaction of type {names}.")
    if 0 < first.units < FEW_ENTRIES:
        said.append(f"Only {units(first.units, answer.query)} entered. Rates based on fewer than {FEW_ENTRIES} vary widely: read the intervals.")
    said += [_ties(answer, step.tie_dependent, step.units, step.number) for step in answer.steps[1:] if step.tie_dependent]
    if answer.immature:
        then = "by the log's clock" if answer.query.as_of_ms is None else "then"
        said.append(
            f"{units(answer.immature, answer.query)} ({percent_of(answer.immature, first.units)}) may still "
            f"{reach_phrase(answer.query, last.number)}: their time had not run out {then}."
        )
    return said


def _ties(answer: FunnelAnswer, dependent: int, reached: int, number: int) -> str:
    name = step_name(answer.query, number)
    if answer.query.ties == "strict":
        return f"{count(dependent)} more would have reached {name} if steps at the same instant were allowed."
    return (f"{count(dependent)} of {count(reached)} that reached {name} ({percent(dependent, reached)}) depend on ties: they count only because "
            "rows of one instant may follow one another.")
