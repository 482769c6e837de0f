"""A selection: which of a tenant's interactions a query is about; and the same narrowed to some of its own rows, as behind one figure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from queries.asking.filters import BY_NAME, FILTER_PARAMETERS, FILTERS, WITHOUT, Condition, Operator, in_order, read_conditions
from queries.asking.measures import MEASURE, filters_behind
from queries.asking.names import Names
from queries.asking.parameters import InvalidQuery, Parameter, Problem, read_parameters, values_by_name
from queries.asking.times import LAST, milliseconds, shortest_iso


@dataclass(frozen=True)
class Selection:
    """A tenant's interactions that meet every condition.

    `conditions` are in the order of `in_order`; a pair (filter, values) is short for any of these values. `start` and `end` are
    milliseconds, the end excluded, and open where it would lie beyond the calendar; `zone` is the time zone that dates refer to.
    """

    tenant: str
    conditions: tuple[Condition, ...] = ()
    start: int | None = None
    end: int | None = None
    zone: str = "UTC"

    def __post_init__(self) -> None:
        # No text names such an end, and no row is as late.
        if self.end is not None and self.end > LAST:
            object.__setattr__(self, "end", None)
        object.__setattr__(self, "conditions", tuple(Condition(*condition) for condition in self.conditions))
        for condition in self.conditions:
            if condition.filter not in BY_NAME:
                raise ValueError(f"there is no filter {condition.filter!r}")

    def values(self, name: str) -> tuple[str, ...]:
        """The values of which any may stand under a filter; none where it is not set."""
        return self._values(name, Operator.ANY_OF)

    def excluded(self, name: str) -> tuple[str, ...]:
        """The values of which none may stand under a filter; none where it is not set."""
        return self._values(name, Operator.NONE_OF)

    def _values(self, name: str, asked: Operator) -> tuple[str, ...]:
        return next((values for filter, values, operator in self.conditions if filter == name and operator is asked), ())

    def asks(self, name: str) -> bool:
        """Whether there is a condition under a filter."""
        return any(condition.filter == name for condition in self.conditions)

    def passing(self, name: str) -> tuple[str | None, ...]:
        """The values under a filter with which a row passes unless they are excluded, None for no value; none where every row does."""
        without = any(condition.filter == name and condition.operator is Operator.WITHOUT for condition in self.conditions)
        return (*self.values(name), None) if without else self.values(name)

    def dropping(self, name: str) -> Selection:
        """The selection without what it asks under a filter."""
        return replace(self, conditions=tuple(condition for condition in self.conditions if condition.filter != name))

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that `parse` reads back as this selection."""
        zone = ZoneInfo(self.zone)
        pairs = [pair for condition in self.conditions for pair in condition.pairs()]
        if self.start is not None:
            pairs.append(("from", shortest_iso(self.start, zone)))
        if self.end is not None:
            pairs.append(("to", shortest_iso(self.end, zone)))
        if self.zone != "UTC":
            pairs.append(("tz", self.zone))
        return pairs


def conditions_of(passing: Mapping[str, Collection[str | None]], excluded: Mapping[str, tuple[str, ...]]) -> tuple[Condition, ...]:
    """A selection's conditions, from the values that pass under each filter and those that do not, as `Selection` tells them."""
    some = {name: tuple(value for value in passing.get(name, ()) if value is not None) for name in BY_NAME}
    return in_order([
        *(Condition(name, values) for name, values in some.items() if values),
        *(Condition(name, values, Operator.NONE_OF) for name, values in excluded.items() if values),
        *(Condition(name, operator=Operator.WITHOUT) for name in BY_NAME if None in passing.get(name, ())),
    ])


@dataclass(frozen=True)
class Query:
    """A parsed query: the selection, the values of the other parameters, and the problems found."""

    selection: Selection
    parameters: dict[str, Any]
    problems: tuple[Problem, ...]

    def or_refused(self) -> Query:
        """The query itself if it has no problems; raises `InvalidQuery` otherwise."""
        if self.problems:
            raise InvalidQuery(self.problems)
        return self


