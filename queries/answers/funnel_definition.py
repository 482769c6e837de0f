"""What exactly a funnel counts, as one English sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from queries.asking.funnel import FunnelQuery, window_phrase
from queries.asking.names import Names, visible
from queries.asking.sentence import instant, period_phrase, sentence


def definition(query: FunnelQuery, names: Names) -> str:
    """What exactly the funnel counts, as one English sentence."""
    rules = [_order(query), _ties(query), _exclusions(query), _attempts(query), _period(query),
             _as_of(query), _filters(query, names)]
    *others, last = [rule for rule in rules if rule]
    return f"{_steps_words(query)}; {', '.join(others)}, and {last}."


def joined_by_or(parts: Sequence[str]) -> str:
    """`accept, convert or conversion`."""
    return _listed([visible(part) for part in parts], "or")


def _listed(parts: Sequence[str], conjunction: str) -> str:
    *others, last = parts
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def _steps_words(query: FunnelQuery) -> str:
    counted = "Counts each customer"
    if query.unit == "customer_offer":
        counted = "Counts each pair of a customer and an offer (a row without an offer belongs to none)"
    steps = [joined_by_or(step) for step in query.steps]
    within = "" if query.window_ms is None else f" and at most {window_phrase(query.window_ms)} after the entry"
    if query.order == "any":
        window = "at or after" if query.window_ms is None else f"at most {window_phrase(query.window_ms)} after"
        return (f"{counted} by how many of the steps {_listed([f'“{step}”' for step in steps], 'and')} it did, in any order: the most "
                f"different steps with a row {window} one and the same row of a step, the entry")
    entry, *later = steps
    return (f"{counted} by how far it came: a row of type {entry} (the entry), {', '.join(f'then {step}' for step in later)}, each a row "
            f"of its own after the one before{within}")


def _order(query: FunnelQuery) -> str:
    return {
        "ordered": "other rows between do not matter",
        "strict": "between the entry and a step there may be no rows other than those of steps already reached",
        "any": "one row does one step",
    }[query.order]


def _ties(query: FunnelQuery) -> str:
    if query.order == "any":
        return ""
    if query.ties == "strict":
        return "each step happens at a later instant than the one before"
    return "rows of one instant count in step order whatever order they arrived in"


def _exclusions(query: FunnelQuery) -> str:
    if not query.excluded:
        return ""
    return f"a row of type {joined_by_or(query.excluded)} ends an attempt, while what was reached before it stays reached"


def _attempts(query: FunnelQuery) -> str:
    return "any entry may start an attempt and the furthest attempt counts"


def _period(query: FunnelQuery) -> str:
    selection = query.selection
    if selection.start is None and selection.end is None:
        return "entries are taken from the whole log"
    said = period_phrase(selection)
    when = f"on {said}" if said[0].isdigit() else said
    after = "" if selection.end is None else " while later steps may happen after that"
    return f"only entries {when} count{after}"


def _as_of(query: FunnelQuery) -> str:
    return "" if query.as_of_ms is None else f"rows later than {instant(query.as_of_ms, query.selection.zone)} do not count"


def _filters(query: FunnelQuery, names: Names) -> str:
    if not query.selection.conditions:
        return ""
    said = sentence(replace(query.selection, start=None, end=None), names)
    return f"only {said[0].lower()}{said[1:]} are read"
