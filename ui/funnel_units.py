"""The units behind a bar as rows of a table, each with the way to its interactions in History."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from queries.funnel.question import FunnelQuestion
from queries.funnel.units import FunnelUnit
from ui.address import query
from ui.funnel_tables import FigureRow
from ui.funnel_words import step_label
from ui.numbers import duration, time
from ui.sortable_table import Figure, Heading


def unit_headings(question: FunnelQuestion) -> list[Heading]:
    """The columns, the times' named for their zone; where the unit is the customer there is no offer."""
    zone = question.selection.zone
    offer = [Heading("offer", "Offer", "text")] if question.unit == "customer_offer" else []
    return [
        Heading("customer", "Customer", "text"), *offer, Heading("entered", f"Entered ({zone})", "text"),
        Heading("step", "Steps done" if question.order == "any" else "Furthest step", "text"),
        Heading("reached", f"Reached it ({zone})", "text"), Heading("took", "Took"),
    ]


def unit_rows(units: Sequence[FunnelUnit], question: FunnelQuestion, offer_name: Callable[[str], str]) -> list[FigureRow]:
    """A row a unit, in the same order; `offer_name` gives the name of an offer's id, or the id itself."""
    zone = question.selection.zone
    return [
        {
            "customer": Figure(unit.customer, address=history_address(unit), is_id=True),
            "offer": None if unit.offer is None else Figure(offer_name(unit.offer), is_id=offer_name(unit.offer) == unit.offer),
            "entered": time(unit.entered_at, zone),
            "step": step_label(question, unit.level),
            "reached": Figure(time(unit.reached_at, zone)) if unit.level > 1 else None,
            "took": Figure(duration((unit.reached_at - unit.entered_at) / 1000)) if unit.level > 1 else None,
        }
        for unit in units
    ]


def history_address(unit: FunnelUnit) -> str:
    """The address of a unit's interactions in History."""
    return "/history" + query([("customerId", unit.customer), *([("offerId", unit.offer)] if unit.offer is not None else [])])
