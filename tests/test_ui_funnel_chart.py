from __future__ import annotations

from dataclasses import replace

import pytest

from queries.answers.funnel import FunnelStep
from queries.asking.funnel_bars import dropped_after, reached
from tests.funnel_answers import ANSWER, QUESTION
from tests.test_ui_palette import THEME, contrast
from ui.charts.funnel import funnel_alt_text, funnel_figure


def test_the_bars_are_the_units_of_each_step_and_of_each_loss():
    reached_bars, lost = funnel_figure(ANSWER).data
    assert list(reached_bars.x) == [200, 50, 10]
    assert list(lost.x) == [150, 40]
    assert list(reached_bars.y) == [-1, -2, -3]
    assert list(lost.y) == [-2, -3]


def test_each_bar_carries_the_words_of_its_list():
    reached_bars, lost = funnel_figure(ANSWER).data
    assert [list(words) for words in reached_bars.customdata] == [["reached", "1"], ["reached", "2"], ["reached", "3"]]
    assert [list(words) for words in lost.customdata] == [["droppedAfter", "1"], ["droppedAfter", "2"]]


def test_count_both_rates_and_the_interval_stand_together():
    words = [note.text for note in funnel_figure(ANSWER).layout.annotations]
    assert "<b>3</b>  accept or convert" in words
    assert "<b>10</b>" in words
    assert "<b>5.0%</b> of first (95%: 2.7–9.0%) · 20.0% of previous" in words


def test_the_bar_whose_units_are_listed_stands_out():
    reached_bars, lost = funnel_figure(ANSWER, reached(2)).data
    assert max(reached_bars.marker.opacity) == reached_bars.marker.opacity[1]
    assert reached_bars.marker.opacity[0] < 1
    _, lost = funnel_figure(ANSWER, dropped_after(1)).data
    assert lost.marker.opacity[0] > lost.marker.opacity[1]
    assert lost.marker.pattern.solidity[0] > lost.marker.pattern.solidity[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lines_of_what_is_lost_stand_out_from_the_page(theme: str):
    lost = funnel_figure(ANSWER).data[1].marker
    assert contrast(lost.color, THEME[theme]["backgroundColor"]) >= 3
    assert contrast(lost.line.color, THEME[theme]["backgroundColor"]) >= 3
    assert lost.opacity == (1, 1)


def test_markup_in_a_type_is_text():
    step = FunnelStep(2, ("<b>x</b>",), 1, 1, 0.005, 0.005, (0.0, 0.03), 0, None)
    asked = replace(QUESTION, steps=(("impression",), ("<b>x</b>",)))
    answer = replace(ANSWER, query=asked, steps=(ANSWER.steps[0], step))
    assert "<b>2</b>  &lt;b&gt;x&lt;/b&gt;" in [note.text for note in funnel_figure(answer).layout.annotations]


def test_in_any_order_a_bar_says_how_many_steps_were_done():
    answer = replace(ANSWER, query=replace(QUESTION, order="any"))
    figure = funnel_figure(answer)
    assert "<b>Did 2 of 3</b>" in [note.text for note in figure.layout.annotations]
    assert figure.data[0].hovertext[1] == "50 customer–offer pairs did 2 of 3 steps or more"
    assert figure.data[1].hovertext[0] == "150 customer–offer pairs did 1 of 3 steps"


def test_a_funnel_without_entries_has_bars_of_nothing():
    none = tuple(FunnelStep(number, ("click",), 0, 0, None, None, None, 0, None) for number in (1, 2))
    figure = funnel_figure(replace(ANSWER, query=replace(QUESTION, steps=(("click",), ("click",))), steps=none))
    assert [list(trace.x) for trace in figure.data] == [[0, 0], [0]]


def test_the_text_alternative_has_the_numbers_of_the_bars():
    assert funnel_alt_text(ANSWER) == (
        "Funnel of 3 steps. 1 impression: 200, 100.0% of the first; 2 click: 50, 25.0% of the first; "
        "3 accept or convert: 10, 5.0% of the first."
    )
