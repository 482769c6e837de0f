from __future__ import annotations

from queries.answers.trend import Sparklines
from ui.charts.over_time import offers_alt_text, offers_figure, offers_file

DAY = 86_400_000
LINES = Sparklines([0, DAY, 2 * DAY], {"off_a": [1, 5, 0]})
NAMES = {"off_a": "Card", "off_b": "Loan"}


def test_an_offer_without_any_is_a_line_of_zeros() -> None:
    figure = offers_figure(LINES, NAMES, "UTC", "day", {})
    assert [(line.name, list(line.x), list(line.y)) for line in figure.data] == [
        ("Card", ["1970-01-01", "1970-01-02", "1970-01-03"], [1, 5, 0]),
        ("Loan", ["1970-01-01", "1970-01-02", "1970-01-03"], [0, 0, 0]),
    ]
    assert len({line.line.color for line in figure.data}) == len({line.line.dash for line in figure.data}) == 2
    assert len({line.marker.symbol for line in figure.data}) == 2


def test_the_words_and_the_file_say_what_the_lines_show() -> None:
    assert offers_alt_text(LINES, NAMES, "Clicks", {"1970-01-03": "2 of 24 hours"}) == (
        "Lines of clicks over time. Card: 6 in all, at most 5. Loan: 0 in all, at most 0. "
        "Shaded, for only a part of it counts: 1970-01-03, 2 of 24 hours."
    )
    assert offers_file(LINES, NAMES, "America/Sao_Paulo") == (
        ["start", "off_a", "off_b"], [["1969-12-31", 1, 0], ["1970-01-01", 5, 0], ["1970-01-02", 0, 0]],
    )
