from __future__ import annotations

from dataclasses import replace

from queries.funnel.contrast import Comparison
from queries.rates import Contrast
from tests.funnel_answers import ANSWER, TIMES
from ui.funnel_before import BEFORE_HEADER, before_figure, before_file, before_rows, seen_text
from ui.funnel_breakdown import breakdown_figure, breakdown_rows
from ui.funnel_times import TIME_HEADER, time_facts, time_file, time_rows, times_figure
from ui.funnel_trend import trend_figure, trend_rows

CONTRASTS = [Contrast("lower", -0.093, 0.01), Contrast("too few to say")]
COMPARED = Comparison(ANSWER, ANSWER, (Contrast("no clear difference", 0.0, 1.0), Contrast("higher", 0.02, 0.01)), True, None)


def test_a_value_has_its_rate_and_its_verdict():
    email, none = breakdown_rows(ANSWER, 3, CONTRASTS)
    assert (email["value"].text, email["step1"], email["step3"], email["rate"].text) == ("Email", "150", "4", "2.7%")
    assert (email["rest"].text, email["rest"].note) == ("▼ −9.3 points", "lower")
    assert (none["value"].text, none["rest"].text, none["rest"].note) == ("(none)", None, "too few to say")


def test_only_a_difference_that_is_more_than_chance_is_coloured():
    lower, plain = breakdown_figure(ANSWER, 3, CONTRASTS).data[0].marker.color
    assert lower != plain
    assert breakdown_figure(ANSWER, 3, CONTRASTS[1:] * 2).data[0].marker.color == (plain, plain)


def test_the_bars_of_a_breakdown_are_the_rates_to_the_chosen_step():
    assert list(breakdown_figure(ANSWER, 2, CONTRASTS).data[0].x) == [40 / 150, 10 / 50]


def test_a_bucket_that_may_change_is_drawn_apart_and_one_without_entries_has_no_rate():
    settled, waiting = trend_figure(ANSWER).data[:2]
    assert list(settled.y) == [0.25, None, None]
    assert list(waiting.y) == [None, None, 0.25]
    assert waiting.line.dash == "dot"
    assert [row["start"].mark for row in trend_rows(ANSWER)] == [None, None, "may still change"]


def test_a_trend_in_which_all_may_change_names_each_line_once():
    waiting = replace(ANSWER, trend=tuple(replace(bucket, immature=True) for bucket in ANSWER.trend))
    assert [trace.showlegend for trace in trend_figure(waiting).data] == [True, True, False]


def test_the_histogram_begins_with_the_first_units_and_its_table_has_all_of_them():
    assert list(times_figure(TIMES).data[0].y) == [10, 0, 20]
    assert [(row["took"], row["units"]) for row in time_rows(TIMES)] == [("1 ms to 1 s", "10"), ("1 s to 10 s", "0"), ("10 s or longer", "20")]
    assert time_file(TIMES) == [(0.001, 1.0, 10), (1.0, 10.0, 0), (10.0, None, 20)]
    assert all(len(row) == len(TIME_HEADER) for row in time_file(TIMES))


def test_the_summary_of_times_has_their_percentiles():
    assert dict(time_facts(TIMES)) == {
        "Median": "20 s", "A quarter within": "5 s", "Three quarters within": "1 min", "Nine in ten within": "2 min", "Mean": "1 min 10 s",
    }


def test_the_period_before_stands_beside_now_with_the_verdict():
    first, click, last = before_rows(COMPARED)
    assert (first["now"], first["now_rate"]) == ("200", None)
    assert (click["now_rate"].text, click["difference"].note) == ("25.0%", "no clear difference")
    assert last["difference"].text == "▲ +2.0 points"
    assert [trace.name for trace in before_figure(COMPARED).data] == ["Now", "Before"]
    assert all(len(row) == len(BEFORE_HEADER) for row in before_file(COMPARED))


def test_for_how_long_two_periods_are_seen_is_said_in_words():
    asked = replace(ANSWER.question, as_of_ms=1_773_581_400_000)
    compared = replace(COMPARED, before=replace(ANSWER, question=asked), seen_ms=14 * 86_400_000)
    assert seen_text(compared) == (
        "Both are seen for the same time, 14 d from the beginning of their period: of the earlier one, rows later than 15 March 2026 13:30 "
        "(UTC) do not count."
    )
