"""The compiled funnel agrees with a brute-force search, whatever the query and the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.columns.funnel.plan import FunnelPlan
from data.columns.funnel.tally import FunnelCounts, compile_kernel, count_funnel
from queries.asking.funnel import Order
from tests.funnel_oracle import (
    Expected,
    Row,
    expected_events,
    expected_tie_dependent,
    expected_units,
    journeys,
)

Units = dict[tuple[int, int], Expected]

NEVER_OCCURS = 9
TYPES = [1, 2, 3] * 4 + [NEVER_OCCURS]
FILTERS = ["offers", "creatives", "channels", "directions", "outcomes"]
KEY_SETS = [frozenset(keys) for keys in ([], [1], [1, 2], [0, 2, 5])]
KEY_WIDTHS = [np.uint8, np.uint16, np.uint32]
NEWEST = 8

# Logs and plans are drawn from a seed, not field by field: fast enough to meet the rare cases, long chains.
seeds = st.randoms(use_true_random=True)


def random_log(drawn: Random) -> list[Row]:
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


def random_plan(
    drawn: Random, orders: Sequence[Order] = ("ordered", "strict", "any"), exclusions: bool = True
) -> FunnelPlan:
    order = drawn.choice(orders)
    steps = random_steps(drawn) if order != "any" else random_separate_steps(drawn)
    excluded = drawn.choice([[], [], [4], [3, 4], [0]]) if exclusions else []
    filters = drawn.sample(FILTERS, 2) if drawn.random() < 0.1 else []
    return FunnelPlan(
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


logs, plans = seeds.map(random_log), seeds.map(random_plan)
plans_in = {order: seeds.map(partial(random_plan, orders=[order])) for order in ("ordered", "strict", "any")}
plans_without_foreign_rows = seeds.map(partial(random_plan, orders=["ordered", "any"], exclusions=False))


@pytest.fixture(scope="module", autouse=True)
def _warm_kernel() -> None:
    compile_kernel()


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_the_kernel_finds_what_a_brute_force_search_finds(order: str) -> None:
    @settings(deadline=None, max_examples=2500)
    @given(logs, plans_in[order], st.integers(0, 4), st.sampled_from(KEY_WIDTHS))
    def agree(log: list[Row], plan: FunnelPlan, later: int, keys: type[np.unsignedinteger]) -> None:
        newest = NEWEST + later
        laid = journeys(log, keys)
        tally = count_funnel(laid, plan, newest, list_units=True)
        if plan.as_of_ms is not None:
            # As it stood then: without the rows that had not come yet.
            log, newest = [row for row in log if row.time <= plan.as_of_ms], min(newest, plan.as_of_ms)
        expected = expected_units(log, plan, newest)
        assert tally.events.tolist() == expected_events(log, plan)
        assert tally.tie_dependent.tolist() == expected_tie_dependent(log, plan, newest)
        assert_same_steps(tally, expected, plan)
        assert_same_units(tally, expected, plan, laid)

    agree()


def assert_same_steps(tally: FunnelCounts, expected: Units, plan: FunnelPlan) -> None:
    for step in range(1, len(plan.steps) + 1):
        chains = [unit.chains[step - 1] for unit in expected.values() if unit.level >= step]
        assert tally.reached[step - 1] == len(chains)
        if step > 1:
            times = sorted(tally.milliseconds[step - 2].tolist())
            assert times == sorted(reach.time - entry.time for entry, reach in chains)
    immature = sum(unit.immature for unit in expected.values())
    assert tally.immature == (None if plan.window_ms is None else immature)


def assert_same_units(tally: FunnelCounts, expected: Units, plan: FunnelPlan, laid: SimpleNamespace) -> None:
    units = tally.units
    found = {}
    for nth, (entry, reach) in enumerate(zip(units.entry, units.reach, strict=True)):
        entry, reach = laid.rows[entry], laid.rows[reach]
        assert entry.customer == laid.customer[units.customer[nth]]
        unit = entry.customer, entry.offer if plan.unit == "customer_offer" else 0
        assert unit not in found
        found[unit] = units.level[nth], entry, reach, units.immature[nth]
    assert found == {unit: (one.level, *one.chains[-1], one.immature) for unit, one in expected.items()}


@settings(deadline=None)
@given(logs, plans, st.integers(1, 8))
def test_a_longer_window_never_loses_a_unit(log: list[Row], plan: FunnelPlan, more: int) -> None:
    shorter = replace(plan, window_ms=plan.window_ms or 1)
    longer = replace(shorter, window_ms=shorter.window_ms + more)
    assert_never_less(log, shorter, longer)
    assert_never_less(log, longer, replace(plan, window_ms=None))


@settings(deadline=None)
@given(logs, plans_without_foreign_rows, st.sampled_from(KEY_SETS))
def test_a_filter_never_adds_units_where_no_row_can_end_an_attempt(log, plan: FunnelPlan, channels) -> None:
    """Not so with order strict or exclusions: there a filter may take away the row that ends an attempt."""
    assert_never_less(log, replace(plan, channels=channels), replace(plan, channels=None))


@settings(deadline=None)
@given(logs, plans)
def test_a_funnel_never_widens_from_step_to_step(log: list[Row], plan: FunnelPlan) -> None:
    assert np.all(np.diff(count_funnel(journeys(log), plan, NEWEST).reached) <= 0)


def assert_never_less(log: list[Row], narrower: FunnelPlan, wider: FunnelPlan) -> None:
    """Each unit gets as far under the wider plan as under the narrower."""
    laid = journeys(log)
    least, most = unit_levels(laid, narrower), unit_levels(laid, wider)
    assert all(most.get(unit, 0) >= level for unit, level in least.items())


def unit_levels(laid: SimpleNamespace, plan: FunnelPlan) -> dict[tuple[int, int], int]:
    units = count_funnel(laid, plan, NEWEST, list_units=True).units
    offers = laid.offer[units.entry] if plan.unit == "customer_offer" else np.zeros_like(units.entry)
    names = zip(units.customer.tolist(), offers.tolist(), strict=True)
    return dict(zip(names, units.level.tolist(), strict=True))
