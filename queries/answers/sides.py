"""The values of a dimension side by side, and the ranking of offers, by one rate."""

from __future__ import annotations

from dataclasses import dataclass

from data.engine import Tenant
from queries.answers.rates import Contrast, Rate, against_rest, arm_of, rate_of
from queries.answers.summary import SummaryRow, every_row
from queries.asking.selection import Selection


@dataclass(frozen=True)
class Side:
    """A value of a dimension, its rate, and how that compares with all others together, corrected for the number of comparisons."""

    row: SummaryRow
    rate: Rate
    contrast: Contrast


def sides(tenant: Tenant, selection: Selection, by: str, measure: str) -> list[Side]:
    """Each value that occurs in a selection, the one with most interactions first; `measure` is a rate's id."""
    rows = every_row(tenant, selection, by)
    found = against_rest([arm_of(row.figures, measure) for row in rows])
    return [Side(row, rate_of(row.figures, measure), contrast) for row, contrast in zip(rows, found, strict=True)]


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
    return tenant.remembered(("ranking", selection, measure, most), lambda: _ranking(tenant, selection, measure, most))


def _ranking(tenant: Tenant, selection: Selection, measure: str, most: int) -> Ranking:
    every = [side for side in sides(tenant, selection, "offer", measure) if side.row.id is not None]
    shares = [side for side in every if not side.rate.outnumbers]
    ranked = sorted(
        (side for side in shares if side.rate.enough),
        key=lambda side: (-(side.rate.value or 0), -side.rate.trials, side.row.id or ""),
    )
    best = min(most, (len(ranked) + 1) // 2)
    weakest = min(most, len(ranked) - best)
    return Ranking(ranked[:best], ranked[len(ranked) - weakest:][::-1], len(ranked), len(shares) - len(ranked), len(every) - len(shares))
