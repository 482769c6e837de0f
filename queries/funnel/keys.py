"""A funnel's names turned into the keys by which the store knows them."""

from __future__ import annotations

from data.names import Dictionary
from data.tenant import Tenant
from queries.funnel.plan import FunnelPlan, Keys
from queries.funnel.question import FunnelQuestion
from queries.passing import passing_keys


def plan_of(tenant: Tenant, question: FunnelQuestion) -> FunnelPlan:
    """The question in key space; names that never occur have no key, so a filter of them alone passes nothing."""
    names = tenant.names
    return FunnelPlan(
        steps=tuple(_keys(names.type, step) for step in question.steps),
        unit=question.unit,
        window_ms=question.window_ms,
        order=question.order,
        ties=question.ties,
        excluded=_keys(names.type, question.excluded),
        from_ms=question.selection.start,
        to_ms=question.selection.end,
        as_of_ms=question.as_of_ms,
        customers=_customers(tenant, question.selection.values("customerId")),
        **{f"{dimension}s": frozenset(keys) for dimension, keys in passing_keys(tenant, question.selection).items() if dimension != "type"},
    )


def _keys(dictionary: Dictionary, ids: tuple[str, ...]) -> Keys:
    return frozenset(dictionary.keys[id] for id in ids if id in dictionary.keys)


def _customers(tenant: Tenant, ids: tuple[str, ...]) -> Keys | None:
    return frozenset(key for id in ids if (key := tenant.customer_key(id)) is not None) if ids else None
