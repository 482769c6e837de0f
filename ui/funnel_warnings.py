"""What to know before trusting a funnel's numbers, said only where it matters."""

from __future__ import annotations

from collections.abc import Collection

from queries.funnel.answer import FunnelAnswer
from ui.funnel_words import reach_words, step_name, units
from ui.numbers import count, percent, percent_of

FEW_ENTRIES = 30


def warnings(answer: FunnelAnswer, known_types: Collection[str]) -> list[str]:
    """A sentence for each reservation: few entries, ties, units that may still convert, types that never occur."""
    first, last = answer.steps[0], answer.steps[-1]
    said = []
    unknown = [type for type in dict.fromkeys(type for step in answer.steps for type in step.types) if type not in known_types]
    if unknown:
        names = ", ".join(unknown)
        said.append(f"The log has no interaction of type {names}.")
    if 0 < first.units < FEW_ENTRIES:
        said.append(f"Only {units(first.units, answer.question)} entered. Rates of fewer than {FEW_ENTRIES} swing widely: read the intervals.")
    for step in answer.steps[1:]:
        if step.tie_dependent:
            said.append(_ties(answer, step.tie_dependent, step.units, step.number))
    if answer.immature:
        then = "by the log's clock" if answer.question.as_of_ms is None else "then"
        said.append(
            f"{units(answer.immature, answer.question)} ({percent_of(answer.immature, first.units)}) may still "
            f"{reach_words(answer.question, last.number)}: their time had not run out {then}."
        )
    return said


def _ties(answer: FunnelAnswer, dependent: int, reached: int, number: int) -> str:
    name = step_name(answer.question, number)
    if answer.question.ties == "strict":
        return f"{count(dependent)} more would have reached {name} if steps at one and the same instant were allowed."
    return (f"{count(dependent)} of {count(reached)} that reached {name} ({percent(dependent, reached)}) depend on ties: they count only as "
            "long as rows of one instant may follow one another.")
