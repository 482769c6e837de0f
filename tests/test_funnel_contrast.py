"""A funnel beside that of the period before, and the values of a breakdown beside the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from queries.answers.funnel import funnel
from queries.answers.funnel_comparison import differences, funnel_comparison, queries
from queries.answers.history import log_span
from queries.answers.rates import Arm, against_rest, contrasts
from queries.asking.funnel import FunnelQuery, funnel_query, parse
from queries.asking.times import milliseconds
from tests.logs import ACME, Log, Row, interaction

STEPS = [("step", "a"), ("step", "b")]


def query(*pairs: tuple[str, str]) -> FunnelQuery:
    return funnel_query(parse(ACME, [*STEPS, *pairs]).or_refused())


@pytest.mark.parametrize(("period", "before"), [
    ([("from", "2026-03-15"), ("to", "2026-03-22")], [("from", "2026-03-08"), ("to", "2026-03-15")]),
    # Days of the zone, also over the night that loses an hour.
    ([("from", "2026-03-29"), ("to", "2026-03-31"), ("tz", "Europe/Amsterdam")],
     [("from", "2026-03-27"), ("to", "2026-03-29"), ("tz", "Europe/Amsterdam")]),
    ([("from", "2026-03-15T10:00"), ("to", "2026-03-15T16:00")], [("from", "2026-03-15T04:00"), ("to", "2026-03-15T10:00")]),
])
def test_the_period_before_is_as_long_and_ends_where_this_one_begins(log: Log, period: list, before: list) -> None:
    log.load(interaction("old", "2026-01-01T00:00:00Z"))
    asked = query(*period, ("breakdown", "offer"), ("grain", "day"), ("exclude", "x"))
    with log.snapshot() as snapshot:
        now, then = queries(snapshot.tenant(ACME), asked)
    assert now == query(*period, ("exclude", "x"))
    assert replace(then, as_of_ms=None) == query(*before, ("exclude", "x"))


def test_an_end_left_open_is_that_of_the_log(log: Log) -> None:
    log.load(interaction("old", "2026-01-01T00:00:00Z"), interaction("new", "2026-03-21T09:59:59.999Z"))
    with log.snapshot() as snapshot:
        _, found = queries(snapshot.tenant(ACME), query(("from", "2026-03-15")))
    # Seven days before the newest row.
    assert found == query(("from", "2026-03-08"), ("to", "2026-03-14T10:00:00Z"), ("asOf", "2026-03-14T09:59:59.999Z"))


@pytest.mark.parametrize("period", [
    [], [("to", "2026-03-15")], [("from", "2026-03-15"), ("to", "2026-03-15")], [("from", "2026-03-10")],
    [("from", "0001-01-01"), ("to", "2026-03-15")],
])
@pytest.mark.parametrize("rows", [[], [interaction("1", "2026-03-10T00:00:00Z"), interaction("2", "2026-03-20T00:00:00Z")]])
def test_without_a_time_before_there_is_no_comparison(log: Log, rows: list[Row], period: list) -> None:
    log.load(*rows)
    with log.snapshot() as snapshot:
        assert funnel_comparison(snapshot.tenant(ACME), query(*period)) is None


def chains(day: int, customers: int, converted: int, **fields: str) -> list[Row]:
    """So many customers who enter on a day of March 2026, and the first of them also convert."""
    rows = []
    for nth in range(customers):
        unit = fields | {"customerId": f"{day} {fields} {nth}", "offerId": "o"}
        stamp = f"2026-03-{day:02d}T12:00:00Z"
        rows.append(interaction(f"{unit} a", stamp, interactionType="a", **unit))
        if nth < converted:
            rows.append(interaction(f"{unit} b", stamp, interactionType="b", **unit))
    return rows


def test_now_and_before_are_the_answers_of_their_periods(log: Log) -> None:
    log.load(*chains(3, 200, 20), *chains(8, 200, 60), interaction("last", "2026-03-21T00:00:00Z"))
    asked = query(("from", "2026-03-08"), ("to", "2026-03-09"))
    week = query(("from", "2026-03-07"), ("to", "2026-03-14"))
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        day = funnel_comparison(tenant, asked)
        assert (day.now, day.before) == tuple(funnel(tenant, one) for one in queries(tenant, asked))
        assert day.is_complete
        assert [step.units for step in day.before.steps] == [0, 0]
        found = funnel_comparison(tenant, replace(week, breakdown="offer", grain="day"))
    assert ([step.units for step in found.now.steps], [step.units for step in found.before.steps]) == ([200, 60], [200, 20])
    assert list(found.steps) == contrasts([(Arm(60, 200), Arm(20, 200))])
    assert found.steps[0].verdict == "higher"
    assert not found.is_complete


def test_each_value_is_held_against_the_rest_and_corrected(log: Log) -> None:
    log.load(*chains(3, 300, 90, channelId="web"), *chains(3, 300, 30, channelId="sms"), *chains(3, 290, 58, channelId="app"), *chains(3, 5, 5))
    with log.snapshot() as snapshot:
        answer = funnel(snapshot.tenant(ACME), query(("breakdown", "channel")))
    arms = [Arm(row.units[1], row.units[0]) for row in answer.breakdown]
    assert [row.value for row in answer.breakdown] == ["sms", "web", "app", None]
    assert differences(answer, 2) == against_rest(arms)
    assert [found.verdict for found in differences(answer, 2)] == ["lower", "higher", "no clear difference", "too few to say"]


def entries(first: date, days: int, converted: Callable[[int], int], delay: int = 20) -> list[Row]:
    """Ten customers a day who enter at noon, of whom so many convert so many days later."""
    rows = []
    for nth in range(days):
        day = first + timedelta(days=nth)
        for number in range(10):
            unit = {"customerId": f"{day} {number}", "offerId": "o"}
            rows.append(interaction(f"{day} {number} a", f"{day}T12:00:00Z", interactionType="a", **unit))
            if number < converted(nth):
                rows.append(interaction(f"{day} {number} b", f"{day + timedelta(days=delay)}T12:00:00Z", interactionType="b", **unit))
    return rows


def seen_until(rows: list[Row], last: str) -> list[Row]:
    """The log as it stood then, with a row of that instant."""
    return [*(row for row in rows if row["timestamp"] <= last), interaction("last", last, interactionType="x", offerId="o")]


TWO_WEEKS = [("from", "2026-03-29"), ("to", "2026-04-12"), ("window", "30d")]


def test_a_period_that_is_still_open_is_held_against_what_the_one_before_was_then(log: Log) -> None:
    # Always 5 of 10 convert, on the 20th day: of the later two weeks those of the first three days had the time to.
    log.load(*seen_until(entries(date(2026, 3, 1), 42, lambda nth: 5), "2026-04-20T18:00:00Z"))
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        found = funnel_comparison(tenant, query(*TWO_WEEKS))
        finished = funnel(tenant, replace(found.before.query, as_of_ms=None))
    # The finished period before has 70 of 140, and would make the later one lower by 39 points.
    assert [step.units for step in finished.steps] == [140, 70]
    assert [step.units for step in found.now.steps] == [step.units for step in found.before.steps] == [140, 15]
    assert (found.steps[0].verdict, found.steps[0].difference) == ("no clear difference", 0.0)
    assert found.now.immature == found.before.immature == 125
    assert found.before.query.as_of_ms == milliseconds("2026-04-06T18:00:00Z", ZoneInfo("UTC"))
    assert found.seen_ms == 22 * 86_400_000 + 18 * 3_600_000


def test_a_period_that_is_really_lower_is_told_while_it_is_open(log: Log) -> None:
    rows = entries(date(2026, 3, 1), 42, lambda nth: 5 if nth < 28 else 1)
    log.load(*seen_until(rows, "2026-05-01T18:00:00Z"))
    with log.snapshot() as snapshot:
        found = funnel_comparison(snapshot.tenant(ACME), query(*TWO_WEEKS))
    # All days had their 20 days, none its 30.
    assert [[step.units for step in answer.steps] for answer in (found.now, found.before)] == [[140, 14], [140, 70]]
    assert found.steps[0].verdict == "lower"
    assert found.seen_ms is not None


def test_periods_whose_time_has_run_out_are_compared_as_they_are(log: Log) -> None:
    log.load(*seen_until(entries(date(2026, 3, 1), 42, lambda nth: 5), "2026-05-12T00:00:00Z"))
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        # The last entry may be of the last millisecond, and its window ends a millisecond before midnight.
        assert funnel_comparison(tenant, query(*TWO_WEEKS)).seen_ms is None
        open_ended = funnel_comparison(tenant, query(*TWO_WEEKS[:2], ("window", "none")))
    assert open_ended.seen_ms == 44 * 86_400_000
    assert open_ended.before.immature is None


def test_rows_of_the_future_count_in_neither_period(log: Log) -> None:
    rows = entries(date(2026, 3, 1), 42, lambda nth: 5)
    future = interaction("far", "2199-01-01T00:00:00Z", interactionType="b", customerId="2026-04-10 9", offerId="o")
    log.load(*seen_until(rows, "2026-04-20T18:00:00Z"), future)
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        found = funnel_comparison(tenant, query(*TWO_WEEKS[:2], ("window", "none")))
        whole = funnel(tenant, query(*TWO_WEEKS[:2], ("window", "none")))
    assert found.now.query.as_of_ms == log_span(tenant).clock == milliseconds("2026-04-20T18:00:00Z", ZoneInfo("UTC"))
    assert [[step.units for step in answer.steps] for answer in (whole, found.now, found.before)] == [[140, 16], [140, 15], [140, 15]]


def test_a_funnel_asked_as_of_a_time_is_compared_as_of_that_time(log: Log) -> None:
    log.load(*seen_until(entries(date(2026, 3, 1), 42, lambda nth: 5), "2026-06-01T00:00:00Z"))
    with log.snapshot() as snapshot:
        found = funnel_comparison(snapshot.tenant(ACME), query(*TWO_WEEKS, ("asOf", "2026-04-20T18:00:00Z")))
    assert [step.units for step in found.now.steps] == [step.units for step in found.before.steps] == [140, 15]
