"""What a funnel is asked: its steps and rules, read from words and printed back to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from queries import selection
from queries.buckets import GRAINS
from queries.funnel.plan import DAY_MS, FEWEST_STEPS, MOST_STEPS, Order, Ties, Unit
from queries.funnel.windows import WINDOW, window_text
from queries.parameters import Parameter, one_of
from queries.problems import Problem
from queries.selection import Question, Selection
from queries.spans import Grain
from queries.times import iso, milliseconds

BREAKDOWNS = ("offer", "creative", "channel", "direction")
DEFAULT_STEPS = (("impression",), ("click",), ("accept", "convert", "conversion"))
EITHER = "|"

Step = tuple[str, ...]


def _types(text: str) -> Step:
    types = text.split(EITHER)
    if "" in types:
        raise ValueError(f"must be an interaction type, or several with {EITHER} between them")
    return tuple(dict.fromkeys(types))


def _instant(text: str) -> int:
    try:
        # A date alone would leave open whether its day still counts.
        if not any(separator in text for separator in "Tt "):
            raise ValueError
        return milliseconds(text, ZoneInfo("UTC"))
    except ValueError:
        raise ValueError("must be an ISO 8601 time such as 2026-03-15T14:30:00Z") from None


def _choice(name: str, description: str, words: Sequence[str], default: str | None) -> Parameter:
    more = (("default", default),) if default else ()
    return Parameter(name, one_of(*words), description, default, schema=(("type", "string"), ("enum", list(words)), *more))


_TEXTS = (("type", "array"), ("items", {"type": "string"}))

STEP = Parameter(
    "step", _types, f"A step, in order, {FEWEST_STEPS} to {MOST_STEPS} of them: an interaction type, or several with `{EITHER}` between "
    "them, any of which will do.", DEFAULT_STEPS, several=True,
    schema=(*_TEXTS, ("minItems", FEWEST_STEPS), ("maxItems", MOST_STEPS), ("default", [EITHER.join(step) for step in DEFAULT_STEPS])),
)
UNIT = _choice("unit", "Who goes through the steps: a customer with one offer, or a customer.", ("customer_offer", "customer"),
               "customer_offer")
ORDER = _choice("order", "`ordered`: other rows between do not matter; `strict`: none may lie between but of steps already reached; "
                "`any`: how many of the steps, in whatever order.", ("ordered", "strict", "any"), "ordered")
TIES = _choice("ties", "Whether rows of one instant may follow one another (`include`, then in step order) or not (`strict`).",
               ("include", "strict"), "include")
EXCLUDE = Parameter("exclude", _types, "A type that ends an attempt; what was reached before stays reached.", (), several=True,
                    schema=_TEXTS)
BREAKDOWN = _choice("breakdown", "Also counts the units of each value that their entry has.", BREAKDOWNS, None)
GRAIN = _choice("grain", "Also counts the units by the day, week, month or year of their entry, in the calendar of `tz`.", GRAINS, None)
AS_OF = Parameter("asOf", _instant, "The funnel as it stood at this time: rows later than it do not count, and `immature` goes by it. ISO 8601; "
                  "without an offset it is UTC.", schema=(("type", "string"), ("format", "date-time")), example="2026-03-15T14:30:00Z")

PARAMETERS = (STEP, WINDOW, UNIT, ORDER, TIES, EXCLUDE, BREAKDOWN, GRAIN, AS_OF)


@dataclass(frozen=True)
class FunnelQuestion:
    """A valid question: the selection's period picks the entries, its filters, never on the type, pick the rows.

    A step is the types that will do; `window_ms` None is no window; rows later than `as_of_ms` do not count.
    """

    selection: Selection
    steps: tuple[Step, ...] = DEFAULT_STEPS
    window_ms: int | None = 7 * DAY_MS
    unit: Unit = "customer_offer"
    order: Order = "ordered"
    ties: Ties = "include"
    excluded: tuple[str, ...] = ()
    breakdown: str | None = None
    grain: Grain | None = None
    as_of_ms: int | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """The words that `parse` reads back as this question; what is the default is left out."""
        words = [] if self.steps == DEFAULT_STEPS else [(STEP.name, EITHER.join(step)) for step in self.steps]
        if self.window_ms != WINDOW.default:
            words.append((WINDOW.name, window_text(self.window_ms)))
        for parameter in (UNIT, ORDER, TIES):
            if getattr(self, parameter.name) != parameter.default:
                words.append((parameter.name, getattr(self, parameter.name)))
        words += [(EXCLUDE.name, type) for type in self.excluded]
        for parameter in (BREAKDOWN, GRAIN):
            if (chosen := getattr(self, parameter.name)) is not None:
                words.append((parameter.name, chosen))
        if self.as_of_ms is not None:
            words.append((AS_OF.name, iso(self.as_of_ms)))
        return words + self.selection.pairs()


def parse(tenant: str, pairs: Iterable[tuple[str, str]], parameters: Sequence[Parameter] = ()) -> Question:
    """What some words ask of a tenant's funnels, with every problem in them; `parameters` are further ones that they may hold.

    Where something was not understood, `funnel_question` makes of the rest a question that has a meaning.
    """
    further = [parameter for parameter in parameters if parameter not in PARAMETERS]
    asked = selection.parse(tenant, pairs, (*PARAMETERS, *further))
    values = dict(asked.parameters)
    problems = [*asked.problems, *_type_filter(asked.selection), *_number_of_steps(values)]
    conflicts = _shared_types(values) + _excluded_steps(values)
    if all(problem.parameter != STEP.name for problem in problems):
        problems += conflicts
    filters = tuple(filter for filter in asked.selection.filters if filter[0] != "type")
    return Question(replace(asked.selection, filters=filters), values, tuple(problems))


def funnel_question(asked: Question) -> FunnelQuestion:
    """The funnel that was asked, from what `parse` understood."""
    values = asked.parameters
    return FunnelQuestion(
        asked.selection, values["step"], values["window"], values["unit"], values["order"], values["ties"],
        tuple(dict.fromkeys(type for types in values["exclude"] for type in types)), values["breakdown"], values["grain"],
        values["asOf"],
    )


# Each of these names what has no meaning, and takes it out of the values.


def _type_filter(asked: Selection) -> list[Problem]:
    values = asked.values("type")
    if not values:
        return []
    spelled = " and ".join(map(repr, values))
    return [Problem("type", f"type is no filter of a funnel, whose steps say which types count; it was {spelled}")]


def _number_of_steps(values: dict[str, Any]) -> list[Problem]:
    steps = values["step"]
    if FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        return []
    spelled = ", ".join(repr(EITHER.join(step)) for step in steps)
    values["step"] = STEP.default
    return [Problem("step", f"step must be given {FEWEST_STEPS} to {MOST_STEPS} times, not {len(steps)}: {spelled}")]


def _shared_types(values: dict[str, Any]) -> list[Problem]:
    if values["order"] != "any":
        return []
    both = [type for one, other in combinations(values["step"], 2) for type in one if type in other]
    if not both:
        return []
    values["order"] = ORDER.default
    return [Problem("order", f"order 'any' needs steps that share no type, and {both[0]!r} is in two of them")]


def _excluded_steps(values: dict[str, Any]) -> list[Problem]:
    stepped = {type for step in values["step"] for type in step}
    both = dict.fromkeys(type for types in values["exclude"] for type in types if type in stepped)
    values["exclude"] = tuple(types for types in values["exclude"] if not stepped.intersection(types))
    return [Problem("exclude", f"exclude {type!r} is a type of a step too") for type in both]
