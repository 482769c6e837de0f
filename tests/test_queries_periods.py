from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.asking.periods import (
    LAST_DAYS,
    DateRange,
    chosen_last_days,
    comparable_last_days,
    first_of_last_days,
    of_last_days,
    period_pairs,
    touched_dates,
)
from queries.asking.selection import Selection, parse
from queries.asking.times import milliseconds, utc_datetime

NEWEST = milliseconds("2026-03-31T23:30:00Z", ZoneInfo("UTC"))


def selected(**words: str) -> Selection:
    return parse("acme", [(name.rstrip("_"), value) for name, value in words.items()]).or_refused().selection


def test_the_last_days_end_with_the_day_of_the_newest_interaction_in_the_zone():
    assert first_of_last_days(NEWEST, 1, "UTC") == date(2026, 3, 31)
    assert first_of_last_days(NEWEST, 7, "UTC") == date(2026, 3, 25)
    assert first_of_last_days(NEWEST, 7, "Europe/Amsterdam") == date(2026, 3, 26)


@pytest.mark.parametrize(("oldest", "zone", "chosen"), [
    ("2026-03-31", "UTC", None), ("2026-03-31", "Europe/Amsterdam", 1), ("2026-03-30", "UTC", 1), ("2026-03-19", "UTC", 1),
    ("2026-03-18", "UTC", 7), ("2020-01-01", "UTC", 30),
])
def test_the_last_days_that_can_be_compared_are_those_that_the_log_holds_twice(oldest: str, zone: str, chosen: int | None):
    assert comparable_last_days(milliseconds(oldest, ZoneInfo("UTC")), NEWEST, 30, zone) == chosen


@pytest.mark.parametrize("zone", ["UTC", "Europe/Amsterdam", "America/New_York"])
@pytest.mark.parametrize("number", LAST_DAYS)
def test_a_period_that_was_chosen_by_name_is_recognised_by_it(number: int, zone: str):
    words = dict(period_pairs(DateRange(first_of_last_days(NEWEST, number, zone))))
    assert chosen_last_days(selected(from_=words["from"], tz=zone), NEWEST, has_future=False) == number


@pytest.mark.parametrize(("zone", "words"), [
    ("UTC", [("from", "2026-03-25"), ("to", "2026-04-01")]),
    ("Europe/Amsterdam", [("from", "2026-03-26"), ("to", "2026-04-02"), ("tz", "Europe/Amsterdam")]),
])
def test_the_last_days_are_open_or_end_with_the_clocks_day_where_rows_are_later(zone: str, words: list[tuple[str, str]]):
    every = Selection("acme", zone=zone)
    shut, open_ended = (of_last_days(every, NEWEST, 7, has_future) for has_future in (True, False))
    assert shut.pairs() == words
    assert open_ended.pairs() == [pair for pair in words if pair[0] != "to"]
    # Each is so many days by name only where that choice would write it: the other one is somebody's own choice of days.
    assert [chosen_last_days(shut, NEWEST, has_future) for has_future in (True, False)] == [7, None]
    assert [chosen_last_days(open_ended, NEWEST, has_future) for has_future in (True, False)] == [None, 7]


def test_the_last_days_stay_within_the_calendar():
    first, last = (milliseconds(text, ZoneInfo("UTC")) for text in ("0001-01-02T10:00:00Z", "9999-12-31T23:59:59.999Z"))
    assert first_of_last_days(first, 30, "UTC") == first_of_last_days(first, 30, "Asia/Tokyo") == date(1, 1, 1)
    assert (first_of_last_days(last, 1, "UTC"), of_last_days(Selection("acme"), last, 1, has_future=True).end) == (date(9999, 12, 31), None)


def test_another_period_has_no_name():
    assert chosen_last_days(selected(from_="2026-03-24"), NEWEST, has_future=False) is None
    assert chosen_last_days(selected(from_="2026-03-25", to="2026-03-31"), NEWEST, has_future=False) is None
    assert chosen_last_days(selected(), NEWEST, has_future=False) is None


def test_the_excluded_end_is_shown_as_the_day_before_and_written_as_the_day_after():
    march = selected(from_="2026-03-01", to="2026-04-01")
    assert touched_dates(march) == DateRange(date(2026, 3, 1), date(2026, 3, 31))
    assert period_pairs(DateRange(date(2026, 3, 1), date(2026, 3, 31))) == [("from", "2026-03-01"), ("to", "2026-04-01")]


def test_moments_within_a_day_stay_until_their_day_is_changed():
    selection = selected(from_="2026-03-01T08:00:00Z", to="2026-03-31T12:00:00Z")
    assert period_pairs(touched_dates(selection), selection) == [("from", "2026-03-01T08:00:00.000Z"), ("to", "2026-03-31T12:00:00.000Z")]
    assert period_pairs(DateRange(date(2026, 3, 1), date(2026, 3, 30)), selection) == [
        ("from", "2026-03-01T08:00:00.000Z"), ("to", "2026-03-31"),
    ]


@given(st.dates(), st.sampled_from(["UTC", "Europe/Amsterdam", "America/New_York", "Pacific/Apia"]))
def test_any_end_that_an_address_can_name_can_be_shown(day: date, zone: str):
    query = parse("acme", [("from", day.isoformat()), ("to", day.isoformat()), ("tz", zone)])
    shown = touched_dates(query.selection)
    if query.problems:
        assert shown == DateRange()
    else:
        assert abs((shown.first - day).days) <= 1
        assert utc_datetime(query.selection.start).year in (shown.first.year - 1, shown.first.year, shown.first.year + 1)
