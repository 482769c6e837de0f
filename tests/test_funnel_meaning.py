"""What a funnel means, on units small enough to follow by hand: every engine says so, and the brute-force search does too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.funnel_logs import RandomLog, loaded, query_of
from tests.funnel_oracle import Funnel, expected_units
from tests.logs import ENGINES, Log
from tests.unit_rows import SECOND, funnel, key, unit_rows

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


# The rows of a unit, and a funnel: the furthest step that the unit reaches, 0 without an entry.
Level = Callable[[str, Funnel], int]

OTHERS = ["A1 B2 X3 C4", "A1 X2 C3 B4 A5", "A1 X2 B3 C4", "A1 C2", "A1 A10 B30", "A1 B5 C6"]
TEXTS = sorted({*OTHERS, *(case[0] for case in CASES + SHARED_TYPES + MANY_TIES + ANY_ORDER + EXCLUSIONS)})


def searched_level(rows: str, funnel: Funnel) -> int:
    return sum(unit.level for unit in expected_units(unit_rows(rows), funnel, 0).values())


@pytest.fixture(scope="module", params=["brute force", *sorted(ENGINES)])
def level(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Level]:
    """How far a unit comes, as one of those who count says: each unit is alone in a log of its own."""
    if request.param == "brute force":
        yield searched_level
        return
    with Log(tmp_path_factory.mktemp("units"), request.param) as log:
        loaded(log, [RandomLog(text, unit_rows(text)) for text in TEXTS])
        with log.snapshot() as snapshot:
            yield lambda rows, funnel: sum(snapshot.tenant(rows).funnel(query_of(funnel, rows)).reached)


@pytest.mark.parametrize(("rows", "steps", "expected"), CASES + SHARED_TYPES + MANY_TIES)
def test_a_unit_reaches_the_step_that_the_definition_says(level: Level, rows, steps, expected) -> None:
    queries = [funnel(steps), funnel(steps, order="strict"), funnel(steps, ties="strict")]
    assert tuple(level(rows, query) for query in queries) == expected


@pytest.mark.parametrize(("rows", "expected"), ANY_ORDER)
def test_in_any_order_a_unit_did_as_many_steps_as_fit_one_window(level: Level, rows, expected) -> None:
    assert level(rows, funnel("A B C", order="any")) == expected


@pytest.mark.parametrize(("rows", "steps", "expected"), EXCLUSIONS)
def test_an_excluded_row_ends_an_attempt_and_takes_nothing_back(level: Level, rows, steps, expected) -> None:
    assert level(rows, funnel(steps, excluded=frozenset({key("X")}))) == expected


def test_in_any_order_an_excluded_row_ends_an_attempt_too(level: Level) -> None:
    query = funnel("A B C", order="any", excluded=frozenset({key("X")}))
    assert level("A1 B2 X3 C4", query) == 2
    assert level("A1 X2 C3 B4 A5", query) == 3
    assert level("A1 X2 B3 C4", replace(query, to_ms=2 * SECOND)) == 1


def test_a_step_of_a_type_that_never_occurs_counts_nothing(level: Level) -> None:
    query = replace(funnel("A B C"), steps=(frozenset({key("A")}), frozenset(), frozenset({key("C")})))
    assert level("A1 C2", query) == 1


def test_only_the_entry_must_lie_in_the_period(level: Level) -> None:
    rows = "A1 A10 B30"
    assert level(rows, funnel("A B", from_ms=10 * SECOND, to_ms=11 * SECOND)) == 2
    assert level(rows, funnel("A B", from_ms=11 * SECOND)) == 0
    assert level(rows, funnel("A B", to_ms=1 * SECOND)) == 0
    any_order = funnel("A B C", order="any", to_ms=5 * SECOND)
    assert level("A1 B5 C6", any_order) == 3
    assert level("A1 B5 C6", replace(any_order, window_ms=3 * SECOND)) == 1
