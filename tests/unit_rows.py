"""The rows of one unit and the steps of a funnel, spelled with a letter for each type."""

from __future__ import annotations

from tests.funnel_oracle import Funnel, Row

SECOND = 1000


def key(letter: str) -> int:
    return ord(letter) - ord("A") + 1


def unit_rows(text: str) -> list[Row]:
    """One unit's rows, such as "A1 B20": type A at second 1, B at second 20, in order of arrival."""
    return [
        Row(id=nth, time=int(word[1:]) * SECOND, type=key(word[0]))
        for nth, word in enumerate(text.split(), start=1)
    ]


def funnel(steps: str, **fields) -> Funnel:
    """The funnel of steps such as "A B|C", within 100 s unless told otherwise."""
    keys = tuple(frozenset(key(letter) for letter in step.split("|")) for step in steps.split())
    return Funnel(keys, **({"window_ms": 100 * SECOND} | fields))
