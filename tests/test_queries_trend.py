from __future__ import annotations

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.answers.summary import every_row
from queries.answers.trend import GRAINS, sparklines, trend
from queries.asking.selection import Selection, parse
from queries.asking.times import iso, utc_datetime
from tests.figures_logs import FILTERS, RANDOM_TENANTS, SAMPLE, ZOZOTOWN, as_sql_says
from tests.figures_sql import counts_by_bucket_and_type, figures_by_bucket
from tests.logs import ACME, Log, interaction

ZONES = ["UTC", "Europe/Amsterdam", "America/Sao_Paulo", "Asia/Kathmandu"]


def check(log: Log, tenant: str, grain: str, zone: str, pairs: list[tuple[str, str]]) -> None:
    figures = figures_by_bucket(log.store, tenant, grain, zone, pairs)
    counts = counts_by_bucket_and_type(log.store, tenant, grain, zone, pairs)
    types = {type for _, type in counts}
    with log.snapshot() as snapshot:
        buckets = trend(snapshot.tenant(tenant), parse(tenant, [*pairs, ("tz", zone)]).or_refused().selection, grain)
    dates = [utc_datetime(bucket.start).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d") for bucket in buckets]
    assert set(figures) <= set(dates) and len(set(dates)) == len(dates)
    for date, bucket in zip(dates, buckets, strict=True):
        assert bucket.counts == {type: counts.get((date, type), 0) for type in types}
        if date in figures:
            as_sql_says(bucket.figures, figures[date], last=False)
        else:
            assert (bucket.figures.total, bucket.figures.customers, bucket.figures.revenue) == (0, 0, 0)
    for bucket, following in pairwise(buckets):
        assert bucket.end == following.start


@pytest.mark.parametrize("pairs", [
    [], [("type", "click")], [("offerId", "unheard of")], [("from", "2026-01-20T10:30:00.000Z"), ("to", "2026-02-20T00:00:00.001Z")],
], ids=str)
@pytest.mark.parametrize("grain", GRAINS)
def test_every_bucket_of_the_sample_is_what_sql_over_its_raw_rows_says(counted_log: Log, grain: str, pairs: list) -> None:
    for zone in ("UTC", "Europe/Amsterdam"):
        check(counted_log, SAMPLE, grain, zone, pairs)


def test_every_bucket_of_a_real_log_is_what_sql_over_its_raw_rows_says(counted_log: Log) -> None:
    for grain in GRAINS:
        check(counted_log, ZOZOTOWN, grain, "Asia/Tokyo", [])


@given(tenant=st.sampled_from(RANDOM_TENANTS), pairs=FILTERS, zone=st.sampled_from(ZONES))
def test_random_logs_have_the_buckets_that_sql_says(counted_log: Log, tenant: str, pairs: list[tuple[str, str]], zone: str) -> None:
    for grain in GRAINS:
        check(counted_log, tenant, grain, zone, pairs)


def starts(log: Log, grain: str, *pairs: tuple[str, str]) -> list[str]:
    with log.snapshot() as snapshot:
        return [iso(bucket.start)[:16] for bucket in trend(snapshot.tenant(ACME), parse(ACME, pairs).or_refused().selection, grain)]


def test_days_without_rows_are_there_with_zeros(log: Log) -> None:
    log.load(
        interaction("1", "2026-03-01T10:00:00Z", customerId="A"), interaction("2", "2026-03-01T11:00:00Z", customerId="A"),
        interaction("3", "2026-03-04T00:00:00Z", interactionType="impression", outcome={"conversionValue": 2}),
    )
    with log.snapshot() as snapshot:
        buckets = trend(snapshot.tenant(ACME), Selection(ACME))
    assert [(iso(bucket.start)[8:10], bucket.counts, bucket.figures.customers, bucket.figures.revenue) for bucket in buckets] == [
        ("01", {"click": 2, "impression": 0}, 1, 0.0),
        ("02", {"click": 0, "impression": 0}, 0, 0.0),
        ("03", {"click": 0, "impression": 0}, 0, 0.0),
        ("04", {"click": 0, "impression": 1}, 1, 2.0),
    ]
    assert starts(log, "day", ("type", "impression")) == starts(log, "day")


def test_the_period_decides_the_buckets_and_the_log_where_it_is_open(log: Log) -> None:
    log.load(interaction("1", "2026-03-04T10:00:00Z"))
    assert starts(log, "day", ("from", "2026-03-02T12:00:00Z"), ("to", "2026-03-05")) == [
        "2026-03-02T00:00", "2026-03-03T00:00", "2026-03-04T00:00",
    ]
    assert starts(log, "day", ("from", "2026-03-03")) == ["2026-03-03T00:00", "2026-03-04T00:00"]
    assert starts(log, "day", ("to", "2026-03-06T00:00:00.001Z")) == [f"2026-03-0{day}T00:00" for day in (4, 5, 6)]
    assert starts(log, "week", ("from", "2026-03-01"), ("to", "2026-03-02")) == ["2026-02-23T00:00"]
    assert starts(log, "day", ("from", "2026-03-03"), ("to", "2026-03-03")) == []
    assert starts(log, "day", ("from", "2027-01-01")) == []
    assert starts(log, "day", ("from", "2026-03-28"), ("to", "2026-03-30"), ("tz", "Europe/Amsterdam")) == [
        "2026-03-27T23:00", "2026-03-28T23:00",
    ]


def test_an_empty_log_has_only_the_buckets_that_are_asked_for(log: Log) -> None:
    assert starts(log, "day") == []
    assert starts(log, "month", ("from", "2026-01-01"), ("to", "2026-03-01")) == ["2026-01-01T00:00", "2026-02-01T00:00"]


def moment_of(date: str) -> int:
    return parse(ACME, [("from", date)]).selection.start


def test_sparklines_add_up_to_the_summary(counted_log: Log) -> None:
    with counted_log.snapshot() as snapshot:
        tenant, whole = snapshot.tenant(SAMPLE), Selection(SAMPLE, start=moment_of("2026-02-01"))
        for by in ("offer", "channel"):
            for measure in ("impression", "convert"):
                lines = sparklines(tenant, whole, by, measure, "week")
                sums = {row.id: row.figures[measure] for row in every_row(tenant, whole, by) if row.figures[measure]}
                assert {id: sum(counts) for id, counts in lines.counts.items()} == sums
                assert lines.starts == [bucket.start for bucket in trend(tenant, whole, "week")]
                assert {len(counts) for counts in lines.counts.values()} == {len(lines.starts)}
        one = parse(SAMPLE, [("offerId", every_row(tenant, whole, "offer")[0].id), ("from", "2026-02-01")]).selection
        assert sparklines(tenant, whole, "offer", "click").counts[one.values("offerId")[0]] == [
            bucket.figures.click for bucket in trend(tenant, one)
        ]
