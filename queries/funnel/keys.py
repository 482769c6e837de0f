"""A funnel's names turned into the keys by which the store knows them."""

from __future__ import annotations

from data.names import Dictionary
from data.tenant import Tenant
from queries.filters import FILTERS
from queries.funnel.plan import FunnelPlan, Keys
from queries.funnel.question import FunnelQuestion


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
        **{f"{filter.dimension}s": _passing(tenant, question, filter.name, filter.dimension) for filter in FILTERS
           if filter.name != "type"},
    )


def _keys(dictionary: Dictionary, ids: tuple[str, ...]) -> Keys:
    return frozenset(dictionary.keys[id] for id in ids if id in dictionary.keys)


def _passing(tenant: Tenant, question: FunnelQuestion, name: str, dimension: str) -> Keys | None:
    ids = question.selection.values(name)
    if not ids:
        return None
    if dimension == "customer":
        return frozenset(key for id in ids if (key := tenant.customer_key(id)) is not None)
    return _keys(tenant.names[dimension], ids)
