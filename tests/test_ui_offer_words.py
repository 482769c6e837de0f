from __future__ import annotations

import pytest

from queries.answers.comparison import Change, Standing
from queries.answers.rates import Contrast, Rate
from queries.answers.sides import Side
from queries.answers.summary import SummaryRow
from queries.asking.measures import Figures
from ui.words.measures import against_others, conclusion, p_text, standing_note, verdict_cell

RATE = Rate(5.0, 4.0, 6.0, 50, 1000, True)


def side(name: str | None, verdict: str) -> Side:
    return Side(SummaryRow(name, name, None, Figures()), RATE, Contrast(verdict))


def test_a_count_says_its_part_of_all_offers() -> None:
    assert standing_note("click", Standing(Change(25, 20), 100), None) == "25.0% of all offers"
    assert standing_note("click", Standing(Change(0, 0), 0), None) is None


@pytest.mark.parametrize(("verdict", "said"), [
    ("higher", "clearly above the others’ 4.21%"),
    ("lower", "clearly below the others’ 4.21%"),
    ("no clear difference", "not clearly different from the others’ 4.21%"),
    ("too few to say", "the others’ 4.21%: too few to say"),
    ("not a share", "the others’ 4.21%: not a share"),
])
def test_a_rate_says_how_it_stands_to_the_others(verdict: str, said: str) -> None:
    standing = Standing(Change(5.0, None), 4.5, 4.21, RATE, Contrast(verdict))
    assert against_others("ctr", standing) == said
    assert standing_note("ctr", standing, "4.00–6.00%") == f"4.00–6.00%, {said}"


def test_a_verdict_says_by_how_much_and_how_sure_it_is() -> None:
    clear = verdict_cell(Contrast("lower", -0.0123, 0.0004))
    assert (clear.text, clear.note, clear.tone) == ("lower", "−1.23 points, p < 0.001", "bad")
    few = verdict_cell(Contrast("too few to say"))
    assert (few.text, few.note, few.tone) == ("too few to say", None, "quiet")


@pytest.mark.parametrize(("p", "text"), [(0.0, "< 0.001"), (0.001, "= 0.001"), (0.0499, "= 0.050"), (0.25, "= 0.25"), (1.0, "= 1.00")])
def test_a_probability_has_the_digits_that_matter(p: float, text: str) -> None:
    assert p_text(p) == text


def test_a_comparison_comes_to_one_sentence() -> None:
    clear = [side("Hero", "higher"), side("Banner", "no clear difference"), side(None, "lower")]
    assert conclusion(clear, "ctr", "creatives") == (
        "CTR: Hero is clearly higher, the part without one is clearly lower than the others together."
    )
    unclear = [side("Hero", "no clear difference"), side("Banner", "too few to say"), side("Text", "too few to say")]
    assert conclusion(unclear, "cvr", "creatives") == "Conversion rate: none of the creatives differs clearly from the others together."
    assert conclusion([side("Hero", "too few to say")] * 2, "ctr", "offers") == (
        "CTR: too few to say for any of the offers; a rate is judged from 100 impressions on."
    )
    assert conclusion([side("Hero", "lower"), side("Banner", "higher")], "ctr", "creatives") == "CTR: Banner is clearly higher than Hero."
    assert conclusion([side("Hero", "no clear difference")] * 2, "ctr", "creatives") == "CTR: the two creatives do not differ clearly."
    assert conclusion([side("Hero", "too few to say")], "ctr", "creatives") == (
        "There is nothing to compare: there is at most one of the creatives."
    )
    assert conclusion([side("Hero", "lower"), side("Banner", "higher"), side("Multi", "not a share")], "ctr", "creatives") == (
        "CTR: Banner is clearly higher than Hero."
    )
    assert conclusion([side("Hero", "nothing to compare with"), side("Multi", "not a share")], "ctr", "creatives") == (
        "CTR: there is nothing to compare, for the rate is a share of one of the creatives only."
    )
