from __future__ import annotations

from queries.answers.rates import Contrast, Rate
from queries.answers.sides import Side
from queries.answers.summary import SummaryRow
from queries.asking.measures import Figures
from ui.components.table import Cell, DrawnInterval
from ui.rows.offers import side_headings, side_rows

SURE = Side(SummaryRow("cr_a", "Hero", None, Figures()), Rate(20.0, 10.0, 30.0, 20, 100, True), Contrast("higher", 0.1, 0.01))
FEW = Side(SummaryRow(None, None, None, Figures()), Rate(None, None, None, 0, 0, False), Contrast("too few to say"))
BEYOND = Side(SummaryRow("cr_b", None, None, Figures()), Rate(50.0, 20.0, 60.0, 5, 10, False), Contrast("too few to say"))


def rows() -> list:
    return side_rows([SURE, FEW, BEYOND], "ctr", lambda row: Cell(row.label), lambda row, measure: row.id and f"/{row.id}/{measure}")


def test_the_columns_are_named_for_the_counts_behind_the_rate() -> None:
    assert [heading.label for heading in side_headings("Creative", "cvr")] == [
        "Creative", "Impressions", "Conversions", "Conversion rate", "95% interval", "Against the others",
    ]
    assert side_headings("Creative", "cvr", of_two=True)[-1].label == "Against the other"


def test_the_counts_lead_to_their_rows_and_the_rate_shows_its_interval() -> None:
    first = rows()[0]
    assert (first["trials"].text, first["trials"].address) == ("100", "/cr_a/impression")
    assert (first["hits"].text, first["hits"].address) == ("20", "/cr_a/click")
    assert (first["rate"].text, first["rate"].note) == ("20.00%", "10.00–30.00%")


def test_intervals_are_drawn_on_one_scale_from_the_lowest_to_the_highest_end() -> None:
    sure, few, beyond = rows()
    assert sure["interval"].interval == DrawnInterval(0.0, 0.2, 0.4)
    assert sure["interval"].text == "20.00%, from 10.00% to 30.00%"
    assert few["interval"] is None
    assert beyond["interval"].interval == DrawnInterval(0.2, 0.8, 1.0)
