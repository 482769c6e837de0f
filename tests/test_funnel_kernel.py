"""What a funnel counts, on logs small enough to follow by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest

from data.columns import row_filter
from data.columns.funnel import chunk, kernel
from data.columns.funnel.plan import FunnelPlan
from data.columns.funnel.tally import compile_kernel, count_funnel
from tests.funnel_oracle import Row, expected_units, journeys

SECOND = 1000
LATER = 10_000 * SECOND

EITHER_ORDER = [("A1 B1", "A B", (2, 2, 1)), ("B1 A1", "A B", (2, 2, 1))]
CASES = [
    *EITHER_ORDER,
    ("A1 A2 B2", "A B", (2, 2, 2)),
    ("A1", "A A", (1, 1, 1)),
    ("A1 A2", "A A", (2, 2, 2)),
    ("A1 B101", "A B", (2, 2, 2)),
    ("A1 B102", "A B", (1, 1, 1)),
    ("A1 B50 A60 C120", "A B C", (2, 2, 2)),
    ("A1 B50 A60 B70 C120", "A B C", (3, 3, 3)),
    ("A1 D2 B3 C4", "A B C", (3, 1, 3)),
    ("A1 A2 B3 B4 C5 C6", "A B C", (3, 3, 3)),
    ("A1 A2 B3 B4 D5 C6", "A B C", (3, 2, 3)),
    ("B1 B2 C3 A4", "A B C", (1, 1, 1)),
    ("A1 B2 D3 C4", "A B C", (3, 2, 3)),
    ("A1 D2 A3 B4 C5", "A B C", (3, 3, 3)),
    ("A1 C2 B3 C4", "A B C", (3, 1, 3)),
]
SHARED_TYPES = [
    ("A1 B2", "A B B", (2, 2, 2)),
    ("A1 B2 A50 B102", "A B B", (2, 2, 2)),
    ("A1 A2 B2", "A A|B B", (3, 3, 2)),
    ("B1 A2 B3 B4", "A|B B A|B", (3, 3, 3)),
    ("A1 A1 A1", "A A A", (3, 3, 1)),
]
MANY_TIES = [
    ("A1 C2 B3 C9 C9", "A B C", (3, 1, 3)),
    ("A1 A2 B2 C2 C3", "A B C", (3, 3, 3)),
    ("A1 B2 D2 C3", "A B C", (3, 2, 3)),
    ("A1 B2 C2 C3", "A B C", (3, 3, 3)),
]
ANY_ORDER = [("B1 A5", 2), ("C1 A90 B102", 2), ("C1 A90 B101", 3)]
EXCLUSIONS = [
    ("A1 X2 B3", "A B", 1),
    ("A1 X2 A3 B4", "A B", 2),
    ("A1 B2 X3 C4", "A B C", 2),
    ("A1 X1 B1", "A B", 2),
    ("X1 A1 B2", "A B", 1),
    ("X1 A2 B3", "A B", 2),
]


def key(letter: str) -> int:
    return ord(letter) - ord("A") + 1


def log(text: str) -> list[Row]:
    """One unit's rows, such as "A1 B20": type A at second 1, B at second 20, in order of arrival."""
    return [
        Row(id=nth, time=int(word[1:]) * SECOND, type=key(word[0]))
        for nth, word in enumerate(text.split(), start=1)
    ]


def plan(steps: str, **fields) -> FunnelPlan:
    """The plan of steps such as "A B|C", within 100 s unless told otherwise."""
    keys = tuple(frozenset(key(letter) for letter in step.split("|")) for step in steps.split())
    return FunnelPlan(keys, **({"window_ms": 100 * SECOND} | fields))


def compiled_level(rows: list[Row], query: FunnelPlan) -> int:
    return int(count_funnel(journeys(rows), query, LATER).reached.sum())


def searched_level(rows: list[Row], query: FunnelPlan) -> int:
    return sum(unit.level for unit in expected_units(rows, query, LATER).values())


