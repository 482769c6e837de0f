from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.columns.spans import hours_of_week, one_bucket_per_span
from queries.asking.times import DAY, HOUR, calendar_edges, iso, milliseconds, utc_datetime

UTC = ZoneInfo("UTC")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = [UTC, AMSTERDAM, *map(ZoneInfo, (
    "America/Sao_Paulo", "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca",
    "America/St_Johns", "Europe/Dublin",
))]


def at(text: str) -> int:
    return milliseconds(text, UTC)


def edges(start: str, end: str, grain: str, zone: ZoneInfo) -> list[str]:
    return [iso(edge)[:16] for edge in calendar_edges(at(start), at(end), grain, zone)]


@pytest.mark.parametrize(("start", "end", "grain", "zone", "expected"), [
    ("2026-03-01", "2026-03-03", "day", UTC, ["2026-03-01T00:00", "2026-03-02T00:00", "2026-03-03T00:00"]),
    ("2026-03-01T23:59:59.999", "2026-03-02T00:00:00.001", "day", UTC, ["2026-03-01T00:00", "2026-03-02T00:00", "2026-03-03T00:00"]),
    ("2026-03-28T12:00", "2026-03-30T12:00", "day", AMSTERDAM,
     ["2026-03-27T23:00", "2026-03-28T23:00", "2026-03-29T22:00", "2026-03-30T22:00"]),
    ("2026-03-15", "2026-03-17", "week", UTC, ["2026-03-09T00:00", "2026-03-16T00:00", "2026-03-23T00:00"]),
    ("2026-01-31", "2026-03-01", "month", UTC, ["2026-01-01T00:00", "2026-02-01T00:00", "2026-03-01T00:00"]),
    ("2025-12-31T23:30", "2026-01-01", "month", AMSTERDAM, ["2025-12-31T23:00", "2026-01-31T23:00"]),
    ("2025-12-31T23:30", "2027-01-01", "year", UTC, ["2025-01-01T00:00", "2026-01-01T00:00", "2027-01-01T00:00"]),
    ("2025-12-31T23:30", "2026-01-01", "year", AMSTERDAM, ["2025-12-31T23:00", "2026-12-31T23:00"]),
    # 4 November 2018 began at one o'clock, and 30 December 2011 was left out.
    ("2018-11-03T12:00", "2018-11-04T12:00", "day", ZoneInfo("America/Sao_Paulo"),
     ["2018-11-03T03:00", "2018-11-04T03:00", "2018-11-05T02:00"]),
    ("2011-12-29T12:00", "2011-12-31T09:00", "day", ZoneInfo("Pacific/Apia"),
     ["2011-12-29T10:00", "2011-12-30T10:00", "2011-12-31T10:00"]),
])
def test_buckets_begin_at_the_midnights_of_their_zone(start: str, end: str, grain: str, zone: ZoneInfo, expected: list[str]) -> None:
    assert edges(start, end, grain, zone) == expected


@given(
    start=st.integers(at("1930-01-01"), at("2060-01-01")), length=st.integers(1, 400 * DAY),
    grain=st.sampled_from(["day", "week", "month", "year"]), zone=st.sampled_from(ZONES),
)
def test_buckets_cover_the_time_asked_for_and_no_bucket_more(start: int, length: int, grain: str, zone: ZoneInfo) -> None:
    found = calendar_edges(start, start + length, grain, zone)
    assert found[0] <= start < found[1]
    assert found[-2] < start + length <= found[-1]
    for first, following in pairwise(found):
        assert first < following
        local = utc_datetime(first).astimezone(zone)
        if grain == "week":
            assert local.weekday() == 0
        if grain == "month":
            assert local.day == 1
        if grain == "year":
            assert (local.month, local.day) == (1, 1)


def hour_of_week(ms: int, zone: ZoneInfo) -> int:
    local: datetime = utc_datetime(ms).astimezone(zone)
    return local.weekday() * 24 + local.hour


@given(
    start=st.integers(at("1930-01-01"), at("2060-01-01")), length=st.integers(1, 60 * DAY), zone=st.sampled_from(ZONES), data=st.data(),
)
def test_every_moment_is_in_the_bucket_of_its_local_hour(start: int, length: int, zone: ZoneInfo, data: st.DataObject) -> None:
    spans = hours_of_week(start, start + length, zone)
    assert (spans.start, spans.end) == (start, start + length)
    assert (np.diff(spans.edges) > 0).all() and (np.diff(spans.edges) <= HOUR).all()
    changes = [int(edge) + step for edge in data.draw(st.lists(st.sampled_from(spans.edges.tolist()), max_size=5)) for step in (-1, 0)]
    moments = [start, start + length - 1, *changes, *data.draw(st.lists(st.integers(start, start + length - 1), max_size=5))]
    for ms in moments:
        if start <= ms < start + length:
            span = int(np.searchsorted(spans.edges, ms, side="right")) - 1
            assert int(spans.buckets[span]) == hour_of_week(ms, zone)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_no_hour_is_lost_where_clocks_change(zone: ZoneInfo) -> None:
    start = at("2018-01-01")
    spans = hours_of_week(start, start + 366 * DAY, zone)
    hours = [hour_of_week(ms, zone) for ms in range(start, start + 366 * DAY, 10 * 60_000)]
    places = np.searchsorted(spans.edges, np.arange(start, start + 366 * DAY, 10 * 60_000), side="right") - 1
    assert spans.buckets[places].tolist() == hours


@given(
    lengths=st.lists(st.one_of(st.integers(1, 5000), st.integers(1, 10**10), st.just(10**13)), min_size=1, max_size=20),
    start=st.integers(-10**13, 10**13), data=st.data(),
)
def test_a_slot_names_the_span_of_its_first_moment(lengths: list[int], start: int, data: st.DataObject) -> None:
    found = np.cumsum([start, *lengths]).tolist()
    spans = one_bucket_per_span(found)
    assert len(spans.slots) <= 1 << 21
    ms = data.draw(st.integers(found[0], found[-1] - 1))
    span = int(spans.slots[(ms - spans.start) >> spans.shift])
    first = spans.start + ((ms - spans.start) >> spans.shift << spans.shift)
    assert found[span] <= first < found[span + 1]


def test_the_calendar_ends_where_no_day_follows() -> None:
    last = at("9999-12-31")
    assert calendar_edges(last, last + DAY, "day", UTC) == [last, last + DAY]
    assert calendar_edges(last, last + DAY, "year", UTC) == [at("9999-01-01"), last + DAY]
    # In Amsterdam the year 10000 begins an hour early, and in New York the year 0 lasts five hours longer.
    assert calendar_edges(last, last + DAY, "day", AMSTERDAM) == [last - HOUR, last + DAY]
    first = at("0001-01-01")
    assert calendar_edges(first, first + DAY, "day", UTC) == [first, first + DAY]
    assert calendar_edges(first, first + 1, "month", ZoneInfo("America/New_York"))[0] == first
