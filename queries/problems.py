"""What a caller asked that cannot be answered, said so that the caller can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One parameter that was not understood; the message names it and repeats its value."""

    parameter: str
    message: str


class BadQuestion(ValueError):
    """A question with problems, all of them."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)