levels = pytest.mark.parametrize("level", [compiled_level, searched_level])
Level = Callable[[list[Row], FunnelPlan], int]


@levels
@pytest.mark.parametrize(("rows", "steps", "expected"), CASES + SHARED_TYPES + MANY_TIES)
def test_a_unit_reaches_the_step_that_the_definition_says(level: Level, rows, steps, expected) -> None:
    queries = [plan(steps), plan(steps, order="strict"), plan(steps, ties="strict")]
    assert tuple(level(log(rows), query) for query in queries) == expected


@levels
@pytest.mark.parametrize(("rows", "expected"), ANY_ORDER)
def test_in_any_order_a_unit_did_as_many_steps_as_fit_one_window(level: Level, rows, expected) -> None:
    assert level(log(rows), plan("A B C", order="any")) == expected


@levels
@pytest.mark.parametrize(("rows", "steps", "expected"), EXCLUSIONS)
def test_an_excluded_row_ends_an_attempt_and_takes_nothing_back(level: Level, rows, steps, expected) -> None:
    assert level(log(rows), plan(steps, excluded=frozenset({key("X")}))) == expected


@levels
def test_in_any_order_an_excluded_row_ends_an_attempt_too(level: Level) -> None:
    query = plan("A B C", order="any", excluded=frozenset({key("X")}))
    assert level(log("A1 B2 X3 C4"), query) == 2
    assert level(log("A1 X2 C3 B4 A5"), query) == 3
    assert level(log("A1 X2 B3 C4"), replace(query, to_ms=2 * SECOND)) == 1


@levels
def test_a_step_of_a_type_that_never_occurs_counts_nothing(level: Level) -> None:
    query = replace(plan("A B C"), steps=(frozenset({key("A")}), frozenset(), frozenset({key("C")})))
    assert level(log("A1 C2"), query) == 1


@levels
def test_only_the_entry_must_lie_in_the_period(level: Level) -> None:
    rows = log("A1 A10 B30")
    assert level(rows, plan("A B", from_ms=10 * SECOND, to_ms=11 * SECOND)) == 2
    assert level(rows, plan("A B", from_ms=11 * SECOND)) == 0
    assert level(rows, plan("A B", to_ms=1 * SECOND)) == 0
    any_order = plan("A B C", order="any", to_ms=5 * SECOND)
    assert level(log("A1 B5 C6"), any_order) == 3
    assert level(log("A1 B5 C6"), replace(any_order, window_ms=3 * SECOND)) == 1


def test_the_chosen_chain_is_the_earliest_reach_from_the_latest_entry() -> None:
    rows = log("A1 A5 B20 A21 C30 B40 C50")
    units = count_funnel(journeys(rows), plan("A B C"), LATER, list_units=True).units
    assert (units.level.tolist(), units.entry.tolist(), units.reach.tolist()) == ([3], [1], [4])


def test_time_to_a_step_has_a_chain_of_its_own() -> None:
    rows = log("A1 B50 A60 B70 C120")
    to_second, to_third = count_funnel(journeys(rows), plan("A B C"), LATER).milliseconds
    assert to_second.tolist() == [49 * SECOND]
    assert to_third.tolist() == [60 * SECOND]


def test_a_chain_within_one_instant_takes_no_time() -> None:
    for rows in ("B1 A1", "A1 B2 A2", "A1 B2 D2 A2"):
        (to_second,) = count_funnel(journeys(log(rows)), plan("A B"), LATER).milliseconds
        assert to_second.tolist() == [0]


def test_in_any_order_the_entry_is_the_latest_that_allows_as_many_steps() -> None:
    rows = log("A1 B10 A20 B30")
    units = count_funnel(journeys(rows), plan("A B", order="any"), LATER, list_units=True).units
    assert (units.entry.tolist(), units.reach.tolist()) == ([0], [1])
    narrow = plan("A B", order="any", window_ms=5 * SECOND)
    units = count_funnel(journeys(rows), narrow, LATER, list_units=True).units
    assert (units.level.tolist(), units.entry.tolist(), units.reach.tolist()) == ([1], [0], [0])


