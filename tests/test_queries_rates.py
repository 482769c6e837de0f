from __future__ import annotations

from math import isclose, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from queries.answers.rates import (
    ALARM,
    FEWEST_TRIALS,
    TOO_FEW,
    Arm,
    Contrast,
    Rate,
    Z,
    against_rest,
    all_shares,
    contrasts,
    holm,
    pairwise,
    rate_of,
    two_sided,
    wilson,
)
from queries.asking.measures import Figures

ARMS = st.builds(lambda hits, more: Arm(hits, hits + more), st.integers(0, 10**6), st.integers(0, 10**6))


@pytest.mark.parametrize(("hits", "trials", "low", "high"), [
    # Newcombe 1998, table I: the score method without continuity correction.
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (29, 29, 0.8830, 1.0),
])
def test_intervals_are_those_that_are_published(hits: int, trials: int, low: float, high: float) -> None:
    found = wilson(Arm(hits, trials))
    assert tuple(round(end, 4) for end in found) == (low, high)


@pytest.mark.parametrize("trials", [1, 3, 7, 20, 100, 263, 10**6])
def test_an_interval_of_none_or_all_ends_just_there(trials: int) -> None:
    # At the other end the formula is (z²/n) / (1 + z²/n).
    far = Z * Z / (trials + Z * Z)
    assert wilson(Arm(0, trials)) == (0.0, pytest.approx(far))
    assert wilson(Arm(trials, trials)) == (pytest.approx(1 - far), 1.0)


@given(ARMS)
def test_each_end_of_an_interval_is_a_share_from_which_the_hits_lie_just_1_96_deviations_away(arm: Arm) -> None:
    assume(arm.trials > 0)
    share = arm.hits / arm.trials
    low, high = wilson(arm)
    assert 0 <= low <= share <= high <= 1
    for end in (low, high):
        if 1e-6 < end < 1 - 1e-6:
            assert isclose(abs(share - end), Z * sqrt(end * (1 - end) / arm.trials), rel_tol=1e-5)


@pytest.mark.parametrize("arm", [Arm(0, 0), Arm(3, 2), Arm(1, 0), Arm(-1, 5)])
def test_there_is_no_interval_where_there_is_no_share(arm: Arm) -> None:
    assert wilson(arm) is None


def test_a_rate_comes_in_its_measures_unit_with_what_it_is_made_of() -> None:
    figures = Figures(impression=263, click=81, positive=81)
    assert rate_of(figures, "ctr") == Rate(30.8, pytest.approx(25.53, abs=0.005), pytest.approx(36.62, abs=0.005), 81, 263, True)
    assert rate_of(figures, "acceptanceRate").high == pytest.approx(0.3662, abs=0.00005)
    assert rate_of(Figures(impression=2, click=3), "ctr") == Rate(150.0, None, None, 3, 2, False)
    assert rate_of(Figures(), "cvr") == Rate(None, None, None, 0, 0, False)
    assert not rate_of(Figures(impression=FEWEST_TRIALS - 1), "ctr").enough
    assert rate_of(Figures(impression=FEWEST_TRIALS), "ctr").enough


def test_two_proportions_are_tested_as_in_a_textbook() -> None:
    # z = (0.4 - 0.3) / sqrt(0.35 * 0.65 * (1/200 + 1/200)) = 2.0966, two-sided p = 0.0360
    [found] = contrasts([(Arm(80, 200), Arm(60, 200))])
    assert (found.verdict, found.difference, round(found.p, 4)) == ("higher", pytest.approx(0.1), 0.036)
    [found] = contrasts([(Arm(60, 200), Arm(80, 200))])
    assert (found.verdict, round(found.p, 4)) == ("lower", 0.036)


def test_many_comparisons_make_the_same_difference_less_sure() -> None:
    same, apart = (Arm(70, 200), Arm(70, 200)), (Arm(80, 200), Arm(60, 200))
    [alone] = contrasts([apart])
    among_three = contrasts([apart, same, same])[0]
    assert alone.verdict == "higher"
    assert (among_three.verdict, among_three.p) == ("no clear difference", pytest.approx(3 * alone.p))


@pytest.mark.parametrize(("first", "second"), [
    (Arm(30, FEWEST_TRIALS - 1), Arm(3000, 10_000)),
    (Arm(0, 10_000), Arm(0, 10_000)),
    (Arm(9, 10_000), Arm(0, 10_000)),
    (Arm(10_000, 10_000), Arm(9_991, 10_000)),
])
def test_too_little_is_said_to_be_too_few(first: Arm, second: Arm) -> None:
    for pair in ((first, second), (second, first)):
        [found] = contrasts([pair])
        assert (found.verdict, found.p, found.difference) == ("too few to say", None, None)


