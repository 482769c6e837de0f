"""Funnels that many ask for, ready to be changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from queries.funnel.question import Step


@dataclass(frozen=True)
class Preset:
    """Some steps under a name."""

    name: str
    steps: tuple[Step, ...]

    def among(self, types: Collection[str]) -> tuple[Step, ...]:
        """The steps without the spellings that a log does not use; a step with none of its types in the log keeps its first."""
        return tuple(tuple(type for type in step if type in types) or step[:1] for step in self.steps)


_CONVERT = ("convert", "conversion")

PRESETS = (
    Preset("Impression → click → accept → convert", (("impression",), ("click",), ("accept",), _CONVERT)),
    Preset("Impression → convert", (("impression",), _CONVERT)),
    Preset("What follows a dismissal", (("dismiss",), ("click",), ("accept", *_CONVERT))),
)
