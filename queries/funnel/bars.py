"""Which bar of a funnel is meant: the units that reached a step, or those that came to it and no further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from queries.funnel import question
from queries.funnel.plan import MOST_STEPS
from queries.parameters import Parameter, whole_number
from queries.problems import Problem
from queries.selection import Question

_STEP = (("type", "integer"), ("minimum", 1), ("maximum", MOST_STEPS))

REACHED = Parameter("reached", whole_number(1, MOST_STEPS), "The units that reached this step, counted from 1; without it and "
                    "`droppedAfter`, all that entered.", schema=_STEP)
DROPPED_AFTER = Parameter("droppedAfter", whole_number(1, MOST_STEPS), "Instead of `reached`: those that reached this step and not the next.",
                          schema=_STEP)


@dataclass(frozen=True)
class Bar:
    """The units whose furthest step lies from `lowest` to `highest`."""

    lowest: int
    highest: int

    def holds(self, level: np.ndarray) -> np.ndarray:
        """Whether each level is of this bar."""
        return (level >= self.lowest) & (level <= self.highest)

    def size(self, reached: Sequence[int]) -> int:
        """How many units it has, where so many reached each step."""
        return reached[self.lowest - 1] - (reached[self.highest] if self.highest < len(reached) else 0)


def reached(step: int) -> Bar:
    """The units that reached a step, those that went further among them."""
    return Bar(step, MOST_STEPS)


def dropped_after(step: int) -> Bar:
    """The units that reached a step and not the next."""
    return Bar(step, step)


def parse(tenant: str, pairs: Iterable[tuple[str, str]], parameters: Sequence[Parameter] = ()) -> Question:
    """What some words ask of the units behind a bar, with every problem in them."""
    asked = question.parse(tenant, pairs, parameters)
    values, steps = asked.parameters, len(asked.parameters["step"])
    problems = list(asked.problems)
    named = {problem.parameter for problem in problems}
    step, after = values[REACHED.name], values[DROPPED_AFTER.name]
    if step is not None and after is not None:
        problems.append(Problem(REACHED.name, f"reached {step} and droppedAfter {after} may not be given together"))
    if step is not None and step > steps and "step" not in named:
        problems.append(Problem(REACHED.name, f"reached must be a step, from 1 to {steps}, not {str(step)!r}"))
    if after is not None and after >= steps and "step" not in named:
        problems.append(Problem(DROPPED_AFTER.name, f"droppedAfter must be a step before the last, from 1 to {steps - 1}, not {str(after)!r}"))
    return Question(asked.selection, values, tuple(problems))


def bar_of(asked: Question) -> Bar:
    """The bar that was asked for, from what `parse` understood without a problem."""
    step, after = asked.parameters[REACHED.name], asked.parameters[DROPPED_AFTER.name]
    return reached(step or 1) if after is None else dropped_after(after)
