from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from queries.asking.outcomes import AS_SHIPPED, SHIPPED, Outcome

POSITIVE = {"click", "accept", "convert", "conversion", "requested_info", "share", "save"}
NEGATIVE = {"dismiss", "not_interested", "opt_out", "complaint"}
NEUTRAL = {"impression", "deferred", "defer", "not_presented", "expired", "recommendation"}


def test_the_table_classifies_each_shipped_key_once() -> None:
    classified = [(outcome.key, outcome.classification) for outcome in SHIPPED]
    assert sorted(classified) == sorted(
        [(key, "positive") for key in POSITIVE] + [(key, "negative") for key in NEGATIVE] + [(key, "neutral") for key in NEUTRAL]
    )


def test_only_what_was_or_might_have_been_shown_has_category_impression() -> None:
    assert {outcome.key for outcome in SHIPPED if outcome.category == "impression"} == {"impression", "not_presented", "expired"}
    assert {outcome.key for outcome in SHIPPED if outcome.category is None} == {"recommendation"}


@given(st.text().filter(lambda key: key not in POSITIVE | NEGATIVE | NEUTRAL))
def test_a_key_that_is_not_in_the_table_is_neutral_under_its_own_name(key: str) -> None:
    assert AS_SHIPPED[key] == Outcome(key, key, "neutral", None)


def test_keys_are_compared_exactly() -> None:
    assert AS_SHIPPED["click"].classification == "positive"
    assert AS_SHIPPED["Click"].classification == "neutral"
