"""A funnel beside that of the period before, and the values of a breakdown beside the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queries.funnel.answer import funnel
from queries.funnel.contrast import comparison, differences, question_before
from queries.funnel.question import FunnelQuestion, funnel_question, parse
from queries.rates import Arm, against_rest, contrasts
from tests.logs import ACME, Log, Row, interaction

STEPS = [("step", "a"), ("step", "b")]


def question(*pairs: tuple[str, str]) -> FunnelQuestion:
    return funnel_question(parse(ACME, [*STEPS, *pairs]).or_refused())


@pytest.mark.parametrize(("period", "before"), [
    ([("from", "2026-03-15"), ("to", "2026-03-22")], [("from", "2026-03-08"), ("to", "2026-03-15")]),
    # Days of the zone, also over the night that loses an hour.
    ([("from", "2026-03-29"), ("to", "2026-03-31"), ("tz", "Europe/Amsterdam")],
     [("from", "2026-03-27"), ("to", "2026-03-29"), ("tz", "Europe/Amsterdam")]),
    ([("from", "2026-03-15T10:00"), ("to", "2026-03-15T16:00")], [("from", "2026-03-15T04:00"), ("to", "2026-03-15T10:00")]),
])
def test_the_period_before_is_as_long_and_ends_where_this_one_begins(log: Log, period: list, before: list) -> None:
    log.load(interaction("old", "2026-01-01T00:00:00Z"))
    asked = question(*period, ("breakdown", "offer"), ("grain", "day"), ("exclude", "x"))
    with log.store.snapshot() as snapshot:
        assert question_before(snapshot.tenant(ACME), asked) == question(*before, ("exclude", "x"))


def test_an_end_left_open_is_that_of_the_log(log: Log) -> None:
    log.load(interaction("old", "2026-01-01T00:00:00Z"), interaction("new", "2026-03-21T09:59:59.999Z"))
    with log.store.snapshot() as snapshot:
        found = question_before(snapshot.tenant(ACME), question(("from", "2026-03-15")))
    assert found == question(("from", "2026-03-08"), ("to", "2026-03-14T10:00:00Z"))


@pytest.mark.parametrize("period", [
    [], [("to", "2026-03-15")], [("from", "2026-03-15"), ("to", "2026-03-15")], [("from", "2026-03-10")],
    [("from", "0001-01-01"), ("to", "2026-03-15")],
])
@pytest.mark.parametrize("rows", [[], [interaction("1", "2026-03-10T00:00:00Z"), interaction("2", "2026-03-20T00:00:00Z")]])
def test_without_a_time_before_there_is_no_comparison(log: Log, rows: list[Row], period: list) -> None:
    log.load(*rows)
    with log.store.snapshot() as snapshot:
        assert comparison(snapshot.tenant(ACME), question(*period)) is None


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
    log.load(*chains(3, 200, 20), *chains(8, 200, 60))
    asked = question(("from", "2026-03-08"), ("to", "2026-03-09"))
    week = question(("from", "2026-03-07"), ("to", "2026-03-14"))
    with log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        day = comparison(tenant, asked)
        assert (day.now, day.before) == (funnel(tenant, asked), funnel(tenant, question_before(tenant, asked)))
        assert day.whole
        assert [step.units for step in day.before.steps] == [0, 0]
        found = comparison(tenant, replace(week, breakdown="offer", grain="day"))
    assert ([step.units for step in found.now.steps], [step.units for step in found.before.steps]) == ([200, 60], [200, 20])
    assert list(found.steps) == contrasts([(Arm(60, 200), Arm(20, 200))])
    assert found.steps[0].verdict == "higher"
    assert not found.whole


def test_each_value_is_held_against_the_rest_and_corrected(log: Log) -> None:
    log.load(*chains(3, 300, 90, channelId="web"), *chains(3, 300, 30, channelId="sms"), *chains(3, 290, 58, channelId="app"), *chains(3, 5, 5))
    with log.store.snapshot() as snapshot:
        answer = funnel(snapshot.tenant(ACME), question(("breakdown", "channel")))
    arms = [Arm(row.units[1], row.units[0]) for row in answer.breakdown]
    assert [row.value for row in answer.breakdown] == ["sms", "web", "app", None]
    assert differences(answer, 2) == against_rest(arms)
    assert [found.verdict for found in differences(answer, 2)] == ["lower", "higher", "no clear difference", "too few to say"]
