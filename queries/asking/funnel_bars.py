"""Which bar of a funnel is meant: the units that reached a step, or those that came to it and no further."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from queries.asking import funnel as question
from queries.asking.funnel import MOST_STEPS
from queries.asking.parameters import Parameter, Problem, whole_number
from queries.asking.selection import Question

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


@dataclass(frozen=True)
class UnitCursor:
    """A place in the order of units: right after the unit of this entry (milliseconds), customer and offer, whether or not it is there."""

    entered_at: int
    customer: str
    offer: str | None

    def text(self) -> str:
        """The cursor as a caller sees it."""
        packed = json.dumps([self.entered_at, self.customer, self.offer], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def unit_cursor(text: str) -> UnitCursor:
    """Reads what `UnitCursor.text` wrote."""
    try:
        packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        match json.loads(packed):
            case [int(entered_at), str(customer), str() | None as offer]:
                cursor = UnitCursor(entered_at, customer, offer)
                if cursor.text() == text:
                    return cursor
    except (UnicodeError, binascii.Error, ValueError, RecursionError):
        pass
    raise ValueError("must be the nextCursor of a page of units")


CURSOR = Parameter("cursor", unit_cursor, "The `nextCursor` of the page before. The answer starts with the unit after it.")
