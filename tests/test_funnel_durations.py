"""What is said of the times from entry to a step, against numpy's own percentiles and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.columns.funnel.parts import durations
from data.results import DURATION_EDGES, Durations, HistogramBin

HOUR, DAY = 3_600_000, 86_400_000


def test_five_units_by_hand() -> None:
    took = durations(np.array([4000, 0, 1000, 2000, 60_000]))
    assert (took.n, took.mean, took.p25, took.median, took.p75) == (5, 13.4, 1.0, 2.0, 4.0)
    assert took.p90 == pytest.approx(37.6)
    assert [bar for bar in took.histogram if bar.units] == [HistogramBin(0, 1, 1), HistogramBin(1000, 10_000, 3), HistogramBin(60_000, 300_000, 1)]


def test_an_even_number_has_its_median_between_two_units() -> None:
    assert durations(np.array([1000, 2000])).median == 1.5


def test_without_units_there_is_nothing_to_say() -> None:
    assert durations(np.array([], np.int64)) == Durations(0, None, None, None, None, None, ())


def test_units_that_take_no_time_are_kept() -> None:
    took = durations(np.zeros(3, np.int64))
    assert (took.n, took.mean, took.median, took.p90, took.histogram) == (3, 0.0, 0.0, 0.0, (HistogramBin(0, 1, 3),))


def test_the_last_bar_of_a_funnel_without_a_window_is_open() -> None:
    assert durations(np.array([366 * DAY, 9999 * DAY])).histogram[-1] == HistogramBin(366 * DAY, None, 2)


@given(st.lists(st.integers(0, 400 * DAY), min_size=1, max_size=50))
def test_percentiles_are_numpys_and_the_bars_hold_every_unit(times: list[int]) -> None:
    took = durations(np.array(times))
    assert [took.p25, took.median, took.p75, took.p90] == pytest.approx((np.percentile(times, [25, 50, 75, 90]) / 1000).tolist())
    assert took.mean == pytest.approx(np.mean(times) / 1000)
    for bar in took.histogram:
        assert bar.units == sum(bar.start <= time and (bar.end is None or time < bar.end) for time in times)
    assert sum(bar.units for bar in took.histogram) == len(times)
    assert [bar.start for bar in took.histogram] == [edge for edge in DURATION_EDGES if edge <= max(times)]
