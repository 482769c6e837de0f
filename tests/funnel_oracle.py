"""The meaning of a funnel, searched for by brute force: every chain of every unit, for logs of a few rows.

Written from the text that defines funnels and from nothing else; it shares nothing with the product.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from types import SimpleNamespace

import numpy as np

COLUMNS = ("type", "offer", "creative", "channel", "direction", "outcome")


@dataclass(frozen=True)
class Row:
    """One interaction in key space; `id` is unique in a log and orders the rows of one instant."""

    id: int
    time: int
    type: int
    customer: int = 1
    offer: int = 1
    creative: int = 0
    channel: int = 0
    direction: int = 0
    outcome: int = 0


Keys = frozenset[int]


@dataclass(frozen=True)
class Funnel:
    """A funnel in key space: each step and each filter is the keys that will do, None where every row does."""

    steps: tuple[Keys, ...]
    unit: str = "customer_offer"
    window_ms: int | None = None
    order: str = "ordered"
    ties: str = "include"
    excluded: Keys = frozenset()
    from_ms: int | None = None
    to_ms: int | None = None
    as_of_ms: int | None = None
    customers: Keys | None = None
    other_than_customers: Keys = frozenset()
    other_than_channels: Keys = frozenset()
    offers: Keys | None = None
    creatives: Keys | None = None
    channels: Keys | None = None
    directions: Keys | None = None
    outcomes: Keys | None = None


@dataclass(frozen=True)
class Expected:
    """A unit's answer: for each step it reached, in order, the chain's (entry, completing row)."""

    chains: list[tuple[Row, Row]]
    immature: bool

    @property
    def level(self) -> int:
        return len(self.chains)


def as_of(rows: list[Row], funnel: Funnel) -> list[Row]:
    """The rows that had come by the time at which the funnel is looked at."""
    return [row for row in rows if funnel.as_of_ms is None or row.time <= funnel.as_of_ms]


def expected_units(rows: list[Row], funnel: Funnel, newest: int) -> dict[tuple[int, int], Expected]:
    """The units that have an entry, by (customer, offer), the offer 0 where the unit is the customer."""
    units = {}
    for unit, unit_rows in rows_by_unit(rows, funnel).items():
        lived = sorted(unit_rows, key=lambda row: (row.time, lowest_step(row, funnel), row.id))
        pairs = any_order_pairs(lived, funnel) if funnel.order == "any" else chain_pairs(lived, funnel)
        if not pairs:
            continue
        chains = []
        for step in range(1, max(length for length, _, _ in pairs) + 1):
            reach = min(reach for length, _, reach in pairs if length == step)
            entry = max(entry for length, entry, at in pairs if length == step and at == reach)
            chains.append((lived[entry], lived[reach]))
        units[unit] = Expected(chains, is_immature(lived, funnel, len(chains), newest))
    return units


def expected_events(rows: list[Row], funnel: Funnel) -> list[int]:
    """For each step, the rows of its types that pass the filters and lie in the period."""
    counted = [row for row in rows if passes(row, funnel) and in_period(row, funnel)]
    return [sum(row.type in step for row in counted) for step in funnel.steps]


def expected_tie_dependent(rows: list[Row], funnel: Funnel, newest: int) -> list[int]:
    """For each step, the units that reach it with ties included and not with strict ties."""
    if funnel.order == "any":
        return [0] * len(funnel.steps)
    included = expected_units(rows, replace(funnel, ties="include"), newest)
    strict = expected_units(rows, replace(funnel, ties="strict"), newest)
    return [
        sum(unit.level >= step > strict[name].level for name, unit in included.items())
        for step in range(1, len(funnel.steps) + 1)
    ]


def rows_by_unit(rows: list[Row], funnel: Funnel) -> dict[tuple[int, int], list[Row]]:
    units = defaultdict(list)
    for row in rows:
        if passes(row, funnel):
            if funnel.unit == "customer":
                units[row.customer, 0].append(row)
            elif row.offer:
                units[row.customer, row.offer].append(row)
    return units


def passes(row: Row, funnel: Funnel) -> bool:
    filters = [
        (row.customer, funnel.customers),
        (row.offer, funnel.offers),
        (row.creative, funnel.creatives),
        (row.channel, funnel.channels),
        (row.direction, funnel.directions),
        (row.outcome, funnel.outcomes),
    ]
    dropped = row.customer in funnel.other_than_customers or row.channel in funnel.other_than_channels
    return not dropped and all(keys is None or key in keys for key, keys in filters)


def lowest_step(row: Row, funnel: Funnel) -> int:
    steps = [number for number, step in enumerate(funnel.steps) if row.type in step]
    return min(steps, default=len(funnel.steps))


def in_period(row: Row, funnel: Funnel) -> bool:
    not_before = funnel.from_ms is None or funnel.from_ms <= row.time
    return not_before and (funnel.to_ms is None or row.time < funnel.to_ms)


def in_window(first: Row, last: Row, funnel: Funnel) -> bool:
    return funnel.window_ms is None or last.time - first.time <= funnel.window_ms


def chain_pairs(lived: list[Row], funnel: Funnel) -> list[tuple[int, int, int]]:
    """(length, entry, completing row) of every valid chain, rows being places in `lived`."""
    return [
        (length, chain[0], chain[-1])
        for length in range(1, len(funnel.steps) + 1)
        for chain in combinations(range(len(lived)), length)
        if is_chain(chain, lived, funnel)
    ]


def is_chain(chain: tuple[int, ...], lived: list[Row], funnel: Funnel) -> bool:
    chosen = [lived[place] for place in chain]
    if not all(row.type in step for row, step in zip(chosen, funnel.steps, strict=False)):
        return False
    if not in_period(chosen[0], funnel) or not in_window(chosen[0], chosen[-1], funnel):
        return False
    if funnel.ties == "strict" and any(one.time >= other.time for one, other in pairwise(chosen)):
        return False
    for place in range(chain[0], chain[-1]):
        if place in chain:
            continue
        if lived[place].type in funnel.excluded:
            return False
        reached = sum(earlier < place for earlier in chain)
        if funnel.order == "strict" and not any(lived[place].type in step for step in funnel.steps[:reached]):
            return False
    return True


def any_order_pairs(lived: list[Row], funnel: Funnel) -> list[tuple[int, int, int]]:
    """(steps done, entry, last row counted) for every entry and every row up to which it may be looked at."""
    pairs = []
    for entry, last in places_in_order(len(lived)):
        stretch = lived[entry : last + 1]
        if lowest_step(stretch[0], funnel) == len(funnel.steps) or not in_period(stretch[0], funnel):
            continue
        if not in_window(stretch[0], stretch[-1], funnel) or any(row.type in funnel.excluded for row in stretch):
            continue
        done = sum(any(row.type in step for row in stretch) for step in funnel.steps)
        pairs += [(count, entry, last) for count in range(1, done + 1)]
    return pairs


def places_in_order(rows: int) -> Iterator[tuple[int, int]]:
    return ((entry, last) for entry in range(rows) for last in range(entry, rows))


def is_immature(lived: list[Row], funnel: Funnel, level: int, newest: int) -> bool:
    entries = [
        row.time
        for row in lived
        if in_period(row, funnel)
        and (row.type in funnel.steps[0] if funnel.order != "any" else lowest_step(row, funnel) < len(funnel.steps))
    ]
    return funnel.window_ms is not None and level < len(funnel.steps) and max(entries) + funnel.window_ms > newest


def journeys(rows: list[Row], keys: type[np.unsignedinteger] = np.uint8) -> SimpleNamespace:
    """The rows as the store lays them down, with `rows` the same rows in that order."""
    laid = sorted(rows, key=lambda row: (row.customer, row.time, row.id))
    customers = sorted({row.customer for row in rows})
    starts = [sum(row.customer < customer for row in rows) for customer in customers] + [len(rows)]
    return SimpleNamespace(
        rows=laid,
        starts=np.array(starts, np.int64),
        customer=np.array(customers, np.uint32),
        timestamp=np.array([row.time for row in laid], np.int64),
        **{name: np.array([getattr(row, name) for row in laid], keys) for name in COLUMNS},
    )
