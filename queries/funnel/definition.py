"""A funnel question said in one sentence, with all the rules that it counts by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data.names import Names
from queries.funnel.question import FunnelQuestion
from queries.funnel.windows import window_words
from queries.sentence import instant, period, sentence
from queries.visible import visible


def definition(question: FunnelQuestion, names: Names) -> str:
    """What exactly the funnel counts, as one English sentence."""
    rules = [_order(question), _ties(question), _exclusions(question), _attempts(question), _period(question),
             _as_of(question), _filters(question, names)]
    *others, last = [rule for rule in rules if rule]
    return f"{_steps(question)}; {', '.join(others)}, and {last}."


def either(words: Sequence[str]) -> str:
    """`accept, convert or conversion`."""
    return _listed([visible(word) for word in words], "or")


def _listed(words: Sequence[str], conjunction: str) -> str:
    *others, last = words
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def _steps(question: FunnelQuestion) -> str:
    counted = "Counts each customer"
    if question.unit == "customer_offer":
        counted = "Counts each pair of a customer and an offer (a row without an offer belongs to none)"
    steps = [either(step) for step in question.steps]
    within = "" if question.window_ms is None else f" and at most {window_words(question.window_ms)} after the entry"
    if question.order == "any":
        window = "at or after" if question.window_ms is None else f"at most {window_words(question.window_ms)} after"
        return (f"{counted} by how many of the steps {_listed([f'“{step}”' for step in steps], 'and')} it did, in whatever order: the most "
                f"different steps with a row {window} one and the same row of a step, the entry")
    entry, *later = steps
    return (f"{counted} by how far it came: a row of type {entry} (the entry), {', '.join(f'then {step}' for step in later)}, each a row "
            f"of its own after the one before{within}")


def _order(question: FunnelQuestion) -> str:
    return {
        "ordered": "other rows between do not matter",
        "strict": "between the entry and a step no other row may lie but of steps already reached",
        "any": "one row does one step",
    }[question.order]


def _ties(question: FunnelQuestion) -> str:
    if question.order == "any":
        return ""
    if question.ties == "strict":
        return "each step happens at a later instant than the one before"
    return "rows of one instant are taken in step order whatever order they arrived in"


def _exclusions(question: FunnelQuestion) -> str:
    if not question.excluded:
        return ""
    return f"a row of type {either(question.excluded)} ends an attempt but takes nothing back that was reached before it"


def _attempts(question: FunnelQuestion) -> str:
    return "any entry may start an attempt of which the furthest counts"


def _period(question: FunnelQuestion) -> str:
    selection = question.selection
    if selection.start is None and selection.end is None:
        return "entries are taken from the whole log"
    said = period(selection)
    when = f"on {said}" if said[0].isdigit() else said
    after = "" if selection.end is None else " while later steps may lie after that"
    return f"only entries {when} count{after}"


def _as_of(question: FunnelQuestion) -> str:
    return "" if question.as_of_ms is None else f"rows later than {instant(question.as_of_ms, question.selection.zone)} do not count"


def _filters(question: FunnelQuestion, names: Names) -> str:
    if not question.selection.filters:
        return ""
    said = sentence(replace(question.selection, start=None, end=None), names)
    return f"only {said[0].lower()}{said[1:]} are read"
