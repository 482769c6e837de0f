from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.tally import money
from queries.tally_scan import add_sums, add_values, count_rows_and_customers

ONE_CELL = np.zeros(100, np.uint32)
PLACES = np.arange(100, dtype=np.uint32)


def summed(values: list[float]) -> np.ndarray:
    sums = np.zeros((1, 3))
    add_values(ONE_CELL, PLACES, len(values), 0, PLACES[:len(values)], np.array(values), sums)
    return sums


@given(
    cents=st.lists(st.integers(-10**9, 10**9), min_size=1, max_size=90),
    cut=st.integers(0, 90), order=st.integers(0, 10**6),
)
def test_value_is_exact_to_the_cent_whatever_the_order_and_the_parts(cents: list[int], cut: int, order: int) -> None:
    expected = sum(cents) / 100
    random.Random(order).shuffle(cents)
    values = [cent / 100 for cent in cents]
    sums = summed(values[:cut])
    add_sums(sums, summed(values[cut:]))
    assert money(*sums[0].tolist()) == expected


@pytest.mark.parametrize(("values", "expected"), [
    ([], 0.0),
    ([0.1, 0.2], 0.3),
    ([9_999_999.99, -9_999_999.98], 0.01),
    ([1e300, 1.0, -1e300], 0.0),
    ([123_456_789_012.34, 0.01], 123_456_789_012.35),
    ([1e308, 1e308], None),
    ([-0.5, 0.5], 0.0),
    ([5e-324], 5e-324),
])
def test_sums_keep_the_digits_that_are_certain(values: list[float], expected: float | None) -> None:
    assert money(*summed(values)[0].tolist()) == expected


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_only_values_of_places_that_count_are_added_each_to_its_cell(passing: set[int], valued: set[int]) -> None:
    # The piece begins at row 1000; the cell of a place is its last digit, the value of a row the row's own number.
    places, rows = np.array(sorted(passing), np.uint32), np.array(sorted(valued), np.uint32) + np.uint32(1000)
    cells, sums = places % np.uint32(10), np.zeros((10, 3))
    add_values(cells, places, len(places), 1000, rows, rows.astype(float), sums)
    expected = [sum(1000.0 + place for place in passing & valued if place % 10 == cell) for cell in range(10)]
    assert sums[:, 0].tolist() == expected
    assert sums[:, 2].tolist() == expected


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
