from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from queries.answers.history import log_span
from queries.asking.periods import TimeRange, previous_time_range, time_range, time_range_of_last_days
from queries.asking.selection import parse
from queries.asking.times import iso, milliseconds
from tests.logs import ACME, Log, interaction


def at(text: str, zone: str = "UTC") -> int:
    return milliseconds(text, ZoneInfo(zone))


def test_an_end_left_open_is_that_of_the_log(log: Log) -> None:
    log.load(interaction("1", "2026-03-01T10:00:00Z"), interaction("2", "2026-03-09T10:00:00Z", interactionType="share"))
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)

        def covered(*pairs: tuple[str, str]) -> TimeRange | None:
            return time_range(tenant.span(), parse(ACME, pairs).selection)

        whole = TimeRange(at("2026-03-01T10:00:00Z"), at("2026-03-09T10:00:00.001Z"))
        assert covered() == covered(("type", "click")) == whole
        assert covered(("from", "2026-03-02")) == TimeRange(at("2026-03-02"), whole.end)
        assert covered(("to", "2026-03-02")) == TimeRange(whole.start, at("2026-03-02"))
        assert covered(("from", "2030-01-01")) == TimeRange(at("2030-01-01"), at("2030-01-01"))
        assert time_range(snapshot.tenant("nobody").span(), parse("nobody", ()).selection) is None


@pytest.mark.parametrize(("start", "end", "zone", "before"), [
    ("2026-03-08", "2026-03-15", "UTC", "2026-03-01T00:00:00.000Z"),
    ("2026-03-15T12:00:00Z", "2026-03-15T18:00:00.001Z", "UTC", "2026-03-15T05:59:59.999Z"),
    # Seven days of the zone, one of them of 23 hours.
    ("2026-03-30", "2026-04-06", "Europe/Amsterdam", "2026-03-22T23:00:00.000Z"),
    ("2026-03-23", "2026-03-30", "Europe/Amsterdam", "2026-03-15T23:00:00.000Z"),
    ("2026-03-30T12:00:00Z", "2026-03-30T13:00:00Z", "Europe/Amsterdam", "2026-03-30T11:00:00.000Z"),
])
def test_the_time_before_has_equal_length_in_the_days_of_the_zone(start: str, end: str, zone: str, before: str) -> None:
    covered = TimeRange(at(start, zone), at(end, zone))
    found = previous_time_range(covered, ZoneInfo(zone))
    assert (iso(found.start), found.end) == (before, covered.start)


@pytest.mark.parametrize(("start", "end", "zone", "before"), [
    ("2026-03-09", "2026-03-15T10:00:00Z", "UTC", ("2026-03-02T00:00:00.000Z", "2026-03-08T10:00:00.000Z")),
    ("2026-03-15", "2026-03-15T10:00:00Z", "UTC", ("2026-03-14T00:00:00.000Z", "2026-03-14T10:00:00.000Z")),
    ("2026-03-30", "2026-03-31T08:00:00Z", "Europe/Amsterdam", ("2026-03-27T23:00:00.000Z", "2026-03-29T08:00:00.000Z")),
])
def test_a_day_that_is_not_over_is_held_against_the_same_hours(start: str, end: str, zone: str, before: tuple[str, str]) -> None:
    found = previous_time_range(TimeRange(at(start, zone), at(end, zone)), ZoneInfo(zone))
    assert (iso(found.start), iso(found.end)) == before


def test_before_the_calendar_there_is_no_time() -> None:
    assert previous_time_range(TimeRange(at("0001-01-03"), at("0001-02-01")), ZoneInfo("UTC")) is None
    assert previous_time_range(TimeRange(at("0001-01-03T00:00:00.001"), at("0001-02-01")), ZoneInfo("UTC")) is None


def test_the_last_days_end_with_the_logs_clock_and_begin_at_a_midnight(log: Log) -> None:
    log.load(interaction("1", "2020-03-01T10:00:00Z"), interaction("2", "2026-03-30T22:30:00Z"))
    with log.snapshot() as snapshot:
        clock, end = log_span(snapshot.tenant(ACME)).clock, at("2026-03-30T22:30:00.001Z")
        assert time_range_of_last_days(clock, 1, "UTC") == TimeRange(at("2026-03-30"), end)
        assert time_range_of_last_days(clock, 7, "UTC") == TimeRange(at("2026-03-24"), end)
        assert time_range_of_last_days(clock, 1, "Europe/Amsterdam") == TimeRange(at("2026-03-30T22:00:00Z"), end)
        assert time_range_of_last_days(clock, 3, "Europe/Amsterdam") == TimeRange(at("2026-03-28T23:00:00Z"), end)


def test_the_last_days_of_a_log_at_the_calendars_beginning_are_all_of_it(log: Log) -> None:
    log.load(interaction("1", "0001-01-02T10:00:00Z"))
    with log.snapshot() as snapshot:
        assert time_range_of_last_days(log_span(snapshot.tenant(ACME)).clock, 7, "UTC").start == at("0001-01-01")
