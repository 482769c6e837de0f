from __future__ import annotations

from zoneinfo import ZoneInfo

from data.results import TimelinePoint
from queries.asking.times import milliseconds
from ui.charts.looks import Looks
from ui.charts.timeline import timeline_alt_text, timeline_figure

NOON, ONE = (milliseconds(f"2026-03-15T{hour}:00:00Z", ZoneInfo("UTC")) for hour in (12, 13))
MARKS = [TimelinePoint(NOON, "impression", "o1", "ch_email"), TimelinePoint(ONE, "click", "o1", "ch_email"),
         TimelinePoint(ONE, "impression", None, None)]
OFFERS, CHANNELS = {None: None, "o1": "Platinum Card"}, {"ch_email": "E-mail"}
LOOKS = Looks([None, "impression", "click"])


def test_each_interaction_is_a_mark_of_its_type_in_the_row_of_its_offer():
    figure = timeline_figure(MARKS, OFFERS, CHANNELS.__getitem__, LOOKS)
    points = {trace.name: trace for trace in figure.data}
    assert list(points) == ["impression", "click"]
    assert list(points["impression"].y) == ["Platinum Card", "No offer"]
    assert list(points["click"].x) == ["2026-03-15 13:00:00"]
    assert [(mark.marker.color, mark.marker.symbol) for mark in points.values()] == [("#64748B", "circle-open"), ("#5B54EA", "circle")]
    assert figure.layout.xaxis.ticktext == ("00:00<br>15 Mar 2026", "06:00", "12:00", "18:00")


def test_a_mark_says_its_channel_by_name():
    impressions = timeline_figure(MARKS, OFFERS, CHANNELS.__getitem__, LOOKS).data[0]
    assert [channel for _, channel in impressions.customdata] == ["E-mail", "–"]


def test_the_first_offer_is_the_topmost_row():
    figure = timeline_figure(MARKS, OFFERS, CHANNELS.__getitem__, LOOKS)
    assert list(figure.layout.yaxis.categoryarray) == ["Platinum Card", "No offer"]


def test_two_offers_of_one_name_have_a_row_each():
    points = [TimelinePoint(NOON, "click", "o1", None), TimelinePoint(NOON, "click", "o2", None)]
    assert list(timeline_figure(points, {"o1": "Card", "o2": "Card"}, str, LOOKS).data[0].y) == ["Card", "Card (o2)"]


def test_marks_at_the_ends_of_the_calendar_leave_the_axis_within_it():
    first, last = (milliseconds(text, ZoneInfo("UTC")) for text in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"))
    ends = [TimelinePoint(at, "click", "o1", None) for at in (first, last)]
    figure = timeline_figure([ends[0], *MARKS, ends[1]], OFFERS, CHANNELS.__getitem__, LOOKS)
    assert figure.layout.xaxis.range == ("0001-01-01T00:00:00", "9999-12-31T23:59:59.999999")
    assert sum(len(trace.x) for trace in figure.data) == 5
    # A mark beside the end alone stands in its day, and nothing is cut from it.
    figure = timeline_figure([TimelinePoint(last, "convert", "o1", None)], OFFERS, CHANNELS.__getitem__, LOOKS)
    assert figure.layout.xaxis.range == ("9999-12-31T00:00:00", "9999-12-31T23:59:59.999999")
    assert figure.data[0].cliponaxis is False


def test_the_words_count_what_the_marks_show():
    assert timeline_alt_text(MARKS, 3) == (
        "3 interactions in 2 rows, one for each offer, from 2026-03-15 12:00:00 to 2026-03-15 13:00:00 UTC: impression 2, click 1. "
        "The table of interactions below lists them."
    )
    assert timeline_alt_text(MARKS, 9).startswith("The newest 3 of 9: ")
    assert timeline_alt_text([], 0) == "No interactions."
