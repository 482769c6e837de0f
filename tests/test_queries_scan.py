from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.columns.row_filter import allowed_places, narrowed_places

keys = st.lists(st.integers(0, 9), max_size=50)
allowed = st.lists(st.booleans(), min_size=10, max_size=10)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
@given(keys, allowed, keys, allowed)
def test_the_places_are_those_where_both_columns_keys_are_allowed(
    dtype: type, one: list[int], one_allowed: list[bool], other: list[int], other_allowed: list[bool],
) -> None:
    size = min(len(one), len(other))
    places = np.empty(size, np.uint32)
    count = allowed_places(places, np.array(one[:size], dtype), np.array(one_allowed, np.uint8))
    assert places[:count].tolist() == [place for place in range(size) if one_allowed[one[place]]]
    count = narrowed_places(places, count, np.array(other[:size], dtype), np.array(other_allowed, np.uint8))
    assert places[:count].tolist() == [place for place in range(size) if one_allowed[one[place]] and other_allowed[other[place]]]


def test_a_column_that_may_not_be_written_to_is_read() -> None:
    column = np.array([1, 0, 1], np.uint8)
    column.flags.writeable = False
    places = np.empty(3, np.uint32)
    assert allowed_places(places, column, np.array([0, 1], np.uint8)) == 2
