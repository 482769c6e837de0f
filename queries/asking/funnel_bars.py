"""The bars of a funnel, the parameters that name one, and the cursor into the list of its units."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from queries.asking import funnel as funnel_parameters
from queries.asking.funnel import MOST_STEPS, FunnelParameters
from queries.asking.parameters import Parameter, Problem, whole_number
from queries.asking.selection import Query

_STEP = (("type", "integer"), ("minimum", 1), ("maximum", MOST_STEPS))

REACHED = Parameter("reached", whole_number(1, MOST_STEPS), "The units that reached this step, numbered from 1; without it and "
                    "without `droppedAfter`, all units that entered.", schema=_STEP)
DROPPED_AFTER = Parameter("droppedAfter", whole_number(1, MOST_STEPS), "Instead of `reached`: those that reached this step and not the next.",
                          schema=_STEP)


@dataclass(frozen=True)
class BarParameters(FunnelParameters):
    """What a bar of a funnel takes beside the filters and the period."""

    reached: Annotated[int | None, REACHED]
    dropped_after: Annotated[int | None, DROPPED_AFTER]


@dataclass(frozen=True)
class FunnelBar:
    """The units whose furthest step lies from `lowest` to `highest`."""

    lowest: int
    highest: int

    def size(self, reached: Sequence[int]) -> int:
        """How many units it has, where so many reached each step."""
        return reached[self.lowest - 1] - (reached[self.highest] if self.highest < len(reached) else 0)


def reached(step: int) -> FunnelBar:
    """The units that reached a step, those that went further among them."""
    return FunnelBar(step, MOST_STEPS)


def dropped_after(step: int) -> FunnelBar:
    """The units that reached a step and not the next."""
    return FunnelBar(step, step)


def parse(tenant: str, pairs: Iterable[tuple[str, str]], parameters: Sequence[Parameter] = ()) -> Query:
    """Parse the parameters of a query for the units behind a bar, and collect every problem."""
    asked = funnel_parameters.parse(tenant, pairs, parameters)
    values, steps = asked.parameters, len(asked.parameters["step"])
    problems = list(asked.problems)
    named = {problem.parameter for problem in problems}
    step, after = values[REACHED.name], values[DROPPED_AFTER.name]
    if step is not None and after is not None:
        problems.append(Problem(REACHED.name, f"reached {step} and droppedAfter {after} cannot be combined"))
    if step is not None and step > steps and "step" not in named:
        problems.append(Problem(REACHED.name, f"reached must be a step, from 1 to {steps}, not {str(step)!r}"))
    if after is not None and after >= steps and "step" not in named:
        problems.append(Problem(DROPPED_AFTER.name, f"droppedAfter must be a step before the last, from 1 to {steps - 1}, not {str(after)!r}"))
    return Query(asked.selection, values, tuple(problems))


def bar_of(asked: BarParameters) -> FunnelBar:
    """The bar that a query without problems asks for."""
    return reached(asked.reached or 1) if asked.dropped_after is None else dropped_after(asked.dropped_after)


@dataclass(frozen=True)
class UnitCursor:
    """A place in the order of units: right after the unit of this entry (milliseconds), customer and offer, whether or not it is there."""

    entered_at: int
    customer: str
    offer: str | None

    def text(self) -> str:
        """The cursor as text, as it appears in the API."""
        packed = json.dumps([self.entered_at, self.customer, self.offer], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def unit_cursor(text: str) -> UnitCursor:
    """The inverse of `UnitCursor.text`."""
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


CURSOR = Parameter("cursor", unit_cursor, "The `nextCursor` of the previous page. The answer starts with the unit after it.")
