"""The insides of the embedded engine's funnel: the rows it chooses, its chunks, its keys of any width, its compiled parts.

What every engine has to answer is asked through the port elsewhere: test_funnel_meaning.py, test_funnel_oracle.py, test_funnel_answer.py.
"""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.columns import row_filter
from data.columns.funnel import chunk, kernel
from data.columns.funnel.plan import FunnelPlan
from data.columns.funnel.tally import compile_kernel, count_funnel
from tests.funnel_draws import random_funnel, random_rows
from tests.funnel_oracle import COLUMNS, Funnel, Row, as_of, expected_units, journeys
from tests.unit_rows import SECOND, funnel, key, unit_rows

LATER = 10_000 * SECOND

def plan(steps: str, **fields) -> FunnelPlan:
    """The plan of steps such as "A B|C", within 100 s unless told otherwise."""
    return planned(funnel(steps, **fields))


def planned(asked: Funnel) -> FunnelPlan:
    fields = vars(asked).copy()
    # A plan's filters are the keys that pass, whatever a selection says of others.
    assert not fields.pop("other_than_channels")
    excluded = fields.pop("other_than_customers")
    if asked.customers is None:
        fields["excluded_customers"] = excluded
    else:
        fields["customers"] -= excluded
    filters = {column: fields.pop(f"{column}s") for column in COLUMNS if column != "type"}
    return FunnelPlan(**fields, filters=tuple((column, keys) for column, keys in filters.items() if keys is not None))


@settings(deadline=None, max_examples=1500)
@given(st.randoms(use_true_random=True), st.integers(0, 4), st.sampled_from([np.uint8, np.uint16, np.uint32]))
def test_the_chosen_rows_are_those_of_a_brute_force_search_whatever_the_width_of_keys(drawn, later: int, keys) -> None:
    rows, asked = random_rows(drawn), random_funnel(drawn)
    newest = 8 + later if asked.as_of_ms is None else min(8 + later, asked.as_of_ms)
    laid = journeys(rows, keys)
    tally = count_funnel(laid, planned(asked), 8 + later, list_units=True)
    expected, units = expected_units(as_of(rows, asked), asked, newest), tally.units
    found = {}
    for nth, (entry, reach) in enumerate(zip(units.entry, units.reach, strict=True)):
        entry, reach = laid.rows[entry], laid.rows[reach]
        assert entry.customer == laid.customer[units.customer[nth]]
        unit = entry.customer, entry.offer if asked.unit == "customer_offer" else 0
        assert unit not in found
        found[unit] = units.level[nth], entry, reach, units.immature[nth]
    assert found == {unit: (one.level, *one.chains[-1], one.immature) for unit, one in expected.items()}
    for step, times in enumerate(tally.milliseconds, start=1):
        chains = [unit.chains[step] for unit in expected.values() if unit.level > step]
        assert sorted(times.tolist()) == sorted(reach.time - entry.time for entry, reach in chains)


def test_the_chosen_chain_is_the_earliest_reach_from_the_latest_entry() -> None:
    rows = unit_rows("A1 A5 B20 A21 C30 B40 C50")
    units = count_funnel(journeys(rows), plan("A B C"), LATER, list_units=True).units
    assert (units.level.tolist(), units.entry.tolist(), units.reach.tolist()) == ([3], [1], [4])


def test_time_to_a_step_has_a_chain_of_its_own() -> None:
    rows = unit_rows("A1 B50 A60 B70 C120")
    to_second, to_third = count_funnel(journeys(rows), plan("A B C"), LATER).milliseconds
    assert to_second.tolist() == [49 * SECOND]
    assert to_third.tolist() == [60 * SECOND]


def test_a_chain_within_one_instant_takes_no_time() -> None:
    for rows in ("B1 A1", "A1 B2 A2", "A1 B2 D2 A2"):
        (to_second,) = count_funnel(journeys(unit_rows(rows)), plan("A B"), LATER).milliseconds
        assert to_second.tolist() == [0]


def test_in_any_order_the_entry_is_the_latest_that_allows_as_many_steps() -> None:
    rows = unit_rows("A1 B10 A20 B30")
    units = count_funnel(journeys(rows), plan("A B", order="any"), LATER, list_units=True).units
    assert (units.entry.tolist(), units.reach.tolist()) == ([0], [1])
    narrow = plan("A B", order="any", window_ms=5 * SECOND)
    units = count_funnel(journeys(rows), narrow, LATER, list_units=True).units
    assert (units.level.tolist(), units.entry.tolist(), units.reach.tolist()) == ([1], [0], [0])


def test_events_are_rows_of_a_step_in_the_period_whether_or_not_a_unit_reached_it() -> None:
    rows = unit_rows("B1 A2 B3 B4 C5 A9")
    tally = count_funnel(journeys(rows), plan("A B|C B", from_ms=2 * SECOND, to_ms=9 * SECOND), LATER)
    assert tally.events.tolist() == [1, 3, 2]


def test_a_unit_depends_on_ties_where_strict_ties_would_lose_it() -> None:
    rows = [*unit_rows("A1 B1 C2"), *(replace(row, id=row.id + 10, customer=2) for row in unit_rows("A1 A2 B2 C2"))]
    for ties, reached in (("include", [2, 2, 2]), ("strict", [2, 1, 0])):
        tally = count_funnel(journeys(rows), plan("A B C", ties=ties), LATER)
        assert tally.reached.tolist() == reached
        assert tally.tie_dependent.tolist() == [0, 1, 2]


