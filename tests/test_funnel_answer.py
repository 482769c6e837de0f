"""A funnel's answer is what a brute-force search over the same rows finds, part by part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.engine import Tenant
from queries.answers.funnel import FunnelAnswer, funnel, is_funnel_ready
from queries.asking.funnel import FunnelQuery
from queries.asking.selection import Selection
from queries.asking.times import milliseconds
from tests.funnel_logs import RandomLog, loaded, random_log, random_question
from tests.funnel_oracle import Expected, Funnel, Row, expected_events, expected_tie_dependent, expected_units
from tests.logs import ACME, Log, interaction

LOGS = [random_log(f"tenant {number}", Random(number)) for number in range(60)]


@pytest.fixture(scope="module")
def tenant_of(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Tenant]]:
    with Log(tmp_path_factory.mktemp("funnels"), engine) as log:
        loaded(log, LOGS)
        with log.snapshot() as snapshot:
            yield snapshot.tenant


seeds = st.integers(0, 2**32).map(Random)


def test_a_funnel_is_ready_once_the_log_has_been_read_and_stays_so_while_rows_arrive(log: Log) -> None:
    log.load(*(interaction(f"{number}") for number in range(9)))
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        assert not is_funnel_ready(tenant)
        funnel(tenant, FunnelQuery(Selection(ACME)))
        assert is_funnel_ready(tenant)
    log.load(interaction("another"))
    with log.snapshot() as snapshot:
        assert is_funnel_ready(snapshot.tenant(ACME))


@given(st.sampled_from(LOGS), seeds)
def test_an_answer_is_what_a_brute_force_search_finds(tenant_of: Callable[[str], Tenant], log: RandomLog, drawn: Random) -> None:
    query, plan = random_question(log, drawn)
    answer = funnel(tenant_of(log.tenant), query)
    units = list(expected_units(log.rows, plan, log.newest).values())
    assert [step.types for step in answer.steps] == list(query.steps)
    assert [step.units for step in answer.steps] == levels(units, plan)
    assert [step.events for step in answer.steps] == expected_events(log.rows, plan)
    assert [step.tie_dependent for step in answer.steps] == expected_tie_dependent(log.rows, plan, log.newest)
    assert answer.immature == (None if plan.window_ms is None else sum(unit.immature for unit in units))
    assert answer.newest == log.newest
    assert_durations(answer, units)
    assert_breakdown(answer, units, plan)
    assert_trend(answer, units, plan, log)


def levels(units: list[Expected], plan: Funnel) -> list[int]:
    return [sum(unit.level >= step for unit in units) for step in range(1, len(plan.steps) + 1)]


def assert_durations(answer: FunnelAnswer, units: list[Expected]) -> None:
    assert answer.steps[0].from_entry is None
    for step in answer.steps[1:]:
        chains = [unit.chains[step.number - 1] for unit in units if unit.level >= step.number]
        seconds = [(reach.time - entry.time) / 1000 for entry, reach in chains]
        took = step.from_entry
        assert took.n == len(seconds)
        if seconds:
            assert took.mean == pytest.approx(sum(seconds) / len(seconds))
            assert [took.p25, took.median, took.p75, took.p90] == pytest.approx(np.percentile(seconds, [25, 50, 75, 90]).tolist())


def assert_breakdown(answer: FunnelAnswer, units: list[Expected], plan: Funnel) -> None:
    dimension = answer.query.breakdown
    mark = {"offer": "o", "creative": "r", "channel": "c", "direction": "d"}[dimension]
    of_value = defaultdict(list)
    for unit in units:
        key = getattr(entry_of(unit), dimension)
        of_value[f"{mark}{key}" if key else None].append(unit)
    assert {row.value: list(row.units) for row in answer.breakdown} == {value: levels(of, plan) for value, of in of_value.items()}
    firsts = [row.units[0] for row in answer.breakdown]
    assert firsts == sorted(firsts, reverse=True)


def assert_trend(answer: FunnelAnswer, units: list[Expected], plan: Funnel, log: RandomLog) -> None:
    query = answer.query
    in_bucket = defaultdict(list)
    for unit in units:
        in_bucket[bucket(entry_of(unit).time, query)].append(unit)
    first = bucket(min(row.time for row in log.rows) if query.selection.start is None else query.selection.start, query)
    last = bucket(log.newest if query.selection.end is None else query.selection.end - 1, query)
    every = [first]
    while every[-1] < last:
        every.append(following(every[-1], query))
    assert [bucket.start for bucket in answer.trend] == [start.isoformat() for start in every]
    for start, found in zip(every, answer.trend, strict=True):
        assert list(found.units) == levels(in_bucket[start], plan)
        waits = sum(unit.immature for unit in in_bucket[start])
        assert (found.date, found.waiting) == (start.isoformat(), None if plan.window_ms is None else waits)
        assert found.immature is (None if plan.window_ms is None else waits > 0)


def entry_of(unit: Expected) -> Row:
    return unit.chains[-1][0]


def bucket(ms: int, query: FunnelQuery) -> date:
    day = datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(query.selection.zone)).date()
    if query.grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if query.grain == "month" else day


def following(day: date, query: FunnelQuery) -> date:
    if query.grain == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if query.grain == "week" else 1)


@given(st.sampled_from(LOGS), seeds)
def test_the_parts_sum_to_the_total(tenant_of: Callable[[str], Tenant], log: RandomLog, drawn: Random) -> None:
    query, _ = random_question(log, drawn)
    answer = funnel(tenant_of(log.tenant), query)
    plain = funnel(tenant_of(log.tenant), replace(query, breakdown=None, grain=None))
    assert plain.steps == answer.steps
    assert (plain.breakdown, plain.trend) == (None, None)
    for parts in (answer.breakdown, answer.trend):
        assert [sum(part.units[step] for part in parts) for step in range(len(answer.steps))] == [step.units for step in answer.steps]


@given(st.sampled_from(LOGS), seeds)
def test_every_rate_is_of_its_own_units_and_none_without_any(tenant_of: Callable[[str], Tenant], log: RandomLog, drawn: Random) -> None:
    answer = funnel(tenant_of(log.tenant), random_question(log, drawn)[0])
    first = answer.steps[0].units
    for step, previous in zip(answer.steps, (answer.steps[0], *answer.steps), strict=False):
        assert step.rate_from_first == (step.units / first if first else None)
        assert step.rate_from_previous == (step.units / previous.units if previous.units else None)
        assert step.interval95 == (pytest.approx(wilson(step.units, first), abs=1e-12) if first else None)


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The two shares p at which so many hits lie just 1.96 standard errors off: the ends of Wilson's interval."""
    z2 = 1.959963984540054**2
    middle, spread = 2 * hits + z2, sqrt(z2 * (z2 + 4 * hits * (1 - hits / trials)))
    return (middle - spread) / (2 * (trials + z2)), (middle + spread) / (2 * (trials + z2))


