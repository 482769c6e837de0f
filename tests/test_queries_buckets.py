"""How a period is cut: how fine, on which days, and which of the buckets are not whole."""

from __future__ import annotations

import pytest

from data.store.store import FILE_NAME, Store
from queries.answers.trend import MOST_BUCKETS, Buckets, buckets
from queries.asking.selection import parse
from queries.asking.times import iso
from tests.logs import ACME, Log, interaction

DAY = 86_400_000


def cut(log: Log, grain: str, **words: str) -> Buckets | None:
    pairs = [("from" if name == "since" else name, value) for name, value in words.items()]
    with log.snapshot() as snapshot:
        return buckets(snapshot.tenant(ACME), parse(ACME, pairs).or_refused().selection, grain)


def whole_and_partial(found: Buckets) -> dict[str, bool]:
    return dict(zip(found.dates, found.partial, strict=True))


@pytest.mark.parametrize(("first", "last", "grain", "pieces"), [
    # 10,000 days, and one more; its weeks begin on 27 December 1999.
    ("2000-01-01", "2027-05-18", "day", 10_000),
    ("2000-01-01", "2027-05-19", "week", 1430),
    # A year of 1970 beside one of 2026, and one of 2199.
    ("1970-01-01", "2026-03-21", "week", 2934),
    ("2026-01-01", "2199-01-01", "week", 9028),
    ("1970-01-01", "2199-01-01", "month", 2749),
    ("0001-01-01", "9999-12-31", "year", 9999),
])
def test_days_become_the_finest_buckets_that_fit(log: Log, first: str, last: str, grain: str, pieces: int) -> None:
    log.load(interaction("1", f"{first}T12:00:00Z"), interaction("2", f"{last}T12:00:00Z"))
    found = cut(log, "day")
    assert (found.grain, len(found.dates), len(found.edges)) == (grain, pieces, pieces)
    assert pieces <= MOST_BUCKETS


@pytest.mark.parametrize(("asked", "grain"), [("day", "week"), ("week", "week"), ("month", "month"), ("year", "year")])
def test_a_grain_that_fits_stays_and_none_becomes_finer(log: Log, asked: str, grain: str) -> None:
    log.load(interaction("1", "1970-01-01T12:00:00Z"), interaction("2", "2026-03-21T12:00:00Z"))
    assert cut(log, asked).grain == grain


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("grain", ["day", "week", "month", "year"])
def test_the_calendar_ends_with_its_last_bucket_and_begins_with_its_first(log: Log, grain: str, zone: str) -> None:
    log.load(interaction("1", "0001-01-01T00:00:00.000Z"), interaction("2", "9999-12-31T23:59:59.999Z"))
    first = cut(log, grain, to="0001-01-01T00:00:00.001Z", tz=zone)
    assert (first.dates, iso(first.edges.at[0])) == (["0001-01-01"], "0001-01-01T00:00:00.000Z")
    last = cut(log, grain, since="9999-12-31T23:59:59.998Z", tz=zone)
    assert len(last.edges) == 1
    assert iso(last.edges.at[-1] - 1) == "9999-12-31T23:59:59.999Z"


LOG = ("2026-03-03T10:00:00Z", "2026-03-12T14:30:00Z")


@pytest.fixture
def two_weeks(log: Log) -> Log:
    log.load(*(interaction(stamp, stamp) for stamp in LOG))
    return log


def test_the_logs_beginning_and_its_clock_cut_the_outer_buckets(two_weeks: Log) -> None:
    assert whole_and_partial(cut(two_weeks, "week")) == {"2026-03-02": True, "2026-03-09": True}
    found = whole_and_partial(cut(two_weeks, "day"))
    assert [date for date, partial in found.items() if partial] == ["2026-03-03", "2026-03-12"]
    assert len(found) == 10
    # Buckets in which the log has neither begun nor ended are not cut.
    found = whole_and_partial(cut(two_weeks, "day", since="2026-03-01", to="2026-03-15"))
    assert [date for date, partial in found.items() if partial] == ["2026-03-03", "2026-03-12"]


def test_a_period_cuts_the_buckets_that_reach_beyond_it(two_weeks: Log) -> None:
    assert whole_and_partial(cut(two_weeks, "day", since="2026-03-05", to="2026-03-07")) == {"2026-03-05": False, "2026-03-06": False}
    assert whole_and_partial(cut(two_weeks, "day", since="2026-03-05T00:00:00.001Z", to="2026-03-07T23:59:59.999Z")) == {
        "2026-03-05": True, "2026-03-06": False, "2026-03-07": True,
    }
    assert whole_and_partial(cut(two_weeks, "week", since="2026-02-20", to="2026-04-02")) == {
        "2026-02-16": True, "2026-02-23": False, "2026-03-02": True, "2026-03-09": True,
        "2026-03-16": False, "2026-03-23": False, "2026-03-30": True,
    }


def test_days_are_those_of_the_zone(two_weeks: Log) -> None:
    # In Los Angeles the log runs from 3 March, 2:00, to 12 March, 7:30.
    assert whole_and_partial(cut(two_weeks, "day", since="2026-03-11", to="2026-03-13", tz="America/Los_Angeles")) == {
        "2026-03-11": False, "2026-03-12": True,
    }


def test_a_row_in_its_first_or_last_hour_speaks_for_a_bucket(log: Log) -> None:
    log.load(interaction("1", "2026-03-01T00:59:59.999Z"), interaction("2", "2026-03-03T23:00:00Z"))
    assert whole_and_partial(cut(log, "day")) == {"2026-03-01": False, "2026-03-02": False, "2026-03-03": False}
    assert whole_and_partial(cut(log, "week")) == {"2026-02-23": True, "2026-03-02": True}


def test_a_row_of_the_future_moves_no_bucket_that_the_clock_cuts(two_weeks: Log) -> None:
    two_weeks.load(interaction("3", "2026-03-20T00:00:00Z"))
    two_weeks.store.close()
    two_weeks.take(Store(two_weeks.folder / FILE_NAME, lambda: 1_773_300_000_000))
    found = whole_and_partial(cut(two_weeks, "day"))
    assert len(found) == 18
    assert [date for date, partial in found.items() if partial] == ["2026-03-03", "2026-03-12"]


def test_nothing_has_no_buckets(log: Log) -> None:
    assert cut(log, "day") is None
    log.load(interaction("1"))
    assert cut(log, "day", since="2026-03-03", to="2026-03-03") is None
