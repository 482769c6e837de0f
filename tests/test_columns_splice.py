"""Arrays made of older ones and new entries, beside the plain way to make them."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.columns.splice import Room, inserted, insertion_places, rearranged, stacked

TYPES = st.sampled_from([np.dtype(name) for name in ("uint8", "uint16", "uint32", "int64", "float64")])
NOTHING = np.empty(0, np.int64)


@given(st.integers(0, 40), st.lists(st.integers(0, 40), max_size=6), TYPES)
def test_entries_are_inserted_in_front_of_those_named(count: int, places: list[int], type: np.dtype) -> None:
    old, low = np.arange(count).astype(type), np.sort([min(place, count) for place in places]).astype(np.int64)
    new = np.full(len(low), 99).astype(type)
    splice = inserted(count, low)
    made = splice.array(old, new, type)
    assert made.dtype == type and made.tolist() == np.insert(old, low, new).tolist()
    assert made[splice.where(np.arange(count))].tolist() == old.tolist()


def test_a_wider_type_holds_what_the_narrow_one_held() -> None:
    made = inserted(2, np.array([1])).array(np.array([7, 255], np.uint8), np.array([256]), np.dtype(np.uint16))
    assert (made.dtype, made.tolist()) == (np.uint16, [7, 256, 255])


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8).flatmap(lambda sizes: st.tuples(st.just(sizes), st.permutations(range(len(sizes))))))
def test_stretches_lie_in_the_order_given(drawn: tuple[list[int], list[int]]) -> None:
    sizes, order = drawn
    starts = np.append(0, np.cumsum(sizes))
    old = np.arange(starts[-1])
    splice = rearranged(starts, np.array(order))
    made = splice.array(old, NOTHING, old.dtype)
    assert made.tolist() == [entry for nth in order for entry in old[starts[nth]:starts[nth + 1]].tolist()]
    assert made[splice.where(old)].tolist() == old.tolist()


def test_stretches_are_stacked_with_what_is_new_behind_them() -> None:
    made = stacked(np.array([1, 4]), np.array([3, 4]), 2).array(np.arange(5), np.array([8, 9]), np.dtype(np.int64))
    assert made.tolist() == [1, 2, 8, 9]


def test_what_is_appended_leaves_the_shorter_array_as_it_was() -> None:
    room = Room(np.array([1, 2, 3]), 2)
    short = room.appended(np.array([1, 2, 3]), NOTHING)
    longer = room.appended(short, np.array([4, 5]))
    assert (short.tolist(), longer.tolist()) == ([1, 2, 3], [1, 2, 3, 4, 5])
    assert longer.base is short.base


@pytest.mark.parametrize("new", [[6], [6, 7, 8]], ids=["another has been appended to it", "it is full"])
def test_without_room_nothing_is_appended(new: list[int]) -> None:
    room = Room(np.array([1, 2, 3]), 2)
    short = room.appended(np.array([1, 2, 3]), NOTHING)
    if len(new) == 1:
        longer = room.appended(short, np.array([4]))
        assert room.appended(short, np.array(new)) is None
        assert longer.tolist() == [1, 2, 3, 4]
    assert room.appended(short, np.array(new)) is None


ROWS = st.lists(st.tuples(st.integers(0, 3), st.text("abc", max_size=2)), max_size=30, unique=True)


@given(ROWS, ROWS)
def test_rows_belong_where_their_times_and_among_equals_their_ids_say(old: list[tuple[int, str]], new: list[tuple[int, str]]) -> None:
    old, new = sorted(old), sorted(new)
    ids = pa.array([id for _, id in old], pa.string())
    places = insertion_places(
        np.array([time for time, _ in old], np.int64), np.zeros(len(new), np.int64), np.full(len(new), len(old)),
        np.array([time for time, _ in new], np.int64), pa.array([id for _, id in new], pa.string()), lambda at: ids.take(pa.array(at)),
    )
    assert places.tolist() == [bisect_left(old, row) for row in new]