def at(hour: int, type: str, customer: str, **fields: str | None) -> dict:
    moment = datetime(2026, 3, 28, tzinfo=UTC) + timedelta(hours=hour)
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return interaction(f"{customer} {hour} {type}", stamp, interactionType=type, customerId=customer, offerId="o", **fields)


A_B = FunnelQuery(Selection(ACME), (("a",), ("b",)))


def test_a_day_that_loses_an_hour_keeps_its_entries(log: Log) -> None:
    # In Amsterdam 29 March 2026 lasts from 23:00 UTC of the 28th to 22:00 UTC.
    log.load(at(22, "a", "A"), at(23, "a", "B"), at(45, "a", "C"), at(46, "a", "D"), at(46, "b", "D"))
    query = replace(A_B, selection=Selection(ACME, zone="Europe/Amsterdam"), grain="day")
    with log.snapshot() as snapshot:
        trend = funnel(snapshot.tenant(ACME), query).trend
    assert [(bucket.start, bucket.units) for bucket in trend] == [("2026-03-28", (1, 0)), ("2026-03-29", (2, 0)), ("2026-03-30", (1, 1))]


def test_names_are_those_of_the_entities(log: Log) -> None:
    log.describe("channels", {"tenantId": ACME, "id": "web", "name": "Web"})
    log.load(at(1, "a", "A", channelId="web"), at(2, "a", "B", channelId="sms"), at(3, "a", "C"), at(4, "b", "A", channelId="sms"))
    with log.snapshot() as snapshot:
        rows = funnel(snapshot.tenant(ACME), replace(A_B, breakdown="channel")).breakdown
    assert [(row.value, row.name, row.units) for row in rows] == [("sms", None, (1, 0)), ("web", "Web", (1, 1)), (None, None, (1, 0))]


