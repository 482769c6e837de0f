"""How figures and the period they are of are spelled in an answer."""

from __future__ import annotations

from typing import Any

from queries.measures import Figures
from queries.times import iso

NAMES = (
    "impression", "click", "dismiss", "accept", "convert", "total", "customers", "positive", "negative", "neutral", "revenue", "ctr",
    "cvr", "acceptanceRate",
)


def figures_json(figures: Figures) -> dict[str, Any]:
    """Every measure under its id, in the order of the contract."""
    return {name: figures[name] for name in NAMES} | {"revenueTooLarge": figures.revenue is None}


def spelled(ms: int | None) -> str | None:
    """An end of a period; None where it is open."""
    try:
        return None if ms is None else iso(ms)
    except OverflowError:
        # The calendar's last moment has none after it that could be spelled.
        return None
