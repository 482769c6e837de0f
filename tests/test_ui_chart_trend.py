from __future__ import annotations

from zoneinfo import ZoneInfo

from queries.answers.trend import Bucket
from queries.asking.measures import Figures
from queries.asking.times import milliseconds
from ui.charts.looks import Looks
from ui.charts.over_time import trend_alt_text, trend_figure, trend_file, trend_headings, trend_rows, trend_types
from ui.components.table import Cell
from ui.page.address import query_string

ZONE = "Europe/Amsterdam"


def buckets(*counts: dict[str, int]) -> list[Bucket]:
    edges = [milliseconds(f"2026-03-{28 + place}", ZoneInfo(ZONE)) for place in range(len(counts) + 1)]
    figures = Figures(customers=2, revenue=1.5)
    return [
        Bucket(start, end, dict(of), figures, f"2026-03-{28 + place}")
        for place, (of, start, end) in enumerate(zip(counts, edges, edges[1:], strict=False))
    ]


THREE = buckets({"click": 3, "impression": 40, "save": 0}, {"click": 0, "impression": 0, "save": 0}, {"click": 5, "impression": 60, "save": 1})


LOOKS = Looks([None, "swipe", "hover"])
CUT = {"2026-03-30": "14 of 24 hours"}


def test_each_type_is_a_line_in_its_look_with_empty_days_as_zeros_on_the_zones_days():
    lines = {line.name: line for line in trend_figure(THREE, ZONE, "day", LOOKS, {}).data}
    assert list(lines) == ["impression", "click", "save"]
    assert list(lines["click"].x) == ["2026-03-28", "2026-03-29", "2026-03-30"]
    assert list(lines["click"].y) == [3, 0, 5]
    for name, line in lines.items():
        assert (line.line.color, line.line.dash, line.marker.symbol) == (LOOKS[name].colour, LOOKS[name].dash, LOOKS[name].marker)


def test_a_bucket_that_is_cut_is_shaded_and_says_what_of_it_counts():
    figure = trend_figure(THREE, ZONE, "day", LOOKS, CUT)
    assert [(band.x0, band.x1) for band in figure.layout.shapes] == [("2026-03-29T12:00:00", "2026-03-30T12:00:00")]
    assert [list(line.customdata) for line in figure.data] == [["", "", " (14 of 24 hours)"]] * 3
    assert trend_alt_text(THREE, ZONE, "day", CUT).endswith("Shaded, for only a part of it counts: 2026-03-30, 14 of 24 hours.")


def test_one_day_and_small_counts_have_a_day_and_whole_numbers_on_their_axes():
    layout = trend_figure(THREE[:1], ZONE, "day", LOOKS, {}).layout
    assert (layout.xaxis.ticktext, layout.xaxis.tickvals) == (("28 Mar<br>2026",), ("2026-03-28",))
    assert (layout.yaxis2.dtick, tuple(layout.yaxis2.range)) == (1, (0, 3.24))


def test_a_type_that_towers_above_the_others_has_a_panel_of_its_own():
    assert [line.yaxis for line in trend_figure(THREE, ZONE, "day", LOOKS, {}).data] == ["y", "y2", "y2"]
    level = buckets({"click": 30, "impression": 40}, {"click": 20, "impression": 60})
    assert [line.yaxis for line in trend_figure(level, ZONE, "day", LOOKS, {}).data] == ["y", "y"]


def test_of_many_types_the_rarest_wait_in_the_legend():
    many = buckets({f"type{number}": 20 - number for number in range(9)})
    assert [line.visible for line in trend_figure(many, ZONE, "day", LOOKS, {}).data] == [True] * 6 + ["legendonly"] * 3


def test_the_words_say_each_types_sum_and_its_peak():
    assert trend_alt_text(THREE, ZONE, "day", {}) == (
        "Lines of interactions a day by type, 2026-03-28 to 2026-03-30. impression: 100 in all, at most 60 (2026-03-30). "
        "click: 8 in all, at most 5 (2026-03-30). save: 1 in all, at most 1 (2026-03-30)."
    )


def test_no_time_has_no_lines():
    assert trend_types([]) == []
    assert trend_alt_text([], ZONE, "day", {}) == "No time, no interactions."


def test_the_table_has_the_newest_day_first_and_each_day_leads_to_its_rows():
    assert [heading.label for heading in trend_headings(THREE, "day")] == ["Day", "impression", "click", "save", "customers", "value"]
    rows = trend_rows(THREE, ZONE, lambda bucket, only: f"/history?from={bucket.start}" + query_string(only).replace("?", "&"), CUT)
    assert [row["start"].text for row in rows] == ["2026-03-30", "2026-03-29", "2026-03-28"]
    assert rows[0]["start"].address == f"/history?from={THREE[2].start}"
    assert rows[0]["type click"] == Cell("5", address=f"/history?from={THREE[2].start}&type=click")
    assert rows[1]["type click"] == Cell("0")
    assert [row["start"].note for row in rows] == ["14 of 24 hours", None, None]
    assert (rows[0]["customers"].text, rows[0]["revenue"].text) == ("2", "1.50")


def test_the_file_holds_the_same_oldest_first():
    header, rows = trend_file(THREE, ZONE)
    assert header == ["start", "impression", "click", "save", "customers", "revenue"]
    assert rows == [["2026-03-28", 40, 3, 0, 2, 1.5], ["2026-03-29", 0, 0, 0, 2, 1.5], ["2026-03-30", 60, 5, 1, 2, 1.5]]
