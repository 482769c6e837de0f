from __future__ import annotations

import pytest

from queries.asking.parameters import Parameter, Problem, any_text, flag, one_of, read_parameters, values_by_name, whole_number

LIMIT = Parameter("limit", whole_number(1), "", 25)
RAW = Parameter("raw", flag, "", False)
SIZES = Parameter("size", whole_number(1), "", (7,), several=True)


@pytest.mark.parametrize(("pairs", "expected"), [
    ([], {}),
    ([("type", "click")], {"type": ["click"]}),
    ([("type", "b"), ("limit", "5"), ("type", "a")], {"type": ["b", "a"], "limit": ["5"]}),
    ([("type", "a"), ("type", "a")], {"type": ["a"]}),
    ([("type", ""), ("type", "a"), ("type", "")], {"type": ["a"]}),
    ([("type", "")], {"type": []}),
    ([("type", " ")], {"type": [" "]}),
])
def test_each_name_has_its_values_once_and_no_empty_one(pairs: list[tuple[str, str]], expected: dict[str, list[str]]) -> None:
    assert values_by_name(pairs) == expected


@pytest.mark.parametrize(("values", "read", "problems"), [
    ({}, {"limit": 25, "raw": False}, []),
    ({"limit": []}, {"limit": 25, "raw": False}, []),
    ({"limit": ["7"], "raw": ["true"]}, {"limit": 7, "raw": True}, []),
    ({"limit": ["abc"]}, {"limit": 25, "raw": False}, [Problem("limit", "limit must be a whole number from 1, not 'abc'")]),
    ({"limit": ["5", "6"]}, {"limit": 25, "raw": False}, [Problem("limit", "limit can be given only once, not as '5' and '6'")]),
    (
        {"limit": ["0"], "raw": ["yes"]},
        {"limit": 25, "raw": False},
        [Problem("limit", "limit must be a whole number from 1, not '0'"), Problem("raw", "raw must be true or false, not 'yes'")],
    ),
])
def test_parameters_are_read_or_said_to_be_wrong(values: dict[str, list[str]], read: dict, problems: list[Problem]) -> None:
    assert read_parameters(values, (LIMIT, RAW)) == (read, problems)


@pytest.mark.parametrize(("texts", "read", "problems"), [
    ([], (7,), []),
    (["2"], (2,), []),
    (["3", "1", "3"], (3, 1, 3), []),
    (["0", "1", "x"], (7,), [Problem("size", "size must be a whole number from 1, not '0'"),
                             Problem("size", "size must be a whole number from 1, not 'x'")]),
])
def test_a_parameter_of_several_values_is_all_of_them_or_its_default(texts: list[str], read: tuple, problems: list[Problem]) -> None:
    assert read_parameters({"size": texts}, (SIZES,)) == ({"size": read}, problems)


def test_values_that_may_repeat_are_kept_as_often_as_they_were_given() -> None:
    pairs = [("step", "a"), ("type", "a"), ("step", ""), ("step", "a"), ("type", "a")]
    assert values_by_name(pairs, {"step"}) == {"step": ["a", "a"], "type": ["a"]}


@pytest.mark.parametrize(("digits", "expected"), [
    ("1", 1), ("25", 25), ("007", 7), ("999999999999999999", 999_999_999_999_999_999), ("9" * 10_000, 10**18), ("0" * 30 + "1", 1),
])
def test_a_whole_number_is_read_however_large(digits: str, expected: int) -> None:
    assert whole_number(1)(digits) == expected


@pytest.mark.parametrize("wrong", [
    "", "0", "-1", "+1", "1.5", "1e3", "abc", " 1", "1 ", "1_000", "0x1", "１", "٣", "²", "1\n", "0" * 30,
])
def test_what_is_no_whole_number_from_1_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^must be a whole number from 1$"):
        whole_number(1)(wrong)


def test_a_number_above_the_largest_is_refused() -> None:
    assert whole_number(1, 365)("365") == 365
    for wrong in ("366", "9" * 100):
        with pytest.raises(ValueError, match=r"^must be a whole number from 1 to 365$"):
            whole_number(1, 365)(wrong)


@pytest.mark.parametrize("wrong", ["True", "1", "yes", "", "true "])
def test_a_flag_is_the_word_true_or_false(wrong: str) -> None:
    assert (flag("true"), flag("false")) == (True, False)
    with pytest.raises(ValueError, match=r"^must be true or false$"):
        flag(wrong)


def test_one_of_some_words_is_that_word_exactly() -> None:
    assert one_of("day", "week")("week") == "week"
    with pytest.raises(ValueError, match=r"^must be one of day, week$"):
        one_of("day", "week")("Week")


def test_any_text_is_itself() -> None:
    assert any_text(" é'; drop table") == " é'; drop table"
