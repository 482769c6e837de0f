from __future__ import annotations

from queries.asking.funnel_bars import FunnelBar, dropped_after, reached
from tests.funnel_answers import ANSWER
from ui.components.table import Cell
from ui.rows.funnels import step_rows


def link(bar: FunnelBar) -> str:
    return f"/{bar.lowest}-{bar.highest}"


def text(cell: Cell | str | None) -> str | None:
    return cell.text if isinstance(cell, Cell) else cell


def test_every_bar_of_the_picture_has_a_row_with_its_number():
    rows = step_rows(ANSWER, link)
    assert [(text(row["step"]), text(row["units"]), text(row["first"]), text(row["previous"])) for row in rows] == [
        ("1 impression", "200", "100.0%", None),
        ("Dropped after 1", "150", "75.0%", "75.0%"),
        ("2 click", "50", "25.0%", "25.0%"),
        ("Dropped after 2", "40", "20.0%", "80.0%"),
        ("3 accept or convert", "10", "5.0%", "20.0%"),
    ]


def test_each_row_leads_to_its_units_and_the_listed_one_is_marked():
    rows = step_rows(ANSWER, link, dropped_after(1))
    assert [row["step"].address for row in rows] == [link(bar) for bar in (reached(1), dropped_after(1), reached(2), dropped_after(2), reached(3))]
    assert [row["step"].mark for row in rows] == [None, "listed below", None, None, None]


def test_the_interval_stands_under_the_rate():
    assert step_rows(ANSWER, link)[2]["first"].note == "19.5–31.4%"