def test_events_are_rows_of_a_step_in_the_period_whether_or_not_a_unit_reached_it() -> None:
    rows = log("B1 A2 B3 B4 C5 A9")
    tally = count_funnel(journeys(rows), plan("A B|C B", from_ms=2 * SECOND, to_ms=9 * SECOND), LATER)
    assert tally.events.tolist() == [1, 3, 2]


def test_a_unit_depends_on_ties_where_strict_ties_would_lose_it() -> None:
    rows = [*log("A1 B1 C2"), *(replace(row, id=row.id + 10, customer=2) for row in log("A1 A2 B2 C2"))]
    for ties, reached in (("include", [2, 2, 2]), ("strict", [2, 1, 0])):
        tally = count_funnel(journeys(rows), plan("A B C", ties=ties), LATER)
        assert tally.reached.tolist() == reached
        assert tally.tie_dependent.tolist() == [0, 1, 2]


def test_a_unit_is_immature_while_its_latest_entry_may_still_convert() -> None:
    rows = journeys(log("A1 A50"))
    assert count_funnel(rows, plan("A B"), 149 * SECOND).immature == 1
    assert count_funnel(rows, plan("A B"), 150 * SECOND).immature == 0
    assert count_funnel(rows, plan("A A"), 149 * SECOND).immature == 0
    assert count_funnel(rows, plan("A B", order="any"), 149 * SECOND).immature == 1
    assert count_funnel(rows, plan("A B", to_ms=50 * SECOND), 149 * SECOND).immature == 0
    assert count_funnel(rows, plan("A B", window_ms=None), 149 * SECOND).immature is None


def test_an_impression_of_one_offer_and_a_conversion_of_another_is_no_conversion() -> None:
    impression, conversion = log("A1 B2")
    rows = journeys([impression, replace(conversion, offer=2)])
    assert count_funnel(rows, plan("A B"), LATER).reached.tolist() == [1, 0]
    assert count_funnel(rows, plan("A B", unit="customer"), LATER).reached.tolist() == [1, 1]


def test_rows_without_an_offer_are_events_but_no_unit_of_customer_and_offer() -> None:
    rows = journeys([replace(row, offer=0) for row in log("A1 B2")])
    tally = count_funnel(rows, plan("A B"), LATER)
    assert tally.reached.tolist() == [0, 0]
    assert tally.events.tolist() == [1, 1]
    assert count_funnel(rows, plan("A B", unit="customer"), LATER).reached.tolist() == [1, 1]


def test_an_empty_log_and_customers_nobody_knows_count_zero() -> None:
    nobody = plan("A B", customers=frozenset({99}))
    for rows, query in (([], plan("A B")), (log("A1 B2"), nobody)):
        tally = count_funnel(journeys(rows), query, 0, list_units=True)
        assert tally.reached.tolist() == tally.events.tolist() == tally.tie_dependent.tolist() == [0, 0]
        assert (tally.immature, len(tally.milliseconds[0]), len(tally.units.level)) == (0, 0, 0)


def test_a_filter_on_customers_leaves_out_those_between() -> None:
    rows = [
        replace(row, id=10 * customer + row.id, customer=customer)
        for customer in (1, 2, 3)
        for row in log("A1 B2")
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
        laid = journeys(log("A1 B2 A5 B5"), keys)
        laid.type.flags.writeable = laid.timestamp.flags.writeable = False
        for order in ("ordered", "strict", "any"):
            for narrowed in ({}, {"channels": frozenset({1}), "customers": frozenset({1})}):
                for unit in ("customer", "customer_offer"):
                    count_funnel(laid, plan("A B", order=order, unit=unit, window_ms=None, **narrowed), 0)
    assert [len(dispatcher.signatures) for dispatcher in dispatchers] == before == [3, 3, 1, 1, 1, 1]
