from __future__ import annotations

from decimal import Decimal, localcontext
from math import fsum, isfinite

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.columns.amounts import amounts_of
from data.columns.tally_scan import add_amounts, count_rows_and_customers

ONE_CELL = np.zeros(100, np.uint32)
PLACES = np.arange(100, dtype=np.uint32)


def total(values: list[float], cut: int = 0) -> float | None:
    """The sum of some values, those before the cut counted apart from the others."""
    every, sums = amounts_of(np.array(values)), []
    for part in (slice(0, cut), slice(cut, len(values))):
        counted = np.zeros((1, every.width), np.int64)
        rows = PLACES[:len(values[part])]
        add_amounts(ONE_CELL, PLACES, len(rows), 0, rows, every.first[part], every.limbs[part], counted)
        sums.append(counted[0])
    return every.number((sums[0] + sums[1]).tolist())


def exact(texts: list[str]) -> float | None:
    """The double nearest to the sum of decimals as they are written; None where there is none."""
    with localcontext(prec=2000):
        found = float(sum(map(Decimal, texts), Decimal(0)))
    return found + 0.0 if isfinite(found) else None


written = st.one_of(
    st.decimals(-10**9, 10**9, allow_nan=False, allow_infinity=False, places=2),
    st.decimals(-10**6, 10**6, allow_nan=False, allow_infinity=False, places=6),
    st.integers(-2**53, 2**53),
).map(str)


@given(texts=st.lists(written, max_size=90), cut=st.integers(0, 90))
def test_a_sum_is_that_of_the_decimals_as_they_are_written(texts: list[str], cut: int) -> None:
    assert total([float(text) for text in texts], cut) == exact(texts)


@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=90), cut=st.integers(0, 90))
def test_a_sum_of_any_doubles_is_that_of_their_shortest_decimals(values: list[float], cut: int) -> None:
    assert total(values, cut) == exact([repr(value) for value in values])


@given(values=st.lists(st.integers(-2**53, 2**53).map(float), max_size=90))
def test_a_sum_of_whole_numbers_is_rounded_once(values: list[float]) -> None:
    assert total(values) == fsum(values)


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_one_value_sums_to_itself(value: float) -> None:
    assert total([value]) == value


@pytest.mark.parametrize(("values", "expected"), [
    ([], 0.0),
    ([0.1, 0.2], 0.3),
    ([0.1] * 10, 1.0),
    ([9_999_999.99, -9_999_999.98], 0.01),
    ([1e300, 1.0, -1e300], 1.0),
    ([123_456_789_012.34, 0.01], 123_456_789_012.35),
    ([1_234_567_890_123_457.0], 1_234_567_890_123_457.0),
    ([1_000_000_000_000_001.0, 1_000_000_000_000_001.0], 2_000_000_000_000_002.0),
    ([12_345_678_901_234.56], 12_345_678_901_234.56),
    ([0.30000000000000004], 0.30000000000000004),
    ([1e308, 1e308], None),
    ([1e308, 1e308, -1e308], 1e308),
    ([-0.5, 0.5], 0.0),
    ([100.1, -100.1], 0.0),
    ([5e-324], 5e-324),
])
def test_sums_keep_every_digit(values: list[float], expected: float | None) -> None:
    assert total(values) == expected


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_only_values_of_places_that_count_are_added_each_to_its_cell(passing: set[int], valued: set[int]) -> None:
    # The piece begins at row 1000; the cell of a place is its last digit, the value of a row the row's own number.
    places, rows = np.array(sorted(passing), np.uint32), np.array(sorted(valued), np.uint32) + np.uint32(1000)
    cells, every = places % np.uint32(10), amounts_of(rows.astype(float))
    sums = np.zeros((10, every.width), np.int64)
    add_amounts(cells, places, len(places), 1000, rows, every.first, every.limbs, sums)
    expected = [sum(1000.0 + place for place in passing & valued if place % 10 == cell) for cell in range(10)]
    assert [every.number(limbs) for limbs in sums.tolist()] == expected


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_rows_are_counted_by_cell_and_class_and_customers_once_a_cell(dtype: type) -> None:
    # Customers 0 to 2 have rows 0-3, 4 and 5-8; the cells are 0 and 1.
    starts = np.array([0, 4, 5, 9], np.int64)
    cells = np.array([0, 0, 1, 0, 1, 0, 1, 1, 0], np.uint32)
    classes = np.array([0, 1, 0, 0, 2, 2, 2, 0, 2], dtype)
    rows, customers, latest, last = np.zeros((2, 3), np.uint32), np.zeros(2, np.uint32), np.full(2, 99, np.uint32), 0
    for first, end in ((0, 6), (6, 9)):
        places = np.arange(end - first, dtype=np.uint32)
        last = count_rows_and_customers(
            cells[first:end], places, end - first, classes[first:end], first, starts, last, rows, latest, customers,
        )
    assert last == 2
    assert rows.tolist() == [[2, 1, 2], [2, 0, 2]]
    assert customers.tolist() == [2, 3]
