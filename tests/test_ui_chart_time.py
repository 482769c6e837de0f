"""Where the ticks of charts over time stand, and what is written there."""

from __future__ import annotations

from datetime import date, timedelta

import plotly.graph_objects as go
import pytest

from ui.charts.parts import bucket_axis, count_axis, moment_axis, shade, tick_days

MONDAY = date(2026, 1, 5)


def days(number: int, each: int = 1, first: date = MONDAY) -> list[str]:
    return [(first + timedelta(days=each * place)).isoformat() for place in range(number)]


def months(number: int, first: int = 2025) -> list[str]:
    return [date(first + place // 12, place % 12 + 1, 1).isoformat() for place in range(number)]


@pytest.mark.parametrize(("starts", "grain", "ends", "text"), [
    (["2026-03-15"], "day", ["2026-03-14T12:00:00", "2026-03-15T12:00:00"], "15 Mar<br>2026"),
    (["2026-03-09"], "week", ["2026-03-05T12:00:00", "2026-03-12T12:00:00"], "9 Mar<br>2026"),
    (["2026-03-01"], "month", ["2026-02-14T00:00:00", "2026-03-16T00:00:00"], "Mar<br>2026"),
    (["2026-01-01"], "year", ["2025-07-02T00:00:00", "2026-07-03T00:00:00"], "2026"),
])
def test_a_single_bucket_is_named_in_the_middle_of_its_own_width(starts: list[str], grain: str, ends: list[str], text: str):
    axis = bucket_axis(starts, grain)
    assert (axis["range"], axis["tickvals"], axis["ticktext"]) == (ends, starts, [text])


@pytest.mark.parametrize(("starts", "grain", "texts"), [
    (days(4, first=date(2025, 12, 30)), "day", ["30 Dec<br>2025", "31 Dec", "1 Jan<br>2026", "2 Jan"]),
    (days(30), "day", ["5 Jan<br>2026", "12 Jan", "19 Jan", "26 Jan", "2 Feb"]),
    (days(90), "day", ["1 Feb<br>2026", "1 Mar", "1 Apr"]),
    (days(5, 7), "week", ["5 Jan<br>2026", "12 Jan", "19 Jan", "26 Jan", "2 Feb"]),
    (days(13, 7), "week", ["5 Jan<br>2026", "2 Feb", "2 Mar", "30 Mar"]),
    (months(14), "month", ["Jan<br>2025", "Apr", "Jul", "Oct", "Jan<br>2026"]),
    ([date(year, 1, 1).isoformat() for year in range(1970, 2200)], "year", ["2000", "2050", "2100", "2150"]),
])
def test_the_dates_under_an_axis_are_starts_of_buckets(starts: list[str], grain: str, texts: list[str]):
    axis = bucket_axis(starts, grain)
    assert axis["ticktext"] == texts
    assert set(axis["tickvals"]) <= set(starts)


@pytest.mark.parametrize("number", [*range(1, 200), 366, 1000, 3000, 10_000])
@pytest.mark.parametrize("grain", ["day", "week"])
def test_however_long_the_period_a_few_dates_are_written_weeks_on_their_mondays(number: int, grain: str):
    starts = [MONDAY + timedelta(days=(7 if grain == "week" else 1) * place) for place in range(number)]
    written = tick_days(starts, grain)
    assert min(number, 2) <= len(written) <= 6
    assert set(written) <= set(starts)
    if grain == "week":
        assert {day.weekday() for day in written} == {0}


def test_moments_of_one_day_stand_over_its_hours_and_those_of_weeks_over_mondays():
    day = moment_axis(date(2026, 3, 15), date(2026, 3, 15))
    assert day["range"] == ["2026-03-15T00:00:00", "2026-03-16T00:00:00"]
    assert day["ticktext"] == ["00:00<br>15 Mar 2026", "06:00", "12:00", "18:00"]
    assert moment_axis(date(2026, 3, 1), date(2026, 3, 28))["ticktext"] == ["2 Mar<br>2026", "9 Mar", "16 Mar", "23 Mar"]
    assert moment_axis(date(2026, 3, 15), date(9999, 12, 31))["ticktext"] == ["4000", "6000", "8000"]


def test_each_small_count_is_written_once_and_whole():
    assert count_axis(2) == {"range": [0, 2.16], "tickformat": ",d", "dtick": 1}
    assert count_axis(0)["range"] == [0, 1]
    assert (count_axis(4)["dtick"], count_axis(2, numbers=3)["dtick"]) == (1, 1)
    assert "dtick" not in count_axis(5) and "dtick" not in count_axis(3, numbers=3)


def test_neighbouring_buckets_share_a_band_of_their_whole_width():
    figure = go.Figure()
    shade(figure, days(5, 7), "week", [True, False, False, True, True])
    assert [(band.x0, band.x1) for band in figure.layout.shapes] == [
        ("2026-01-01T12:00:00", "2026-01-08T12:00:00"), ("2026-01-22T12:00:00", "2026-02-05T12:00:00"),
    ]
