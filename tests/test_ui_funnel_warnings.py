from __future__ import annotations

from dataclasses import replace

from queries.answers.funnel import FunnelStep
from tests.funnel_answers import ANSWER, QUESTION
from ui.words.funnels import warnings

TYPES = ("impression", "click", "accept", "convert")


def test_ties_and_units_that_may_still_convert_are_said_with_their_numbers():
    ties, immature = warnings(ANSWER, TYPES)
    assert ties.startswith("5 of 50 that reached click (10.0%) depend on ties")
    assert immature.startswith("8 customer–offer pairs (4.0% of 200) may still reach accept or convert")
    assert immature.endswith("their time had not run out by the log's clock.")
    [_, as_of] = warnings(replace(ANSWER, query=replace(QUESTION, as_of_ms=0)), TYPES)
    assert as_of.endswith("their time had not run out then.")


def test_in_any_order_they_may_still_do_the_steps():
    [*_, immature] = warnings(replace(ANSWER, query=replace(QUESTION, order="any")), TYPES)
    assert immature.startswith("8 customer–offer pairs (4.0% of 200) may still do 3 of 3 steps: their time")


def test_where_ties_do_not_count_those_they_would_add_are_said():
    strict = replace(ANSWER, query=replace(QUESTION, ties="strict"))
    assert warnings(strict, TYPES)[0] == "5 more would have reached click if steps at the same instant were allowed."


def test_fewer_than_thirty_entries_are_said():
    few = replace(ANSWER, immature=0, steps=(FunnelStep(1, ("impression",), 29, 29, 1.0, 1.0, (0.9, 1.0), 0, None),
                                             FunnelStep(2, ("click",), 1, 1, 1 / 29, 1 / 29, (0.0, 0.2), 0, None)))
    assert warnings(few, TYPES) == ["Only 29 customer–offer pairs entered. Rates based on fewer than 30 vary widely: read the intervals."]


def test_a_type_that_never_occurs_is_named():
    assert warnings(ANSWER, ("impression", "click", "accept"))[0] == "The log has no interaction of type convert."


def test_a_funnel_without_reservations_has_no_warnings():
    steps = tuple(replace(step, tie_dependent=0) for step in ANSWER.steps)
    assert warnings(replace(ANSWER, steps=steps, immature=None), TYPES) == []
