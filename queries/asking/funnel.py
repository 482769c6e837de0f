"""The funnel query: its parameters, how they are read, and what has no meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from queries.asking import selection
from queries.asking.filters import NOT
from queries.asking.parameters import Parameter, Problem, filled, one_of, parameters_of, whole_number
from queries.asking.selection import Query, Selection
from queries.asking.times import GRAINS, Grain, iso, milliseconds

Unit = Literal["customer_offer", "customer"]
Order = Literal["ordered", "strict", "any"]
Ties = Literal["include", "strict"]

FEWEST_STEPS, MOST_STEPS = 2, 10
DAY_MS = 86_400_000

NO_WINDOW = "none"
LONGEST_MS = 366 * DAY_MS

# The suffix, the name and the milliseconds of each unit; the longest first.
WINDOW_UNITS = (("d", "day", DAY_MS), ("h", "hour", 3_600_000), ("m", "minute", 60_000), ("s", "second", 1000))


def read_window(text: str) -> int | None:
    """Reads a window as milliseconds, `none` as None."""
    if text == NO_WINDOW:
        return None
    wanted = f"must be {NO_WINDOW}, or a whole number followed by s, m, h or d, from 1s to 366d"
    length = {word: ms for word, _, ms in WINDOW_UNITS}.get(text[-1:])
    if length is None:
        raise ValueError(wanted)
    try:
        return whole_number(1, LONGEST_MS // length)(text[:-1]) * length
    except ValueError:
        raise ValueError(wanted) from None


def window_parameter(ms: int | None) -> str:
    """The shortest text that `read_window` reads back."""
    if ms is None:
        return NO_WINDOW
    word, _, length = next(unit for unit in WINDOW_UNITS if ms % unit[2] == 0)
    return f"{ms // length}{word}"


def window_phrase(ms: int) -> str:
    """A window in words: `7 days`."""
    _, name, length = next(unit for unit in WINDOW_UNITS if ms % unit[2] == 0)
    return f"{ms // length} {name}" + ("" if ms == length else "s")


WINDOW = Parameter(
    "window", read_window, f"The longest time from the entry to a later step: `{NO_WINDOW}`, or a whole number followed by `s`, `m`, `h` or `d`, "
    "from `1s` to `366d`.", 7 * DAY_MS, schema=(("type", "string"), ("pattern", f"^({NO_WINDOW}|[0-9]+[smhd])$"), ("default", "7d")),
)


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


def _choice(name: str, description: str, values: Sequence[str], default: str | None) -> Parameter:
    more = (("default", default),) if default else ()
    return Parameter(name, one_of(*values), description, default, schema=(("type", "string"), ("enum", list(values)), *more))


_TEXTS = (("type", "array"), ("items", {"type": "string"}))

STEP = Parameter(
    "step", _types, f"A step, {FEWEST_STEPS} to {MOST_STEPS} of them in order: an interaction type, or several with `{EITHER}` between "
    "them, any of which counts.", DEFAULT_STEPS, several=True,
    schema=(*_TEXTS, ("minItems", FEWEST_STEPS), ("maxItems", MOST_STEPS), ("default", [EITHER.join(step) for step in DEFAULT_STEPS])),
)
UNIT = _choice("unit", "Who goes through the steps: a customer with one offer, or a customer.", get_args(Unit), "customer_offer")
ORDER = _choice("order", "`ordered`: other rows in between do not matter; `strict`: only rows of steps already reached may come "
                "in between; `any`: how many of the steps, in any order.", get_args(Order), "ordered")
TIES = _choice("ties", "Whether rows of one instant may follow one another (`include`, in step order) or not (`strict`).",
               get_args(Ties), "include")
EXCLUDE = Parameter("exclude", _types, "A type that ends an attempt; steps reached before it stay reached.", (), several=True,
                    schema=_TEXTS)
BREAKDOWN = _choice("breakdown", "Also counts the units by a value of their entry.", BREAKDOWNS, None)
GRAIN = _choice("grain", "Also counts the units by the day, week, month or year of their entry, in the calendar of `tz`.", GRAINS, None)
AS_OF = Parameter("asOf", _instant, "The funnel as it stood at this time: rows later than it do not count, and `immature` goes by it. ISO 8601; "
                  "without an offset it is UTC.", schema=(("type", "string"), ("format", "date-time")), example="2026-03-15T14:30:00Z")


@dataclass(frozen=True)
class FunnelParameters:
    """What a funnel takes beside the filters and the period."""

    step: Annotated[tuple[Step, ...], STEP]
    window: Annotated[int | None, WINDOW]
    unit: Annotated[Unit, UNIT]
    order: Annotated[Order, ORDER]
    ties: Annotated[Ties, TIES]
    exclude: Annotated[tuple[Step, ...], EXCLUDE]
    breakdown: Annotated[str | None, BREAKDOWN]
    grain: Annotated[Grain | None, GRAIN]
    as_of: Annotated[int | None, AS_OF]


PARAMETERS = parameters_of(FunnelParameters)


@dataclass(frozen=True)
class FunnelQuery:
    """A valid funnel query: the selection's period selects the entries, its filters (never on the type) select the rows.

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
        """The parameters that `parse` reads back as this query, without those at their default."""
        pairs = [] if self.steps == DEFAULT_STEPS else [(STEP.name, EITHER.join(step)) for step in self.steps]
        if self.window_ms != WINDOW.default:
            pairs.append((WINDOW.name, window_parameter(self.window_ms)))
        ruled = [(parameter.name, getattr(self, parameter.name), parameter.default) for parameter in (UNIT, ORDER, TIES)]
        pairs += [(name, chosen) for name, chosen, default in ruled if chosen != default]
        pairs += [(EXCLUDE.name, type) for type in self.excluded]
        for parameter in (BREAKDOWN, GRAIN):
            if (chosen := getattr(self, parameter.name)) is not None:
                pairs.append((parameter.name, chosen))
        if self.as_of_ms is not None:
            pairs.append((AS_OF.name, iso(self.as_of_ms)))
        return pairs + self.selection.pairs()


