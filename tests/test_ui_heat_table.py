from __future__ import annotations

import pytest

from ui.components.heat_table import busiest_hour, hour_text


@pytest.mark.parametrize(("measure", "value", "text"), [
    ("click", 0, "0"), ("click", 9_999, "9,999"), ("click", 12_345, "12k"), ("click", 1_260_000, "1.3M"),
    ("ctr", 4.26, "4.3%"), ("acceptanceRate", 0.125, "12.5%"),
])
def test_an_hour_s_figure_takes_few_letters(measure: str, value: float, text: str) -> None:
    assert hour_text(measure, value) == text


def test_the_words_name_the_strongest_hour_the_earliest_of_equals() -> None:
    values: list[list[float | None]] = [[0] * 24 for _ in range(7)]
    values[2][9] = values[2][8] = values[5][0] = 7
    values[0][0] = None
    assert busiest_hour(values, [[str(value) for value in hours] for hours in values], "Clicks") == (
        "Clicks: most on Wednesday from 8:00 to 9:00, 7."
    )


def test_a_week_without_any_is_said_as_well() -> None:
    nothing: list[list[float | None]] = [[None] * 24] * 7
    assert busiest_hour(nothing, [[""] * 24] * 7, "CTR") == "CTR: none in any hour of the week."
