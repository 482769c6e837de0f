from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.answers.hours import heatmap
from queries.asking.measures import COUNTS, MEASURES
from queries.asking.parameters import InvalidQuery
from queries.asking.selection import parse
from tests.figures_logs import FILTERS, RANDOM_TENANTS, SAMPLE
from tests.figures_sql import figures_by_hour_of_week
from tests.logs import ACME, Log, interaction


def check(log: Log, tenant: str, zone: str, pairs: list[tuple[str, str]]) -> None:
    expected = figures_by_hour_of_week(log.store, tenant, zone, pairs)
    with log.snapshot() as snapshot:
        found = heatmap(snapshot.tenant(tenant), parse(tenant, [*pairs, ("tz", zone)]).or_refused().selection)
    measures = [measure.id for measure in MEASURES if measure.counts or measure.numerator]
    values = {measure: found.values(measure) for measure in measures}
    for weekday in range(7):
        for hour in range(24):
            row = expected.get((weekday, hour), {})
            for measure in measures:
                empty = 0 if measure in {count.id for count in COUNTS} else None
                assert values[measure][weekday][hour] == row.get(measure, empty), (weekday, hour, measure)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kathmandu"])
def test_every_hour_of_the_week_has_what_sql_says(counted_log: Log, zone: str) -> None:
    check(counted_log, SAMPLE, zone, [])
    check(counted_log, SAMPLE, zone, [("type", "click"), ("from", "2026-03-01T10:20:00Z"), ("to", "2026-03-11T10:20:00Z")])


@given(tenant=st.sampled_from(RANDOM_TENANTS), pairs=FILTERS, zone=st.sampled_from(["UTC", "Europe/Amsterdam", "America/Sao_Paulo"]))
def test_random_logs_have_the_hours_that_sql_says(counted_log: Log, tenant: str, pairs: list[tuple[str, str]], zone: str) -> None:
    check(counted_log, tenant, zone, pairs)


def test_an_hour_that_comes_twice_is_one_hour_of_the_week(log: Log) -> None:
    # In Amsterdam, Sunday 25 October 2026 has two hours from two to three.
    log.load(interaction("1", "2026-10-25T00:30:00Z"), interaction("2", "2026-10-25T01:30:00Z"), interaction("3", "2026-10-25T02:30:00Z"))
    with log.snapshot() as snapshot:
        clicks = heatmap(snapshot.tenant(ACME), parse(ACME, [("tz", "Europe/Amsterdam")]).selection).values("click")
    assert clicks[6][2:5] == [2, 1, 0]
    assert sum(map(sum, clicks)) == 3


def test_without_rows_every_hour_is_empty(log: Log) -> None:
    with log.snapshot() as snapshot:
        found = heatmap(snapshot.tenant(ACME), parse(ACME, [("from", "2026-01-01")]).selection)
    assert found.values("total") == [[0] * 24] * 7
    assert found.values("ctr") == [[None] * 24] * 7


def test_a_row_far_from_all_others_is_counted_in_its_hour(log: Log) -> None:
    # Monday 1 January of year 1, Thursday 1 January 1970, Sunday 15 March 2026, and Friday 31 December 9999.
    log.load(
        interaction("1", "0001-01-01T00:00:00Z"), interaction("2", "1970-01-01T05:00:00Z"), interaction("3", "2026-03-15T14:30:00Z"),
        interaction("4", "9999-12-31T23:59:59.999Z"),
    )
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)

        def hours(**words: str) -> list[tuple[int, int]]:
            counts = heatmap(tenant, parse(ACME, [(name.rstrip("_"), value) for name, value in words.items()]).or_refused().selection).values("total")
            return [(day, hour) for day in range(7) for hour in range(24) if counts[day][hour]]

        assert hours() == [(0, 0), (3, 5), (4, 23), (6, 14)]
        # In Tokyo it is nine hours later, and in year 1 the sun's own time: 9:18.
        assert hours(tz="Asia/Tokyo") == [(0, 9), (3, 14), (5, 8), (6, 23)]
        assert hours(from_="9999-12-01", tz="Asia/Tokyo") == [(5, 8)]
        assert hours(from_="2030-01-01", to="9000-01-01") == []


def test_rows_of_more_than_a_hundred_years_are_refused_unless_the_period_is_shorter(log: Log) -> None:
    log.load(*(interaction(f"{year}", f"{year}-03-01T00:00:00Z") for year in range(1900, 2026)))
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        with pytest.raises(InvalidQuery, match="at most 100 years"):
            heatmap(tenant, parse(ACME, ()).selection)
        assert sum(map(sum, heatmap(tenant, parse(ACME, [("to", "2000-01-01")]).selection).values("total"))) == 100