def parse(tenant: str, pairs: Iterable[tuple[str, str]], parameters: Sequence[Parameter] = ()) -> Query:
    """Parse the parameters of a funnel query, and collect every problem; `parameters` are further ones to allow.

    Whatever was not understood is left out, so that `funnel_query` can still make a valid query of the rest.
    """
    further = [parameter for parameter in parameters if parameter not in PARAMETERS]
    asked = selection.parse(tenant, pairs, (*PARAMETERS, *further))
    values = dict(asked.parameters)
    problems = [*asked.problems, *_type_filter(asked.selection), *_number_of_steps(values)]
    conflicts = _shared_types(values) + _excluded_steps(values)
    if all(problem.parameter != STEP.name for problem in problems):
        problems += conflicts
    return Query(asked.selection.dropping("type"), values, tuple(problems))


def funnel_query(asked: Query) -> FunnelQuery:
    """The funnel query that `parse` understood."""
    values = filled(FunnelParameters, asked.parameters)
    return FunnelQuery(
        asked.selection, values.step, values.window, values.unit, values.order, values.ties,
        tuple(dict.fromkeys(type for types in values.exclude for type in types)), values.breakdown, values.grain, values.as_of,
    )


# Each of these names what has no meaning, and takes it out of the values.


def _type_filter(asked: Selection) -> list[Problem]:
    return [
        Problem(name, f"{name} is not a filter of a funnel: its steps say which types count; it was {' and '.join(map(repr, values))}")
        for name, values in (("type", asked.values("type")), (f"{NOT}type", asked.excluded("type"))) if values
    ]


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
    return [Problem("exclude", f"exclude {type!r} is also a type of a step") for type in both]
