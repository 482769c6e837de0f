"""The filters of the log and their operators: one row each, from which the address, the API, its documentation, the filter bar and the
sentence are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from queries.asking.parameters import Problem


@dataclass(frozen=True)
class Filter:
    """One filter, which compares exactly.

    `name` is its parameter in addresses and in the API, `aliases` are the names that older clients use; `dimension` is the column of the log it
    compares. An `optional` filter is one of a field that interactions need not have.
    """

    name: str
    dimension: str
    label: str
    plural: str
    description: str
    example: str
    aliases: tuple[str, ...] = ()
    optional: bool = False

    @property
    def a(self) -> str:
        """Its label with its article: `an offer`."""
        label = self.label.lower()
        return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"


FILTERS = (
    Filter("customerId", "customer", "Customer", "customers", "The customer's id.", "CUST001"),
    Filter("offerId", "offer", "Offer", "offers", "The offer's id.", "off_abc123", aliases=("actionId",), optional=True),
    Filter("creativeId", "creative", "Creative", "creatives", "The creative's id.", "cr_001", aliases=("treatmentId",),
           optional=True),
    Filter("channelId", "channel", "Channel", "channels", "The id of the interaction's own channel.", "ch_email",
           optional=True),
    Filter("type", "type", "Type", "types", "The interaction's type (field `interactionType`).", "click"),
    Filter("outcome", "outcome", "Outcome", "outcomes", "The key of the outcome type (field `outcomeTypeKey`).", "click"),
    Filter("direction", "direction", "Direction", "directions", "`inbound` or `outbound`.", "outbound", optional=True),
)

WITHOUT = "without"
NOT = "not."
"""What stands before a filter's name where its values are not to pass."""
OPTIONAL = tuple(filter.name for filter in FILTERS if filter.optional)

BY_NAME = {filter.name: filter for filter in FILTERS}
CANONICAL_NAMES = {alias: filter.name for filter in FILTERS for alias in filter.aliases}


class Operator(StrEnum):
    """How a condition compares the column of its filter, in the order in which conditions are written."""

    ANY_OF = "any of"
    NONE_OF = "none of"
    WITHOUT = "without"


class Condition(NamedTuple):
    """What a selection asks under one filter, with one operator.

    ANY_OF has the values that pass, NONE_OF those that do not: rows without a value do. WITHOUT has none, and passes rows without a value;
    beside ANY_OF of the same filter, a row passes with either. All other conditions narrow.
    """

    filter: str
    values: tuple[str, ...] = ()
    operator: Operator = Operator.ANY_OF

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of an address that ask for this condition."""
        if self.operator is Operator.WITHOUT:
            return [(WITHOUT, self.filter)]
        name = f"{NOT}{self.filter}" if self.operator is Operator.NONE_OF else self.filter
        return [(name, value) for value in self.values]


@dataclass(frozen=True)
class FilterParameter:
    """A parameter that filters. Its values are those of `filter` or, where that is None, the names of filters.

    Of parameters with the same filter and operator only the first that is given is read; `stands_for` names the one that an older name
    stands for.
    """

    name: str
    operator: Operator
    filter: Filter | None
    description: str
    example: str
    stands_for: str | None = None


def _named(filter: Filter, operator: Operator, meaning: str, prefix: str = "") -> list[FilterParameter]:
    name = f"{prefix}{filter.name}"
    older = f"Older name of `{name}`; ignored if that is given."
    return [
        FilterParameter(name, operator, filter, meaning, filter.example),
        *(FilterParameter(f"{prefix}{alias}", operator, filter, older, filter.example, name) for alias in filter.aliases),
    ]


def _any_of(filter: Filter) -> list[FilterParameter]:
    return _named(filter, Operator.ANY_OF, f"{filter.description} Repeat it to match any of several values.")


def _none_of(filter: Filter) -> list[FilterParameter]:
    without = " An interaction that has none passes." if filter.optional else ""
    return _named(filter, Operator.NONE_OF, f"Not this {filter.label.lower()}. Repeat it to match none of several values.{without}", NOT)


FILTER_PARAMETERS = (
    *(parameter for filter in FILTERS for parameter in _any_of(filter)),
    *(parameter for filter in FILTERS for parameter in _none_of(filter)),
    FilterParameter(
        WITHOUT, Operator.WITHOUT, None, f"The interactions that have no value under a filter: {', '.join(f'`{name}`' for name in OPTIONAL)}, "
        "or an older name. Given several times: under none of them. Beside a filter of that name: one of its values, or none.", "channelId",
    ),
)


def read_conditions(values: Mapping[str, Sequence[str]]) -> tuple[tuple[Condition, ...], list[Problem]]:
    """The conditions that the values of each parameter ask for, in the order of the operators and filters, and the problems."""
    read: dict[tuple[Operator, str], Condition] = {}
    problems = []
    for parameter in FILTER_PARAMETERS:
        texts = values.get(parameter.name)
        if not texts:
            continue
        if parameter.filter is not None:
            condition = Condition(parameter.filter.name, tuple(texts), parameter.operator)
            read.setdefault((parameter.operator, condition.filter), condition)
            continue
        for text in texts:
            name = CANONICAL_NAMES.get(text, text)
            if name in OPTIONAL:
                read[parameter.operator, name] = Condition(name, operator=parameter.operator)
            else:
                problems.append(Problem(parameter.name, f"{parameter.name} must be one of {', '.join(OPTIONAL)}, not {text!r}"))
    return in_order(read.values()), problems


def in_order(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Conditions as a selection holds them: by operator, and those of one operator by filter."""
    return tuple(sorted(conditions, key=lambda condition: (_OPERATORS.index(condition.operator), _NAMES.index(condition.filter))))


_OPERATORS, _NAMES = tuple(Operator), tuple(BY_NAME)
