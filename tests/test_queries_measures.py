from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.answers.history import total
from queries.answers.summary import figures
from queries.asking.measures import COUNTS, MEASURE, MEASURES, RATES, Figures, filters_behind, is_counted, rate
from queries.asking.outcomes import AS_SHIPPED, SHIPPED
from queries.asking.selection import Selection, parse
from tests.figures_logs import WHAT_HAPPENED
from tests.logs import ACME, Log, interaction


def test_every_measure_has_words_and_a_value() -> None:
    for measure in MEASURES:
        assert measure.label and measure.help.endswith(".")
        assert Figures()[measure.id] in (0, None)
    assert len(MEASURE) == len(MEASURES)


@pytest.mark.parametrize(("type", "outcome", "expected"), [
    ("impression", "impression", {"impression", "total", "neutral"}),
    ("recommendation", "impression", {"total", "neutral"}),
    ("recommendation", "recommendation", {"total", "neutral"}),
    ("click", "impression", {"impression", "total", "neutral"}),
    ("impression", "click", {"click", "total", "positive"}),
    ("convert", "conversion", {"convert", "total", "positive"}),
    ("convert", "convert", {"convert", "total", "positive"}),
    ("expired", "expired", {"total", "neutral"}),
    ("not_presented", "not_presented", {"total", "neutral"}),
    ("dismiss", "dismiss", {"dismiss", "total", "negative"}),
    ("save", "save", {"total", "positive"}),
    ("anything", "my own", {"total", "neutral"}),
])
def test_the_outcome_decides_what_counts_a_row(type: str, outcome: str, expected: set[str]) -> None:
    assert {measure.id for measure in COUNTS if is_counted(measure, type, AS_SHIPPED[outcome])} == expected


def test_no_outcome_is_in_two_of_the_counts_whose_customers_are_counted() -> None:
    for outcome in SHIPPED:
        assert sum(is_counted(MEASURE[id], "", outcome) for id in ("impression", "click", "dismiss", "accept", "convert")) <= 1


@pytest.mark.parametrize(("id", "part", "whole", "expected"), [
    ("ctr", 87, 1250, 6.96), ("cvr", 32, 1250, 2.56), ("cvr", 18, 625, 2.88), ("ctr", 1, 800, 0.13), ("ctr", 1, 0, None),
    ("ctr", 3, 2, 150.0), ("ctr", 0, 5, 0.0), ("acceptanceRate", 1, 3, 1 / 3), ("acceptanceRate", 3, 2, 1.5), ("acceptanceRate", 0, 0, None),
])
def test_rates_follow_their_formulas_in_their_units(id: str, part: int, whole: int, expected: float | None) -> None:
    assert rate(MEASURE[id], part, whole) == expected


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_percentages_are_rounded_to_two_decimals_a_half_upwards(part: int, whole: int) -> None:
    assert rate(MEASURE["ctr"], part, whole) == floor(Fraction(10_000 * part, whole) + Fraction(1, 2)) / 100


def test_the_filters_behind_a_figure_leave_just_its_rows(log: Log) -> None:
    log.load(*(
        interaction(f"{number}-{copy}", interactionType=type, outcomeTypeKey=outcome)
        for number, (type, outcome) in enumerate(WHAT_HAPPENED) for copy in range(number + 1)
    ))
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        whole = figures(tenant, Selection(ACME))
        for measure in (*COUNTS, *RATES):
            pairs = filters_behind(measure, tenant.names)
            assert total(tenant, parse(ACME, pairs).or_refused().selection) == whole[measure.numerator or measure.id], measure.id


def test_no_filter_is_behind_what_counts_all_rows(log: Log) -> None:
    log.load(interaction("1", outcomeTypeKey="click"), interaction("2", interactionType="recommendation", outcomeTypeKey="impression"))
    with log.snapshot() as snapshot:
        names = snapshot.tenant(ACME).names
        behind = {measure.id: filters_behind(measure, names) for measure in MEASURES}
    assert behind["total"] == behind["customers"] == behind["revenue"] == []
    assert behind["ctr"] == behind["click"] == [("outcome", "click")]
    assert behind["impression"] == [("outcome", "impression"), ("type", "click")]


def test_the_filters_behind_a_figure_that_is_0_leave_no_row(log: Log) -> None:
    log.load(interaction("1", interactionType="recommendation", outcomeTypeKey="impression"))
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        for id in ("impression", "click", "positive", "negative"):
            assert total(tenant, parse(ACME, filters_behind(MEASURE[id], tenant.names)).selection) == 0
