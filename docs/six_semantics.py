"""The same ten customers under six published meanings of a funnel: .venv/bin/python -m docs.six_semantics

Two are parameters of this product, one is a number that stands beside its rates, three are a few lines here.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from data.loading.loading import LoadOptions, load_log
from data.store.store import Store
from queries.answers.funnel import FunnelAnswer, funnel
from queries.asking.funnel import funnel_query, parse

# What each customer did, and in which hour: I an impression, C a click, V a conversion, all of one offer.
LOG = {
    "Ada": "I0 C1 V2",
    "Ben": "I0 C0 V1",
    "Cem": "I0 I10 C30 V31",
    "Dee": "I0 C20 V40",
    "Eve": "I0 I1 C1 V2",
    "Fay": "V0 I1",
    "Gus": "I0",
    "Hal": "I0 C1 C2 C3",
    "Ida": "I0 I20 C25 V26",
    "Jon": "I0 I2 C2 V3",
}
TYPES = {"I": "impression", "C": "click", "V": "convert"}
STEPS = "ICV"
WINDOW = 24

Rows = list[tuple[str, int]]


def main() -> None:
    lines = {
        "each step within 24 h of the step before (Umami)": shares(each_step_within_the_window),
        "any entry, ties count: ours, ties=include (windowFunnel, Plausible)": ours("include"),
        "rows divided by rows (charts of counts)": rows_by_rows(),
        "any entry, times increase: ours, ties=strict": ours("strict"),
        "the first entry only, ties count (Mixpanel)": shares(first_entry_only),
        "windowFunnel with strict_increase (OpenPanel)": shares(strict_increase),
    }
    print(f"{'':<70}  1   2   3   rate")
    for meaning, (one, two, three) in lines.items():
        print(f"{meaning:<70} {one:>2}  {two:>2}  {three:>2}  {three / one:>4.0%}")


def rows_of(customer: str) -> Rows:
    """A customer's rows as (letter, hour)."""
    return [(word[0], int(word[1:])) for word in LOG[customer].split()]


def shares(level: Callable[[Rows], int]) -> list[int]:
    """How many customers reach each step, where a meaning says how far one came."""
    levels = [level(rows_of(customer)) for customer in LOG]
    return [sum(level >= step for level in levels) for step in (1, 2, 3)]


def each_step_within_the_window(rows: Rows) -> int:
    """Each step needs some row of the step before at most so long before it, however long ago the entry was."""
    times = [hour for letter, hour in rows if letter == STEPS[0]]
    level = 0
    while times:
        level += 1
        found = [hour for letter, hour in rows if letter == STEPS[level:level + 1]]
        times = [hour for hour in found if any(0 <= hour - before <= WINDOW for before in times)]
    return level


def first_entry_only(rows: Rows) -> int:
    """The window starts with the customer's first entry, and no other counts."""
    entry = at = next(hour for letter, hour in rows if letter == STEPS[0])
    level = 1
    for step in STEPS[1:]:
        later = [hour for letter, hour in rows if letter == step and at <= hour <= entry + WINDOW]
        if not later:
            break
        level, at = level + 1, min(later)
    return level


def strict_increase(rows: Rows) -> int:
    """Keeps one chain a step, the latest; so the entry of an instant replaces the one before it that could have gone on."""
    chains: dict[int, tuple[int, int]] = {}
    for hour, step in sorted((hour, STEPS.index(letter)) for letter, hour in rows):
        if step == 0:
            chains[0] = (hour, hour)
        elif step - 1 in chains:
            entry, last = chains[step - 1]
            if last < hour <= entry + WINDOW:
                chains[step] = (entry, hour)
    return max(chains, default=-1) + 1


def rows_by_rows() -> list[int]:
    """The rows of each step's type, which stand beside the units in our answer too, as events."""
    return [step.events for step in answer("include").steps]


def ours(ties: str) -> list[int]:
    """The units that reach each step, by the words of the address and the API."""
    return [step.units for step in answer(ties).steps]


def answer(ties: str) -> FunnelAnswer:
    """The product's own answer over the log."""
    pairs = [("step", "impression"), ("step", "click"), ("step", "convert"), ("window", f"{WINDOW}h"), ("ties", ties)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.ndjson"
        file.write_text("\n".join(json.dumps(row) for row in records()))
        store = Store.open(Path(folder))
        load_log(store, file, LoadOptions(), lambda _: None, Path(folder))
        with store.snapshot() as snapshot:
            found = funnel(snapshot.tenant("shop"), funnel_query(parse("shop", pairs).or_refused()))
        store.close()
    return found


def records() -> list[dict[str, str]]:
    """The log as a file holds it, from midnight on."""
    return [
        {"id": f"{customer} {nth}", "tenantId": "shop", "customerId": customer, "offerId": "card", "interactionType": TYPES[letter],
         "timestamp": f"2026-03-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z"}
        for customer in LOG for nth, (letter, hour) in enumerate(rows_of(customer))
    ]


if __name__ == "__main__":
    main()
