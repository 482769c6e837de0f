"""The best and the weakest offers by a rate, and those of which there are too few impressions to say."""

from __future__ import annotations

from dataclasses import dataclass

from data.tenant import Tenant
from queries.recent import recent
from queries.selection import Selection
from queries.sides import Side, sides


@dataclass(frozen=True)
class Ranking:
    """The offers of highest rate, the highest first, and of lowest, the lowest first; none is in both.

    `judged` is how many there are to rank. Left out are `too_few` of which there is too little to say, and `not_shares` whose hits
    outnumber their trials.
    """

    best: list[Side]
    weakest: list[Side]
    judged: int
    too_few: int
    not_shares: int


def ranking(tenant: Tenant, selection: Selection, measure: str, most: int = 5) -> Ranking:
    """The offers of a selection by a rate, given by its measure's id: at most so many of either end."""
    return recent(tenant, ("ranking", selection, measure, most), lambda: _ranking(tenant, selection, measure, most))


def _ranking(tenant: Tenant, selection: Selection, measure: str, most: int) -> Ranking:
    every = [side for side in sides(tenant, selection, "offer", measure) if side.row.id is not None]
    shares = [side for side in every if not side.rate.outnumbers]
    ranked = sorted(
        (side for side in shares if side.rate.enough),
        key=lambda side: (-side.rate.value, -side.rate.trials, side.row.id),
    )
    best = min(most, (len(ranked) + 1) // 2)
    weakest = min(most, len(ranked) - best)
    return Ranking(ranked[:best], ranked[len(ranked) - weakest:][::-1], len(ranked), len(shares) - len(ranked), len(every) - len(shares))
