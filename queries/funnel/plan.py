"""The funnel question with every name already turned into a key of the store."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

Unit = Literal["customer", "customer_offer"]
Order = Literal["ordered", "strict", "any"]
Ties = Literal["include", "strict"]

FEWEST_STEPS, MOST_STEPS = 2, 10
DAY_MS = 86_400_000

Keys = frozenset[int]


@dataclass(frozen=True)
class FunnelPlan:
    """A valid funnel question in key space; hashable, so it can name a remembered answer.

    A step is the set of its type keys; an empty set is a step whose types never occur. `window_ms` None is no
    window. Entries lie in `from_ms <= entry < to_ms`, None being open; rows later than `as_of_ms` are as if they had not come yet.
    Each filter is a set of keys, None where every row passes. Raises ValueError for a question that has no meaning.
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
    offers: Keys | None = None
    creatives: Keys | None = None
    channels: Keys | None = None
    directions: Keys | None = None
    outcomes: Keys | None = None

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

    @property
    def row_filters(self) -> tuple[tuple[str, Keys], ...]:
        """The filters that are set, as (column of the journeys, keys that pass)."""
        filters = {
            "offer": self.offers,
            "creative": self.creatives,
            "channel": self.channels,
            "direction": self.directions,
            "outcome": self.outcomes,
        }
        return tuple((column, keys) for column, keys in filters.items() if keys is not None)
