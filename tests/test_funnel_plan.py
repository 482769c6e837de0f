"""A funnel plan that exists has a meaning."""

from __future__ import annotations

import pytest

from data.columns.funnel.plan import FunnelPlan

A, B, C = (frozenset({key}) for key in (1, 2, 3))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"steps": (A,)}, "2 to 10 steps, not 1"),
        ({"steps": (A,) * 11}, "2 to 10 steps, not 11"),
        ({"steps": (A, B), "window_ms": 0}, "not 0"),
        ({"steps": (A, B), "excluded": B}, r"types \[2\] are both excluded and in step 2"),
        ({"steps": (A, A | B), "order": "any"}, "must not share types"),
    ],
)
def test_a_plan_without_a_meaning_is_refused_with_its_reason(fields, message) -> None:
    with pytest.raises(ValueError, match=message):
        FunnelPlan(**fields)


def test_steps_that_never_occur_share_no_type() -> None:
    assert FunnelPlan((frozenset(), frozenset()), order="any").steps == (frozenset(), frozenset())


def test_equal_plans_name_one_remembered_answer() -> None:
    plan = FunnelPlan((A, B | C), channels=frozenset({4, 5}))
    same = FunnelPlan((A, C | B), channels=frozenset({5, 4}))
    assert {plan: "answer"}[same] == "answer"


def test_only_the_filters_that_are_set_are_read() -> None:
    assert FunnelPlan((A, B)).row_filters == ()
    assert FunnelPlan((A, B), offers=A, outcomes=B).row_filters == (("offer", A), ("outcome", B))
