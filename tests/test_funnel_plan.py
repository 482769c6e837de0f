"""A funnel plan that exists has a meaning."""

from __future__ import annotations

import pytest

from data.columns.funnel.plan import FunnelPlan, plan_of
from queries.asking.filters import FILTERS
from queries.asking.funnel import FunnelQuery
from queries.asking.selection import Selection
from tests.logs import ACME, Log, interaction

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
    plan = FunnelPlan((A, B | C), filters=(("channel", frozenset({4, 5})),))
    same = FunnelPlan((A, C | B), filters=(("channel", frozenset({5, 4})),))
    assert {plan: "answer"}[same] == "answer"


def test_a_plan_has_each_filter_of_the_table_by_the_dimension_that_it_compares(log: Log) -> None:
    log.load(interaction("1", offerId="o", creativeId="cr", channelId="ch", direction="inbound", outcomeTypeKey="sold", customerId="c"))
    conditions = tuple((filter.name, ("unheard of",)) for filter in FILTERS if filter.name != "type")
    with log.snapshot() as snapshot:
        columns = snapshot.tenant(ACME).columns
        plan = plan_of(columns, FunnelQuery(Selection(ACME, conditions), (("click",), ("click",))))
        assert plan.customers == frozenset()
        assert dict(plan.filters) == dict.fromkeys({filter.dimension for filter in FILTERS} - {"customer", "type"}, frozenset())
        plan = plan_of(columns, FunnelQuery(Selection(ACME, (("channelId", ("ch",)), ("customerId", ("c",)))), (("click",), ("sold",))))
    assert (plan.steps, plan.customers, plan.filters) == ((A, frozenset()), A, (("channel", A),))
    assert FunnelPlan((A, B)).filters == ()
