"""Rows and funnels for the brute-force search: small, and crowded with what is hard to count."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.funnel_oracle import Funnel, Row

NEVER_OCCURS = 9
TYPES = [1, 2, 3] * 4 + [NEVER_OCCURS]
ORDERS = ("ordered", "strict", "any")
FILTERS = ["offers", "creatives", "channels", "directions", "outcomes"]
KEY_SETS = [frozenset(keys) for keys in ([], [1], [1, 2], [0, 2, 5])]


def random_rows(drawn: Random) -> list[Row]:
    """Rows mostly of one unit, close enough for ties, ids in any order; types 0 and 4 are in no step or few."""
    size = drawn.choice([0, 2, 5, 7, 8, 9, 9])
    last = drawn.choice([2, 5, 7])
    return [
        Row(
            id=arrival,
            time=drawn.randint(0, last),
            type=drawn.choice([1, 2, 3] * 4 + [4, 0]),
            customer=drawn.choice([3] * 12 + [7]),
            offer=drawn.choice([1] * 12 + [2, 0]),
            creative=drawn.randint(0, 2),
            channel=drawn.randint(0, 2),
            direction=drawn.randint(0, 2),
            outcome=drawn.randint(0, 2),
        )
        for arrival in drawn.sample(range(size), size)
    ]


def random_funnel(drawn: Random, orders: Sequence[str] = ORDERS, exclusions: bool = True) -> Funnel:
    order = drawn.choice(orders)
    steps = random_steps(drawn) if order != "any" else random_separate_steps(drawn)
    excluded = drawn.choice([[], [], [4], [3, 4], [0]]) if exclusions else []
    filters = drawn.sample(FILTERS, 2) if drawn.random() < 0.1 else []
    return Funnel(
        steps=tuple(steps),
        unit=drawn.choice(["customer", "customer_offer"]),
        window_ms=drawn.choice([None, 1, 2, 3, 5]),
        order=order,
        ties=drawn.choice(["include", "strict"]),
        excluded=frozenset(excluded).difference(*steps),
        from_ms=drawn.choice([None] * 6 + [0, 1, 3]),
        to_ms=drawn.choice([None] * 6 + [1, 3, 6]),
        as_of_ms=drawn.choice([None] * 4 + [0, 2, 3, 5, 20]),
        customers=drawn.choice([None] * 12 + [frozenset({3}), frozenset({5, 7})]),
        other_than_customers=frozenset(drawn.choice([()] * 8 + [(3,), (5, 7)])),
        **{name: drawn.choice(KEY_SETS) for name in filters},
    )


def random_steps(drawn: Random) -> list[frozenset[int]]:
    return [frozenset(drawn.sample(TYPES, drawn.choice([1, 1, 2]))) for _ in range(drawn.randint(2, 4))]


def random_separate_steps(drawn: Random) -> list[frozenset[int]]:
    """Steps that share no type, some perhaps without any."""
    steps = drawn.randint(2, 4)
    step_of_type = {kind: drawn.randint(0, steps) for kind in (1, 2, 3, 4)}
    return [
        frozenset(kind for kind, its_step in step_of_type.items() if its_step == step) for step in range(steps)
    ]