def test_five_expected_hits_are_enough_and_a_hundred_trials() -> None:
    assert contrasts([(Arm(30, FEWEST_TRIALS), Arm(3000, 10_000))]) == [Contrast("no clear difference", 0.0, 1.0, 1)]
    assert contrasts([(Arm(10, 10_000), Arm(0, 10_000))])[0].verdict == "higher"
    assert "100 impressions" in TOO_FEW and "5 hits" in TOO_FEW


def test_arms_are_compared_each_with_each_or_each_with_the_rest() -> None:
    arms = [Arm(400, 1000), Arm(300, 1000), Arm(5, 10)]
    each = pairwise(arms)
    assert {pair: found.verdict for pair, found in each.items()} == {
        (0, 1): "higher", (0, 2): "too few to say", (1, 2): "too few to say",
    }
    # The first against 305 of 1010, the second against 405 of 1010, the third too few.
    assert [found.verdict for found in against_rest(arms)] == ["higher", "lower", "too few to say"]
    assert against_rest(arms)[0].difference == pytest.approx(0.4 - 305 / 1010)
    assert pairwise([Arm(1, 2)]) == {} and against_rest([]) == []


def test_what_is_alone_has_nothing_to_compare_with_however_much_it_is() -> None:
    alone = Contrast("nothing to compare with")
    assert against_rest([Arm(400, 1000)]) == [alone]
    assert against_rest([Arm(0, 0), Arm(400, 1000)]) == [Contrast("too few to say"), alone]


def test_two_arms_are_one_comparison_seen_from_either_side() -> None:
    [alone] = contrasts([(Arm(80, 200), Arm(60, 200))])
    first, second = against_rest([Arm(80, 200), Arm(60, 200)])
    assert first == alone == Contrast("higher", pytest.approx(0.1), pytest.approx(0.0360, abs=0.00005), 1)
    assert second == Contrast("lower", pytest.approx(-0.1), alone.p, 1)
    # A part without a single row is no arm.
    assert against_rest([Arm(80, 200), Arm(0, 0), Arm(60, 200)]) == [first, Contrast("too few to say"), second]
    assert against_rest([Arm(1, 200), Arm(0, 200)]) == [Contrast("too few to say")] * 2
    assert [found.comparisons for found in against_rest([Arm(80, 200), Arm(60, 200), Arm(70, 200), Arm(1, 2)])] == [3, 3, 3, 0]


def test_what_is_no_share_has_no_verdict_and_takes_no_part_in_any_others() -> None:
    plain, plain2, multi = Arm(20, 200), Arm(60, 300), Arm(300, 200)
    none = Contrast("not a share")
    first, second = against_rest([plain2, plain])
    # 80 of 500 pooled: z = 0.1 / sqrt(0.16 * 0.84 * (1/300 + 1/200)) = 2.988.
    assert first == Contrast("higher", pytest.approx(0.1), pytest.approx(0.0028, abs=0.00005), 1)
    for place in range(3):
        arms = [plain2, plain]
        arms.insert(place, multi)
        expected = [first, second]
        expected.insert(place, none)
        assert against_rest(arms) == expected
    # Of more than two as well: conversions without a single impression and more clicks than impressions change nothing.
    three = [plain2, plain, Arm(45, 300)]
    assert against_rest([*three, multi, Arm(7, 0), Arm(0, 0)]) == [*against_rest(three), none, none, Contrast("too few to say")]
    assert against_rest([multi, plain]) == [none, Contrast("nothing to compare with")]
    assert against_rest([multi]) == contrasts([(multi, plain)]) == contrasts([(plain, multi)]) == [none]
    assert pairwise([plain2, multi, plain]) == {(0, 1): none, (0, 2): first, (1, 2): none}
    assert all_shares([plain2, plain, multi, Arm(7, 0)]) == Arm(80, 500)


@pytest.mark.parametrize(("ps", "expected"), [
    ([], []), ([0.03], [0.03]), ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]), ([0.5, 0.9], [1.0, 1.0]),
])
def test_holms_correction_by_hand(ps: list[float], expected: list[float]) -> None:
    assert holm(ps) == pytest.approx(expected)


@given(st.lists(st.floats(0, 1), max_size=20))
def test_holms_correction_keeps_the_order_and_never_makes_a_difference_surer(ps: list[float]) -> None:
    found = holm(ps)
    assert all(p <= corrected <= 1 for p, corrected in zip(ps, found, strict=True))
    ranked = sorted(range(len(ps)), key=ps.__getitem__)
    assert [found[place] for place in ranked] == sorted(found)
    if ps:
        assert min(found) == min(1.0, len(ps) * min(ps))


@pytest.mark.parametrize(("z", "p"), [(0.0, 1.0), (1.959963984540054, 0.05), (-2.5758293035489004, 0.01)])
def test_the_normal_distribution_by_its_table(z: float, p: float) -> None:
    assert two_sided(z) == pytest.approx(p)
    assert ALARM == 0.05