def zone_name(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        raise ValueError("must be an IANA time zone such as Europe/Amsterdam") from None


ZONE = Parameter("tz", zone_name, "The IANA time zone in which a date alone means midnight.", "UTC", example="Europe/Amsterdam")


def _point_in_time(zone: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            return milliseconds(text, ZoneInfo(zone))
        except ValueError:
            hint = " (write + as %2B in an address)" if " " in text[10:] else ""
            raise ValueError(f"must be an ISO 8601 date or time such as 2026-03-15 or 2026-03-15T14:30:00Z{hint}") from None

    return read


def period_parameters(zone: str) -> tuple[Parameter, Parameter]:
    """The two ends of the period, their dates meant in a zone."""
    schema = (("anyOf", [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]),)
    return (
        Parameter("from", _point_in_time(zone), "The start of the period, in ISO 8601: a time without an offset is "
                  "UTC, a date alone means midnight in `tz`.", schema=schema, example="2026-03-01"),
        Parameter("to", _point_in_time(zone), "The end of the period, exclusive, in the same formats as `from`.", schema=schema,
                  example="2026-04-01"),
    )


def parse(tenant: str, pairs: Iterable[tuple[str, str]], parameters: Sequence[Parameter] = ()) -> Query:
    """Parse the parameters of a query on a tenant's log, and collect every problem.

    Allowed are the filters, their aliases, the period, and the further `parameters` of the query at hand.
    """
    values = values_by_name(pairs, {parameter.name for parameter in parameters if parameter.several})
    known = {"from", "to", "tz"}.union((one.name for one in FILTER_PARAMETERS), (one.name for one in parameters))
    problems = [Problem(name, f"there is no parameter {name!r}") for name in values if name not in known]
    conditions, condition_problems = read_conditions(values)
    zone, zone_problems = read_parameters(values, (ZONE,))
    period, period_problems = read_parameters(values, period_parameters(zone["tz"]))
    others, other_problems = read_parameters(values, parameters)
    problems += condition_problems + zone_problems + period_problems + other_problems
    start, end = period["from"], period["to"]
    if start is not None and end is not None and start > end:
        problems.append(Problem("to", f"to {values['to'][0]!r} is before from {values['from'][0]!r}"))
        start = end = None
    return Query(Selection(tenant, conditions, start, end, zone["tz"]), others, tuple(problems))


def narrowed(selection: Selection, pairs: Iterable[tuple[str, str]]) -> Selection | None:
    """The rows of a selection that pass further filters too, given as (name, value); None where no value passes both."""
    further: dict[str, list[str | None]] = {}
    for name, value in pairs:
        if name == WITHOUT:
            further.setdefault(value, []).append(None)
        else:
            further.setdefault(name, []).append(value)
    passing, excluded = {}, {}
    for filter in FILTERS:
        values, others, wanted = selection.passing(filter.name), selection.excluded(filter.name), further.get(filter.name)
        if wanted is not None:
            values = tuple(value for value in wanted if (not values or value in values) and value not in others)
            if not values:
                return None
        else:
            excluded[filter.name] = others
        passing[filter.name] = values
    return replace(selection, conditions=conditions_of(passing, excluded))


def filter_of(name: str, id: str | None) -> tuple[str, str]:
    """The filter, as (name, value), that leaves the rows with a value under `name`, or those without one where it is None."""
    return (WITHOUT, name) if id is None else (name, id)


def clipped(selection: Selection, start: int, end: int | None) -> Selection:
    """The rows of a selection from `start` to before `end` (None: open), in milliseconds; never beyond its own period."""
    if selection.start is not None:
        start = max(start, selection.start)
    if selection.end is not None:
        end = selection.end if end is None else min(end, selection.end)
    return replace(selection, start=start, end=end)


def rows_behind(selection: Selection, measure: str, names: Names) -> Selection | None:
    """The rows of a selection that a measure, by its id, counts; of a rate those of its part. None where its filters leave none."""
    behind = filters_behind(MEASURE[measure], names)
    return None if behind is None else narrowed(selection, behind)


def rows_of_each(selection: Selection, filter: str, values: Iterable[str], measure: str, names: Names) -> list[Selection]:
    """The rows that a measure, by its id, counts of each value of a filter; a value of which the selection's filters leave none has none."""
    behind = filters_behind(MEASURE[measure], names)
    if behind is None:
        return []
    narrow = (narrowed(selection, [(filter, value), *behind]) for value in values)
    return [one for one in narrow if one is not None]
