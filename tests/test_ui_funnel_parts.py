from __future__ import annotations

from dataclasses import replace

from api.funnel import TABLES
from data.results import FunnelUnit
from queries.answers.funnel_comparison import FunnelComparison
from queries.answers.rates import Contrast
from tests.funnel_answers import ANSWER, TIMES
from ui.charts.funnel import BEFORE_HEADER, before_alt_text, before_figure, before_file, before_rows, funnel_alt_text, funnel_figure, seen_text
from ui.charts.funnel_parts import breakdown_alt_text, breakdown_figure, breakdown_headings, breakdown_rows
from ui.charts.funnel_times import TIME_HEADER, time_facts, time_file, time_rows, times_figure
from ui.charts.funnel_trend import funnel_trend_alt_text, funnel_trend_figure, funnel_trend_headings, funnel_trend_rows, step_looks, waiting_caption
from ui.charts.looks import KNOWN, Looks
from ui.rows.funnels import step_rows, unit_headings, unit_rows

LOOKS = Looks([None, "impression", "swipe"])
CONTRASTS = [Contrast("lower", -0.093, 0.01), Contrast("too few to say")]
COMPARED = FunnelComparison(ANSWER, ANSWER, (Contrast("no clear difference", 0.0, 1.0), Contrast("higher", 0.02, 0.01)), True, None)


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


def test_a_bucket_that_may_change_is_hatched_and_one_without_entries_has_no_rate():
    figure = funnel_trend_figure(ANSWER, LOOKS, {})
    assert [list(line.y) for line in figure.data[:2]] == [[0.25, None, 0.25], [0.05, None, 0.05]]
    assert list(figure.data[2].marker.pattern.shape) == ["", "", "/"]
    assert list(figure.layout.shapes) == []
    assert waiting_caption(ANSWER) == "Hatched: a bucket that may still change, because some of its units' time has not run out."
    assert waiting_caption(replace(ANSWER, trend=ANSWER.trend[:2])) is None
    assert figure.data[0].hovertext[2] == "2 click: 25.0% of 80, may still change"
    assert [row["start"].mark for row in funnel_trend_rows(ANSWER, {})] == [None, None, "may still change"]


def test_a_bucket_that_is_cut_says_what_of_it_counts_in_the_picture_its_words_and_its_table():
    cut = {"2026-09-01": "5 of 30 days"}
    figure = funnel_trend_figure(ANSWER, LOOKS, cut)
    assert [(band.x0, band.x1) for band in figure.layout.shapes] == [("2026-08-17T00:00:00", "2026-09-16T00:00:00")]
    assert figure.data[0].hovertext[0] == "2 click: 25.0% of 120, 5 of 30 days"
    assert figure.data[2].hovertext[0] == "120 entered, 5 of 30 days"
    assert "2026-09-01 5.0% of 120, 5 of 30 days;" in funnel_trend_alt_text(ANSWER, cut)
    assert [row["start"].note for row in funnel_trend_rows(ANSWER, cut)] == ["5 of 30 days", None, None]


def test_a_step_is_drawn_as_its_first_type_and_one_that_repeats_it_otherwise():
    click, accept = funnel_trend_figure(ANSWER, LOOKS, {}).data[:2]
    assert [(line.line.color, line.marker.symbol) for line in (click, accept)] == [
        (KNOWN["click"].colour, "circle"), (KNOWN["accept"].colour, "diamond"),
    ]
    again = replace(ANSWER.query, steps=(("click",), ("click", "accept"), ("swipe",), ("click",)))
    assert step_looks(again, LOOKS) == [KNOWN["click"], LOOKS.further(2), LOOKS["swipe"], LOOKS.further(4)]


def test_in_any_order_a_line_has_no_types_look():
    any_order = replace(ANSWER.query, order="any")
    assert not {*step_looks(any_order, LOOKS)} & {*KNOWN.values(), LOOKS["swipe"]}


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


def test_in_any_order_no_word_of_any_picture_table_or_file_is_a_steps_type():
    types = (("zap",), ("zip",), ("zop", "zup"))
    steps = tuple(replace(step, types=of) for step, of in zip(ANSWER.steps, types, strict=True))
    answer = replace(ANSWER, query=replace(ANSWER.query, order="any", steps=types), steps=steps)
    compared = FunnelComparison(answer, answer, COMPARED.steps, True, None)
    unit = FunnelUnit("c1", "o1", 2, 0, 1000)
    drawn = [funnel_figure(answer), funnel_trend_figure(answer, LOOKS, {}), breakdown_figure(answer, 3, CONTRASTS), before_figure(compared)]
    said = [
        *(figure.to_json() for figure in drawn),
        funnel_alt_text(answer), funnel_trend_alt_text(answer, {}), breakdown_alt_text(answer, 3, CONTRASTS), before_alt_text(compared),
        repr(step_rows(answer, str)), repr(funnel_trend_rows(answer, {})), repr(breakdown_rows(answer, 3, CONTRASTS)), repr(before_rows(compared)),
        repr(funnel_trend_headings(answer)), repr(breakdown_headings(answer, 3)), repr(unit_headings(answer.query)),
        repr(unit_rows([unit], answer.query, str)), repr(before_file(compared)),
        *(repr(table(answer).to_pydict()) for table in TABLES.values()),
    ]
    for words in said:
        assert not [one for step in types for one in step if one in words], words
    assert step_rows(answer, str)[3]["previous"].note == "of those who did 2 of 3 steps or more"
    assert [trace.name for trace in funnel_trend_figure(answer, LOOKS, {}).data] == ["Did 2 of 3", "Did 3 of 3", "Entries"]


def test_for_how_long_two_periods_are_seen_is_said_in_words():
    asked = replace(ANSWER.query, as_of_ms=1_773_581_400_000)
    compared = replace(COMPARED, before=replace(ANSWER, query=asked), seen_ms=14 * 86_400_000)
    assert seen_text(compared) == (
        "Both are seen for the same time, 14 d from the beginning of their period: of the earlier one, rows later than 15 March 2026 13:30 "
        "(UTC) do not count."
    )
