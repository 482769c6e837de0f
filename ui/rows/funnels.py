"""The tables of a funnel: its steps, its units, and differences of rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from data.results import FunnelUnit
from palette import BAD, GOOD
from queries.answers.funnel import FunnelAnswer, FunnelStep
from queries.answers.rates import Arm, Contrast, Verdict, wilson
from queries.asking.funnel import FunnelQuery
from queries.asking.funnel_bars import FunnelBar, dropped_after, reached
from ui.components.table import Cell, Column, Row
from ui.page.address import query_string
from ui.words.funnels import dropped_phrase, interval, points, reached_phrase, step_label
from ui.words.measures import TONES
from ui.words.numbers import count, duration, percent, time

COLOURS: dict[Verdict, str] = {"higher": GOOD, "lower": BAD}
SIGNS: dict[Verdict, str] = {"higher": "▲ ", "lower": "▼ "}


def difference_cell(contrast: Contrast) -> Cell:
    """The difference in percentage points over its verdict."""
    if contrast.difference is None:
        return Cell(None, note=contrast.verdict)
    said = f"{SIGNS.get(contrast.verdict, '')}{points(contrast.difference)} points"
    return Cell(said, note=contrast.verdict, tone=TONES.get(contrast.verdict, "quiet"))


STEP_HEADINGS = (
    Column("step", "Step", "text"),
    Column("units", "Units", help="How many reached the step, or went no further"),
    Column("first", "% of first · 95%", help="Of those who entered, with its 95% interval"),
    Column("previous", "% of previous", help="Of those who came one step less far"),
)



def step_rows(answer: FunnelAnswer, link: Callable[[FunnelBar], str], current: FunnelBar | None = None) -> list[Row]:
    """One row per step, followed by one for the units that went no further; each leads to its units by `link`."""
    rows: list[Row] = []
    for step in answer.steps:
        rows.append(_reached(answer, step, link, current))
        if step.number < len(answer.steps):
            rows.append(_dropped(answer, step, link, current))
    return rows


def _reached(answer: FunnelAnswer, step: FunnelStep, link: Callable[[FunnelBar], str], current: FunnelBar | None) -> Row:
    bar, later = reached(step.number), step.number > 1
    return {
        "step": Cell(step_label(answer.query, step.number), mark=_mark(bar, current), address=link(bar)),
        "units": count(step.units),
        "first": Cell(_rate(step.rate_from_first), note=interval(step.interval95) if later else None),
        "previous": Cell(_rate(step.rate_from_previous)) if later else None,
    }


def _dropped(answer: FunnelAnswer, step: FunnelStep, link: Callable[[FunnelBar], str], current: FunnelBar | None) -> Row:
    bar, first = dropped_after(step.number), answer.steps[0].units
    lost = bar.size([each.units for each in answer.steps])
    before = f"of those who {reached_phrase(answer.query, step.number)}" if answer.query.order == "any" else f"of step {step.number}"
    return {
        "step": Cell(dropped_phrase(answer.query, step.number), mark=_mark(bar, current), address=link(bar)),
        "units": Cell(count(lost), tone="quiet"),
        "first": Cell(percent(lost, first), note=interval(wilson(Arm(lost, first))), tone="quiet"),
        "previous": Cell(percent(lost, step.units), note=before, tone="quiet"),
    }


def _mark(bar: FunnelBar, current: FunnelBar | None) -> str | None:
    return "listed below" if bar == current else None


def _rate(rate: float | None) -> str | None:
    return None if rate is None else percent(rate, 1)


def unit_headings(query: FunnelQuery) -> list[Column]:
    """The columns, the times' named for their zone; where the unit is the customer there is no offer."""
    zone = query.selection.zone
    offer = [Column("offer", "Offer", "text")] if query.unit == "customer_offer" else []
    return [
        Column("customer", "Customer", "text"), *offer, Column("entered", f"Entered ({zone})", "text"),
        Column("step", "Steps done" if query.order == "any" else "Furthest step", "text"),
        Column("reached", f"Reached it ({zone})", "text"), Column("took", "Took"),
    ]


def unit_rows(units: Sequence[FunnelUnit], query: FunnelQuery, offer_name: Callable[[str], str]) -> list[Row]:
    """One row per unit, in the same order; `offer_name` gives the name of an offer's id, or the id itself."""
    zone = query.selection.zone
    return [
        {
            "customer": Cell(unit.customer, address=history_address(unit), is_id=True),
            "offer": None if unit.offer is None else Cell(offer_name(unit.offer), is_id=offer_name(unit.offer) == unit.offer),
            "entered": time(unit.entered_at, zone),
            "step": step_label(query, unit.level),
            "reached": Cell(time(unit.reached_at, zone)) if unit.level > 1 else None,
            "took": Cell(duration((unit.reached_at - unit.entered_at) / 1000)) if unit.level > 1 else None,
        }
        for unit in units
    ]


def history_address(unit: FunnelUnit) -> str:
    """The address of a unit's interactions in History."""
    return "/history" + query_string([("customerId", unit.customer), *([("offerId", unit.offer)] if unit.offer is not None else [])])
