"""The plan of a funnel query: the query once every name has become a key of the columns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from data.columns.filtering import keys_of_customers
from data.columns.funnel.units import FunnelTenant
from data.columns.names import Dictionary
from data.columns.row_filter import allowed_keys
from queries.asking.funnel import DAY_MS, FEWEST_STEPS, MOST_STEPS, FunnelQuery, Order, Ties, Unit

Keys = frozenset[int]


@dataclass(frozen=True)
class FunnelPlan:
    """A valid funnel query in key space; hashable, so it can name a remembered answer.

    A step is the set of its type keys; an empty set is a step whose types never occur. `window_ms` None is no
    window. Entries lie in `from_ms <= entry < to_ms`, None being open; rows later than `as_of_ms` are as if they had not come yet.
    `filters` are those of the selection, as (dimension, keys that pass); `customers` are the keys of those it asks for, None for all but
    the `excluded_customers`.
    Raises ValueError for a query that has no meaning.
    """

    steps: tuple[Keys, ...]
    unit: Unit = "customer_offer"
    window_ms: int | None = 7 * DAY_MS
    order: Order = "ordered"
    ties: Ties = "include"
    excluded: Keys = frozenset()
    from_ms: int | None = None
    to_ms: int | None = None
    as_of_ms: int | None = None
    customers: Keys | None = None
    excluded_customers: Keys = frozenset()
    filters: tuple[tuple[str, Keys], ...] = ()

    def __post_init__(self) -> None:
        if not FEWEST_STEPS <= len(self.steps) <= MOST_STEPS:
            raise ValueError(f"a funnel has {FEWEST_STEPS} to {MOST_STEPS} steps, not {len(self.steps)}")
        if self.window_ms is not None and self.window_ms <= 0:
            raise ValueError(f"the window must be longer than 0 ms, not {self.window_ms}")
        for number, step in enumerate(self.steps, start=1):
            if both := step & self.excluded:
                raise ValueError(f"types {sorted(both)} are both excluded and in step {number}")
        if self.order == "any" and any(one & other for one, other in combinations(self.steps, 2)):
            raise ValueError("with order any, steps must not share types")


def plan_of(tenant: FunnelTenant, query: FunnelQuery) -> FunnelPlan:
    """The query in key space; names that never occur have no key, so a filter of them alone passes nothing."""
    dictionaries = tenant.dictionaries
    names = query.selection.values("customerId")
    asked, excluded = (frozenset(keys_of_customers(tenant, ids)) for ids in (names, query.selection.excluded("customerId")))
    return FunnelPlan(
        steps=tuple(_keys(dictionaries.type, step) for step in query.steps),
        unit=query.unit,
        window_ms=query.window_ms,
        order=query.order,
        ties=query.ties,
        excluded=_keys(dictionaries.type, query.excluded),
        from_ms=query.selection.start,
        to_ms=query.selection.end,
        as_of_ms=query.as_of_ms,
        customers=asked - excluded if names else None,
        excluded_customers=frozenset() if names else excluded,
        filters=tuple((dimension, frozenset(map(int, keys))) for dimension, keys in allowed_keys(dictionaries, query.selection).items()),
    )


def _keys(dictionary: Dictionary, ids: tuple[str, ...]) -> Keys:
    return frozenset(dictionary.keys[id] for id in ids if id in dictionary.keys)


