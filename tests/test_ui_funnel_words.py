from __future__ import annotations

from dataclasses import replace

import pytest

from queries.asking.funnel_bars import FunnelBar, dropped_after, reached
from tests.funnel_answers import QUESTION
from ui.words.funnels import (
    bar_name,
    bar_pairs,
    completed_phrase,
    dropped_phrase,
    goal_phrase,
    interval,
    points,
    rate_heading,
    reach_phrase,
    reached_phrase,
    step_label,
    step_types,
    units,
)

ANY = replace(QUESTION, order="any")
TEN = replace(QUESTION, steps=(("click",),) * 10)


@pytest.mark.parametrize(("bar", "name"), [
    (reached(1), "reached step 1 (impression)"),
    (reached(3), "reached step 3 (accept or convert)"),
    (dropped_after(1), "reached step 1 (impression) and not step 2 (click)"),
])
def test_a_bar_is_named_after_what_its_units_did(bar: FunnelBar, name: str):
    assert bar_name(QUESTION, bar) == name


@pytest.mark.parametrize(("bar", "name"), [
    (reached(2), "did 2 of 3 steps or more"), (reached(3), "did 3 of 3 steps"), (dropped_after(2), "did 2 of 3 steps"),
])
def test_in_any_order_a_bar_is_named_after_how_many_steps_were_done(bar: FunnelBar, name: str):
    assert bar_name(ANY, bar) == name


def test_the_words_of_a_step_are_sentences_in_any_order_too():
    assert [reach_phrase(one, 3) for one in (QUESTION, ANY)] == ["reach accept or convert", "do 3 of 3 steps"]
    assert [reached_phrase(one, 2) for one in (QUESTION, ANY)] == ["reached click", "did 2 of 3 steps or more"]
    assert [goal_phrase(one, 2) for one in (QUESTION, ANY)] == ["click", "2 of 3 steps"]
    assert [completed_phrase(one) for one in (QUESTION, ANY)] == ["reached the last step", "did all 3 steps"]
    assert [dropped_phrase(one, 2) for one in (QUESTION, ANY)] == ["Dropped after 2", "Did only 2 of 3"]


def test_in_any_order_nothing_is_called_by_a_steps_number_or_types():
    assert [step_label(one, 2) for one in (QUESTION, ANY)] == ["2 click", "Did 2 of 3"]
    assert [rate_heading(one, 3) for one in (QUESTION, ANY)] == ["% of 1 to 3", "% did 3 of 3"]
    assert [step_types(one, 3) for one in (QUESTION, ANY)] == ["accept|convert", None]


def test_the_last_of_ten_steps_is_reached_and_the_one_before_dropped():
    assert bar_pairs(reached(10)) == [("reached", "10")]
    assert bar_pairs(dropped_after(9)) == [("droppedAfter", "9")]
    assert bar_name(TEN, reached(10)) == "reached step 10 (click)"


def test_the_unit_is_a_pair_or_a_customer():
    assert units(1, QUESTION) == "1 customer–offer pair"
    assert units(1200, replace(QUESTION, unit="customer")) == "1,200 customers"


@pytest.mark.parametrize(("bounds", "said"), [
    (None, "–"), ((0.412, 0.4181), "41.2–41.8%"), ((0.5, 0.5001), "50.0%"), ((0.0, 0.0002), "0.0–<0.1%"),
])
def test_an_interval_has_one_percent_sign(bounds: tuple[float, float] | None, said: str):
    assert interval(bounds) == said


@pytest.mark.parametrize(("difference", "said"), [(None, "–"), (0.0123, "+1.2"), (-0.5, "−50.0"), (-0.0001, "0.0"), (0.0, "0.0")])
def test_points_have_a_sign_unless_they_round_to_nothing(difference: float | None, said: str):
    assert points(difference) == said
