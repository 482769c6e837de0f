"""Parameters: how the text of each is read, and the problems found in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")


@dataclass(frozen=True)
class Problem:
    """One parameter that was not understood; the message names it and repeats its value."""

    parameter: str
    message: str


class InvalidQuery(ValueError):
    """A query with problems, all of them."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Parameter:
    """A parameter that can be given once; with `several`, any number of times, and its value is a tuple in the order given.

    `read` turns text into a value, or raises `ValueError` with the requirement ("must be a whole number from 1").
    """

    name: str
    read: Callable[[str], Any]
    description: str
    default: Any = None
    schema: tuple[tuple[str, Any], ...] = (("type", "string"),)
    example: str | None = None
    several: bool = False


def parameters_of(asked: type) -> tuple[Parameter, ...]:
    """The parameters that a dataclass asks for, one of each field: `limit: Annotated[int, LIMIT]`."""
    return tuple(_parameter_of_field(asked).values())


def filled(asked: type[T], values: Mapping[str, Any]) -> T:
    """A dataclass whose fields are parameters, with the value of each."""
    of_field = _parameter_of_field(asked)  # type: ignore[arg-type]  # a class can be hashed; mypy asks it of a variable one
    return asked(**{field: values[parameter.name] for field, parameter in of_field.items()})


def values_by_parameter(asked: Any) -> dict[str, Any]:
    """The inverse of `filled`: the value of each parameter, by its name."""
    of_class: Any = type(asked)
    return {parameter.name: getattr(asked, field) for field, parameter in _parameter_of_field(of_class).items()}


@cache
def _parameter_of_field(asked: Any) -> dict[str, Parameter]:
    hints = get_type_hints(asked, include_extras=True)
    return {field.name: next(one for one in hints[field.name].__metadata__ if isinstance(one, Parameter)) for field in fields(asked)}


def values_by_name(pairs: Iterable[tuple[str, str]], repeatable: Collection[str] = ()) -> dict[str, list[str]]:
    """The non-empty values of each name, in the order given; of a name that has only empty ones, none.

    Each value stands once, but under the `repeatable` names as often as it was given.
    """
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        texts = values.setdefault(name, [])
        if value != "" and (name in repeatable or value not in texts):
            texts.append(value)
    return values


def read_parameters(values: dict[str, list[str]], parameters: Sequence[Parameter]) -> tuple[dict[str, Any], list[Problem]]:
    """The value of each parameter, its default where it was not given or not understood, and the problems."""
    read: dict[str, Any] = {}
    problems = []
    for parameter in parameters:
        read[parameter.name] = parameter.default
        texts = values.get(parameter.name, [])
        if len(texts) > 1 and not parameter.several:
            spelled = " and ".join(repr(text) for text in texts)
            problems.append(Problem(parameter.name, f"{parameter.name} can be given only once, not as {spelled}"))
            continue
        understood = []
        for text in texts:
            try:
                understood.append(parameter.read(text))
            except ValueError as problem:
                problems.append(Problem(parameter.name, f"{parameter.name} {problem}, not {text!r}"))
        if texts and len(understood) == len(texts):
            read[parameter.name] = tuple(understood) if parameter.several else understood[0]
    return read, problems


def whole_number(smallest: int, largest: int | None = None) -> Callable[[str], int]:
    """A reader of whole numbers from `smallest` to `largest`."""
    wanted = f"must be a whole number from {smallest}" + (f" to {largest}" if largest is not None else "")

    def read(text: str) -> int:
        # int() would also take '１', '1_000' and ' 1 '.
        if not (text.isascii() and text.isdigit()):
            raise ValueError(wanted)
        digits = text.lstrip("0")
        # A number with more digits than int() reads is as large as any.
        number = int(digits or "0") if len(digits) <= 18 else 10**18
        if number < smallest or (largest is not None and number > largest):
            raise ValueError(wanted)
        return number

    return read


def flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def one_of(*values: str) -> Callable[[str], str]:
    """A reader that accepts one of some values."""

    def read(text: str) -> str:
        if text not in values:
            raise ValueError(f"must be one of {', '.join(values)}")
        return text

    return read


def any_text(value: str) -> str:
    return value
