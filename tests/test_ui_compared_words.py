from __future__ import annotations

from queries.answers.rates import Arm, against_rest
from ui.words.measures import how_compared


def test_two_are_compared_with_each_other_and_nothing_is_corrected():
    assert how_compared(against_rest([Arm(80, 200), Arm(60, 200)])) == "The two are compared with each other: two-proportion z-test at 5%."


def test_one_alone_is_said_to_be_alone():
    assert how_compared(against_rest([Arm(80, 200)])) == "There is only one, and nothing to compare it with."


def test_more_are_compared_with_the_rest_and_corrected_for_those_of_which_there_is_enough():
    arms = [Arm(80, 200), Arm(60, 200), Arm(70, 200)]
    said = "Each is compared with all others together: two-proportion z-test at 5%"
    assert how_compared(against_rest(arms)) == f"{said}, p corrected by Holm's method for 3 comparisons."
    assert how_compared(against_rest([*arms, Arm(1, 2)])) == f"{said}, p corrected by Holm's method for 3 comparisons."
    assert how_compared(against_rest([Arm(1, 2)] * 3)) == f"{said}."


def test_what_is_not_a_share_is_said_to_be_left_out():
    left_out = "One has more hits than impressions, is not a share and is left out."
    assert how_compared(against_rest([Arm(80, 200), Arm(60, 200), Arm(9, 1)])) == (
        f"The two are compared with each other: two-proportion z-test at 5%. {left_out}"
    )
    assert how_compared(against_rest([Arm(80, 200), Arm(9, 1)])) == f"There is only one, and nothing to compare it with. {left_out}"
    assert how_compared(against_rest([Arm(9, 1), Arm(2, 0)])) == (
        "There is none, and nothing to compare with. 2 have more hits than impressions, are not shares and are left out."
    )
