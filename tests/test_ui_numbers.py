from __future__ import annotations

import pytest

from ui.words import numbers


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 4, "25.0%"), (0, 9, "0.0%"), (9, 9, "100.0%"), (1, 100_000, "<0.1%"), (99_999, 100_000, ">99.9%"),
     # On both sides of each edge: what would round to 0.0% or to 100.0%, and what would not.
     (49, 100_000, "<0.1%"), (1, 2000, "0.1%"), (99_949, 100_000, "99.9%"), (1999, 2000, ">99.9%"), (2000, 2000, "100.0%"),
     (10_004, 10_000, ">100.0%"), (10_006, 10_000, "100.1%"),
     (0, 0, "–"), (3, 0, "–"), (30, 20, "150.0%")],
)
def test_a_percentage_never_rounds_something_to_nothing_or_almost_all_or_more_to_all(part: int, whole: int, text: str):
    assert numbers.percent(part, whole) == text


def test_a_percentage_says_what_it_was_measured_on():
    assert numbers.percent_of(52, 1234) == "4.2% of 1,234"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0, "0 s"), (0.0001, "1 ms"), (0.42, "420 ms"), (0.9994, "999 ms"), (0.9995, "1 s"), (2.54, "2.5 s"), (9.94, "9.9 s"),
     (9.95, "10 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min 59 s"), (86_399, "23 h 59 min"), (86_400, "1 d"),
     (59.6, "1 min"), (61, "1 min 1 s"),
     (3600, "1 h"), (3599.7, "1 h"), (93_784, "1 d 2 h"), (8_640_000, "100 d")],
)
def test_a_duration_has_its_two_largest_units(seconds: float | None, text: str):
    assert numbers.duration(seconds) == text


def test_the_rows_of_a_page_are_counted_from_1() -> None:
    assert [numbers.rows_shown(0, 25), numbers.rows_shown(1250, 25)] == ["Rows 1–25", "Rows 1,251–1,275"]


def test_one_of_a_thing_is_not_spelled_as_many():
    assert numbers.counted(1, "interaction") == "1 interaction"
    assert numbers.counted(1234, "interaction") == "1,234 interactions"
    assert numbers.counted(2, "journey through", "journeys through") == "2 journeys through"


def test_times_are_utc_unless_told_and_hold_before_1970():
    assert numbers.time(1_773_585_000_000) == "2026-03-15 14:30:00"
    assert numbers.exact_time(1_773_585_000_007, "UTC") == "2026-03-15 14:30:00.007 UTC"
    assert numbers.exact_time(-1, "UTC") == "1969-12-31 23:59:59.999 UTC"


def test_a_time_stands_on_the_clocks_of_its_zone_with_their_summer_time():
    assert numbers.time(1_773_585_000_000, "Asia/Kathmandu") == "2026-03-15 20:15:00"
    assert numbers.zoned_time(1_773_585_000_000, "Europe/Amsterdam") == "2026-03-15 15:30:00 Europe/Amsterdam"
    # 2026-03-29T01:00:00.000Z: the clocks of Amsterdam go from 02:00 to 03:00.
    assert numbers.time(1_774_746_000_000 - 1, "Europe/Amsterdam") == "2026-03-29 01:59:59"
    assert numbers.exact_time(1_774_746_000_000, "Europe/Amsterdam") == "2026-03-29 03:00:00.000 Europe/Amsterdam"


def test_at_the_ends_of_the_calendar_where_a_zone_has_no_year_a_time_is_utc():
    assert numbers.time(253_402_300_799_999, "Pacific/Kiritimati") == "9999-12-31 23:59:59"
    assert numbers.time(-62_135_596_800_000, "America/New_York") == "0001-01-01 00:00:00"


def test_money_may_be_missing_zero_or_negative():
    assert [numbers.money(amount) for amount in (None, 0, -1234.5)] == ["too large", "0.00", "-1,234.50"]


def test_an_hour_that_the_clocks_show_twice_says_which_it_is():
    # In New York the hour from one to two of 1 November 2026 comes twice.
    seen = [numbers.time(1_793_505_600_000 + 1_800_000 * half, "America/New_York") for half in range(1, 8, 2)]
    assert seen == ["2026-11-01 00:30:00", "2026-11-01 01:30:00 EDT", "2026-11-01 01:30:00 EST", "2026-11-01 02:30:00"]
    assert numbers.exact_time(1_793_511_000_005, "America/New_York") == "2026-11-01 01:30:00.005 EDT America/New_York"