def test_a_tenant_without_rows_has_an_answer_of_zeros(log: Log) -> None:
    with log.snapshot() as snapshot:
        answer = funnel(snapshot.tenant(ACME), replace(A_B, breakdown="offer", grain="day"))
    assert [(step.units, step.events, step.rate_from_first, step.interval95) for step in answer.steps] == [(0, 0, None, None)] * 2
    assert (answer.immature, answer.newest, answer.breakdown, answer.trend) == (0, None, (), ())


@pytest.mark.parametrize("filter", [("offerId", ("nothing",)), ("customerId", ("nobody",)), ("channelId", ("nowhere",))])
def test_a_value_that_never_occurs_passes_no_row(log: Log, filter: tuple[str, tuple[str, ...]]) -> None:
    log.load(at(1, "a", "A", channelId="web"))
    with log.snapshot() as snapshot:
        answer = funnel(snapshot.tenant(ACME), replace(A_B, selection=Selection(ACME, (filter,)), grain="day"))
    assert [(step.units, step.events) for step in answer.steps] == [(0, 0)] * 2
    assert [bucket.units for bucket in answer.trend] == [(0, 0)]


def test_an_answer_is_remembered_until_the_log_grows(log: Log) -> None:
    log.load(at(1, "a", "A"))
    with log.snapshot() as snapshot:
        before = funnel(snapshot.tenant(ACME), A_B)
        assert funnel(snapshot.tenant(ACME), A_B) is before
    log.load(at(2, "b", "A"))
    with log.snapshot() as snapshot:
        assert [step.units for step in funnel(snapshot.tenant(ACME), A_B).steps] == [1, 1]
    assert [step.units for step in before.steps] == [1, 0]


def test_a_trend_of_too_many_buckets_is_one_of_longer_ones(log: Log) -> None:
    log.load(at(1, "a", "A"), at(2, "a", "B"))
    query = replace(A_B, selection=Selection(ACME, start=milliseconds("1900-06-01", ZoneInfo("UTC"))), grain="day")
    with log.snapshot() as snapshot:
        answer = funnel(snapshot.tenant(ACME), query)
    # 125 years and 10 months are 45,952 days and 6,565 weeks; the first of June 1900 was a Friday.
    assert (answer.query.grain, answer.grain, len(answer.trend)) == ("day", "week", 6566)
    assert [(bucket.date, bucket.partial, bucket.units) for bucket in (answer.trend[0], answer.trend[-1])] == [
        ("1900-05-28", True, (0, 0)), ("2026-03-23", True, (2, 0)),
    ]
    assert not any(bucket.partial for bucket in answer.trend[1:-1])


def test_the_random_logs_try_what_matters() -> None:
    """Else the agreement above would say little: entries of all levels, ties that decide, attempts that are immature."""
    drawn, seen = Random(5), Counter()
    for log in LOGS * 6:
        query, plan = random_question(log, drawn)
        units = expected_units(log.rows, plan, log.newest).values()
        seen.update(f"level {unit.level}" for unit in units)
        seen["immature"] += any(unit.immature for unit in units)
        seen["ties decide"] += any(expected_tie_dependent(log.rows, plan, log.newest))
        seen[query.selection.zone] += 1
    assert min(seen[what] for what in ("level 1", "level 2", "level 3", "immature", "ties decide", "America/New_York")) >= 10
