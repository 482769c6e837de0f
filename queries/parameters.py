"""The parameters of a question beside its filters: read from text once, with every problem found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from queries.problems import Problem


@dataclass(frozen=True)
class Parameter:
    """A parameter that may be given once.

    `read` turns its text into its value and raises `ValueError` with what is wanted ("must be a whole number from 1").
    """

    name: str
    read: Callable[[str], Any]
    description: str
    default: Any = None
    schema: tuple[tuple[str, Any], ...] = (("type", "string"),)
    example: str | None = None


def given(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The non-empty values of each name, in the order given, each once: an empty value is as if the name were not given."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if value != "" and value not in values.setdefault(name, []):
            values[name].append(value)
    return {name: texts for name, texts in values.items() if texts}


def read_parameters(values: dict[str, list[str]], parameters: Sequence[Parameter]) -> tuple[dict[str, Any], list[Problem]]:
    """The value of each parameter, its default where it was not given or not understood, and the problems."""
    read: dict[str, Any] = {}
    problems = []
    for parameter in parameters:
        read[parameter.name] = parameter.default
        texts = values.get(parameter.name, [])
        if len(texts) > 1:
            spelled = " and ".join(repr(text) for text in texts)
            problems.append(Problem(parameter.name, f"{parameter.name} may be given once, not as {spelled}"))
        elif texts:
            try:
                read[parameter.name] = parameter.read(texts[0])
            except ValueError as problem:
                problems.append(Problem(parameter.name, f"{parameter.name} {problem}, not {texts[0]!r}"))
    return read, problems


def whole_number(smallest: int, largest: int | None = None) -> Callable[[str], int]:
    """A reader of whole numbers from `smallest`; those above `largest` are refused."""
    wanted = f"must be a whole number from {smallest}" + (f" to {largest}" if largest is not None else "")

    def read(text: str) -> int:
        # int() would also take '１', '1_000' and ' 1 '.
        if not (text.isascii() and text.isdigit()):
            raise ValueError(wanted)
        # A number with more digits than int() reads is as large as any.
        number = int(text) if len(text) <= 18 else 10**18
        if number < smallest or (largest is not None and number > largest):
            raise ValueError(wanted)
        return number

    return read


def flag(text: str) -> bool:
    """Reads `true` or `false`."""
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def one_of(*words: str) -> Callable[[str], str]:
    """A reader of one of some words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return read


def text(value: str) -> str:
    """Any text."""
    return value