def test_a_unit_is_immature_while_its_latest_entry_may_still_convert() -> None:
    rows = journeys(unit_rows("A1 A50"))
    assert count_funnel(rows, plan("A B"), 149 * SECOND).immature == 1
    assert count_funnel(rows, plan("A B"), 150 * SECOND).immature == 0
    assert count_funnel(rows, plan("A A"), 149 * SECOND).immature == 0
    assert count_funnel(rows, plan("A B", order="any"), 149 * SECOND).immature == 1
    assert count_funnel(rows, plan("A B", to_ms=50 * SECOND), 149 * SECOND).immature == 0
    assert count_funnel(rows, plan("A B", window_ms=None), 149 * SECOND).immature is None


def test_an_impression_of_one_offer_and_a_conversion_of_another_is_no_conversion() -> None:
    impression, conversion = unit_rows("A1 B2")
    rows = journeys([impression, replace(conversion, offer=2)])
    assert count_funnel(rows, plan("A B"), LATER).reached.tolist() == [1, 0]
    assert count_funnel(rows, plan("A B", unit="customer"), LATER).reached.tolist() == [1, 1]


def test_rows_without_an_offer_are_events_but_no_unit_of_customer_and_offer() -> None:
    rows = journeys([replace(row, offer=0) for row in unit_rows("A1 B2")])
    tally = count_funnel(rows, plan("A B"), LATER)
    assert tally.reached.tolist() == [0, 0]
    assert tally.events.tolist() == [1, 1]
    assert count_funnel(rows, plan("A B", unit="customer"), LATER).reached.tolist() == [1, 1]


def test_an_empty_log_and_customers_nobody_knows_count_zero() -> None:
    nobody = plan("A B", customers=frozenset({99}))
    for rows, query in (([], plan("A B")), (unit_rows("A1 B2"), nobody)):
        tally = count_funnel(journeys(rows), query, 0, list_units=True)
        assert tally.reached.tolist() == tally.events.tolist() == tally.tie_dependent.tolist() == [0, 0]
        assert (tally.immature, len(tally.milliseconds[0]), len(tally.units.level)) == (0, 0, 0)


def test_a_filter_on_customers_leaves_out_those_between() -> None:
    rows = [
        replace(row, id=10 * customer + row.id, customer=customer)
        for customer in (1, 2, 3)
        for row in unit_rows("A1 B2")
    ]
    tally = count_funnel(journeys(rows), plan("A B", customers=frozenset({1, 3})), LATER, list_units=True)
    assert tally.events.tolist() == [2, 2]
    assert tally.units.customer.tolist() == [0, 2]
    assert tally.units.entry.tolist() == [0, 4]


def test_answers_do_not_depend_on_where_chunks_end(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = np.random.default_rng(5).integers((0, 1, 1, 0), (60, 5, 40, 3), (600, 4))
    rows = [
        Row(nth, time, kind, customer, offer)
        for nth, (time, kind, customer, offer) in enumerate(fields.tolist())
    ]
    laid, query = journeys(rows), plan("A B C", window_ms=20, excluded=frozenset({key("D")}))
    whole = count_funnel(laid, query, 60, list_units=True)
    for rows_in_chunk in (1, 7, 50):
        monkeypatch.setattr(chunk, "CHUNK_ROWS", rows_in_chunk)
        assert len(list(chunk.chunks(laid, None))) > 3
        cut = count_funnel(laid, query, 60, list_units=True)
        for times in (*cut.milliseconds, *whole.milliseconds):
            times.sort()
        np.testing.assert_equal(asdict(cut), asdict(whole))


def test_a_customer_of_a_million_rows_and_a_thousand_offers_is_counted_whole() -> None:
    rounds, offers = 500, 1000
    offer = np.tile(np.arange(1, offers + 1, dtype=np.uint16), 2 * rounds)
    types = np.repeat(np.array([key("A"), key("B")] * rounds, np.uint8), offers)
    types[(types == key("B")) & (offer % 2 == 0)] = key("D")
    laid = journeys([])
    laid.starts, laid.customer = np.array([0, len(types)], np.int64), np.array([1], np.uint32)
    laid.timestamp, laid.type, laid.offer = np.arange(len(types), dtype=np.int64), types, offer
    tally = count_funnel(laid, plan("A B"), LATER, list_units=True)
    assert tally.reached.tolist() == [1000, 500]
    assert tally.events.tolist() == [500_000, 250_000]
    assert set(tally.milliseconds[0].tolist()) == {1000}


def test_nothing_is_compiled_once_warm() -> None:
    compile_kernel()
    dispatchers = [
        kernel.write_codes, row_filter.drop_rows, kernel.count_events, kernel.walk_chains, kernel.walk_tied_chains, kernel.walk_sets,
    ]
    before = [len(dispatcher.signatures) for dispatcher in dispatchers]
    for keys in (np.uint8, np.uint16, np.uint32):
        laid = journeys(unit_rows("A1 B2 A5 B5"), keys)
        laid.type.flags.writeable = laid.timestamp.flags.writeable = False
        for order in ("ordered", "strict", "any"):
            for narrowed in ({}, {"channels": frozenset({1}), "customers": frozenset({1})}):
                for unit in ("customer", "customer_offer"):
                    count_funnel(laid, plan("A B", order=order, unit=unit, window_ms=None, **narrowed), 0)
    assert [len(dispatcher.signatures) for dispatcher in dispatchers] == before == [3, 3, 1, 1, 1, 1]
