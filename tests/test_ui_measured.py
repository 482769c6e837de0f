from __future__ import annotations

import pytest

from queries.answers.comparison import Change
from queries.answers.rates import rate_of
from queries.asking.measures import Figures
from ui.words.measures import change_text, interval_text, value_text


@pytest.mark.parametrize("measure, value, text", [
    ("click", 1234, "1,234"), ("customers", 0, "0"), ("revenue", 1234.5, "1,234.50"), ("ctr", 4.21, "4.21%"),
    ("acceptanceRate", 0.27534, "27.53%"), ("acceptanceRate", 1.5, "150.00%"), ("cvr", None, "–"), ("revenue", None, "too large"),
])
def test_a_value_is_said_in_its_measures_unit(measure: str, value: float | None, text: str):
    assert value_text(measure, value) == text


@pytest.mark.parametrize("measure, now, before, text", [
    ("click", 112, 100, "+12.0%"), ("click", 88, 100, "−12.0%"), ("click", 100, 100, "±0.0%"), ("click", 5, 0, "new"),
    ("click", 0, 0, "±0%"), ("revenue", 50.0, -10.0, "–"), ("revenue", None, 10.0, "–"),
    ("ctr", 4.0, 4.32, "−0.32 points"), ("acceptanceRate", 0.5, 0.25, "+25.00 points"), ("ctr", 4.0, None, "–"),
    ("ctr", 4.0, 4.0, "±0.00 points"),
])
def test_a_change_is_a_share_of_what_was_and_of_a_rate_its_points(measure: str, now: float | None, before: float | None, text: str):
    assert change_text(measure, Change(now, before)) == text


def test_an_interval_of_half_of_a_hundred_is_that_of_the_tables():
    assert interval_text("ctr", rate_of(Figures(impression=100, click=50), "ctr")) == "40.38–59.62%"
    assert interval_text("acceptanceRate", rate_of(Figures(impression=100, positive=50), "acceptanceRate")) == "40.38–59.62%"


def test_there_is_no_interval_where_clicks_outnumber_impressions():
    assert interval_text("ctr", rate_of(Figures(impression=1, click=2), "ctr")) == "–"
