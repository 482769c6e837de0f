from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.asking.times import iso, milliseconds, shortest_iso, utc_datetime
from tests.time_spellings import REFUSED, SPELLINGS

UTC_ZONE = ZoneInfo("UTC")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
HAVANA = ZoneInfo("America/Havana")
APIA = ZoneInfo("Pacific/Apia")

FIRST = -62_135_596_800_000  # 0001-01-01T00:00:00.000Z
LAST = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z
NOON = 1_773_576_000_000  # 2026-03-15T12:00:00.000Z

ZONES = [UTC_ZONE, AMSTERDAM, SAO_PAULO, HAVANA, APIA, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Kiritimati")]


@pytest.mark.parametrize(("text", "zone", "expected"), [
    ("2026-03-15T12:00:00Z", UTC_ZONE, NOON),
    ("2026-03-15T12:00:00.000Z", UTC_ZONE, NOON),
    ("2026-03-15T12:00:00", UTC_ZONE, NOON),
    ("2026-03-15T12:00", UTC_ZONE, NOON),
    ("2026-03-15 12:00", UTC_ZONE, NOON),
    ("2026-03-15T13:00:00+01:00", UTC_ZONE, NOON),
    ("2026-03-15T06:30:00-05:30", UTC_ZONE, NOON),
    ("2026-03-15T12:00:00.001Z", UTC_ZONE, NOON + 1),
    ("20260315T120000Z", UTC_ZONE, NOON),
    ("1970-01-01T00:00:00Z", UTC_ZONE, 0),
    ("1969-12-31T23:59:59.999Z", UTC_ZONE, -1),
    ("0001-01-01T00:00:00Z", UTC_ZONE, FIRST),
    ("9999-12-31T23:59:59.999Z", UTC_ZONE, LAST),
])
def test_a_time_is_the_same_instant_however_it_is_spelled(text: str, zone: ZoneInfo, expected: int) -> None:
    assert milliseconds(text, zone) == expected


@pytest.mark.parametrize(("text", "utc"), SPELLINGS.items())
def test_a_time_means_the_same_as_in_a_log(text: str, utc: str) -> None:
    assert utc_datetime(milliseconds(text, UTC_ZONE)) == datetime.fromisoformat(utc + "+00:00")


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_time_in_a_log_is_none_here(text: str) -> None:
    with pytest.raises(ValueError):
        milliseconds(text, UTC_ZONE)


def test_a_time_without_an_offset_is_utc_whatever_the_zone() -> None:
    assert milliseconds("2026-03-15T12:00:00", AMSTERDAM) == NOON


@pytest.mark.parametrize(("day", "zone", "expected"), [
    ("2026-03-15", UTC_ZONE, "2026-03-15T00:00:00.000Z"),
    ("2026-03-15", AMSTERDAM, "2026-03-14T23:00:00.000Z"),
    ("2026-03-30", AMSTERDAM, "2026-03-29T22:00:00.000Z"),
    ("20260315", AMSTERDAM, "2026-03-14T23:00:00.000Z"),
    ("2026-W11-7", AMSTERDAM, "2026-03-14T23:00:00.000Z"),
    # The clocks went from 00:00 to 01:00: the day begins at 01:00.
    ("2018-11-04", SAO_PAULO, "2018-11-04T03:00:00.000Z"),
    # The clocks went from 01:00 back to 00:00: the day begins with the first of the two midnights.
    ("2026-11-01", HAVANA, "2026-11-01T04:00:00.000Z"),
])
def test_a_date_alone_is_the_first_moment_of_that_day_in_the_zone(day: str, zone: ZoneInfo, expected: str) -> None:
    assert iso(milliseconds(day, zone)) == expected


def test_a_fraction_of_a_millisecond_counts_up_so_that_no_earlier_row_is_let_in() -> None:
    assert milliseconds("2026-03-15T12:00:00.000001Z", UTC_ZONE) == NOON + 1
    assert milliseconds("2026-03-15T12:00:00.001000Z", UTC_ZONE) == NOON + 1
    assert milliseconds("1969-12-31T23:59:59.999001Z", UTC_ZONE) == 0


@pytest.mark.parametrize("text", [
    "", "yesterday", "2026", "2026-03", "2026-02-30", "2026-13-01", "2026-03-15T25:00Z", "2026-03-15T12:00:00 01:00", "1773576000000",
    "2026-03-15x12:00", "-001-01-01", "２０２６-03-15", "2026-03-15\n", " 2026-03-15",
])
def test_what_is_no_iso_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        milliseconds(text, UTC_ZONE)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "9999-12-31T23:59:59.999500Z"])
def test_an_instant_outside_the_years_1_to_9999_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        milliseconds(text, UTC_ZONE)


def test_the_first_day_of_a_zone_ahead_of_utc_is_refused_where_it_begins_before_year_1() -> None:
    with pytest.raises(ValueError):
        milliseconds("0001-01-01", APIA)


@pytest.mark.parametrize(("ms", "expected"), [
    (0, "1970-01-01T00:00:00.000Z"),
    (-1, "1969-12-31T23:59:59.999Z"),
    (NOON + 7, "2026-03-15T12:00:00.007Z"),
    (FIRST, "0001-01-01T00:00:00.000Z"),
    (LAST, "9999-12-31T23:59:59.999Z"),
])
def test_a_spelled_time_is_utc_with_milliseconds(ms: int, expected: str) -> None:
    assert iso(ms) == expected


@given(st.integers(FIRST, LAST))
def test_a_spelled_time_is_read_back(ms: int) -> None:
    assert milliseconds(iso(ms), AMSTERDAM) == ms
    assert utc_datetime(ms) == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


@given(st.integers(FIRST, LAST) | st.sampled_from([FIRST, FIRST + 1, LAST, LAST - 1, 0, -1]), st.sampled_from(ZONES))
def test_the_shortest_spelling_is_read_back(ms: int, zone: ZoneInfo) -> None:
    assert milliseconds(shortest_iso(ms, zone), zone) == ms


@given(st.dates(date(1, 1, 3), date(9999, 12, 29)), st.sampled_from(ZONES))
def test_the_shortest_spelling_of_a_days_beginning_is_its_date(day: date, zone: ZoneInfo) -> None:
    begins = milliseconds(day.isoformat(), zone)
    # Apia went over the date line and had no 30 December 2011; its midnight is that of the 31st.
    expected = {"2011-12-30": "2011-12-31"}.get(day.isoformat(), day.isoformat()) if zone is APIA else day.isoformat()
    assert shortest_iso(begins, zone) == expected


def test_the_second_midnight_of_a_day_is_no_date() -> None:
    assert shortest_iso(milliseconds("2026-11-01T05:00:00Z", HAVANA), HAVANA) == "2026-11-01T05:00:00.000Z"
