"""The tables of a funnel: its steps, its units, and differences of rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from data.results import FunnelUnit
from queries.answers.funnel import FunnelAnswer, FunnelStep
from queries.answers.rates import Arm, Contrast, Verdict, wilson
from queries.asking.funnel import FunnelQuery
from queries.asking.funnel_bars import FunnelBar, dropped_after, reached
from ui.components.table.figures import Figure, Heading
from ui.page.address import query_string
from ui.words.funnels import dropped_phrase, interval, points, reached_phrase, step_label
from ui.words.numbers import count, duration, percent, time

COLOURS: dict[Verdict, str] = {"higher": "#15803D", "lower": "#C2410C"}
SIGNS: dict[Verdict, str] = {"higher": "▲ ", "lower": "▼ "}


def difference_cell(contrast: Contrast) -> Figure:
    """The difference in percentage points over its verdict."""
    if contrast.difference is None:
        return Figure(None, note=contrast.verdict)
    tone = {"higher": "good", "lower": "bad"}.get(contrast.verdict, "quiet")
    return Figure(f"{SIGNS.get(contrast.verdict, '')}{points(contrast.difference)} points", note=contrast.verdict, tone=tone)


STEP_HEADINGS = (
    Heading("step", "Step", "text"),
    Heading("units", "Units", help="How many reached the step, or went no further"),
    Heading("first", "% of first · 95%", help="Of those who entered, with its 95% interval"),
    Heading("previous", "% of previous", help="Of those who came one step less far"),
)

FigureRow = Mapping[str, Figure | str | None]


def step_rows(answer: FunnelAnswer, link: Callable[[FunnelBar], str], current: FunnelBar | None = None) -> list[FigureRow]:
    """One row per step, followed by one for the units that went no further; each leads to its units by `link`."""
    rows: list[FigureRow] = []
    for step in answer.steps:
        rows.append(_reached(answer, step, link, current))
        if step.number < len(answer.steps):
            rows.append(_dropped(answer, step, link, current))
    return rows


def _reached(answer: FunnelAnswer, step: FunnelStep, link: Callable[[FunnelBar], str], current: FunnelBar | None) -> FigureRow:
    bar, later = reached(step.number), step.number > 1
    return {
        "step": Figure(step_label(answer.query, step.number), mark=_mark(bar, current), address=link(bar)),
        "units": count(step.units),
        "first": Figure(_rate(step.rate_from_first), note=interval(step.interval95) if later else None),
        "previous": Figure(_rate(step.rate_from_previous)) if later else None,
    }


def _dropped(answer: FunnelAnswer, step: FunnelStep, link: Callable[[FunnelBar], str], current: FunnelBar | None) -> FigureRow:
    bar, first = dropped_after(step.number), answer.steps[0].units
    lost = bar.size([each.units for each in answer.steps])
    before = f"of those who {reached_phrase(answer.query, step.number)}" if answer.query.order == "any" else f"of step {step.number}"
    return {
        "step": Figure(dropped_phrase(answer.query, step.number), mark=_mark(bar, current), address=link(bar)),
        "units": Figure(count(lost), tone="quiet"),
        "first": Figure(percent(lost, first), note=interval(wilson(Arm(lost, first))), tone="quiet"),
        "previous": Figure(percent(lost, step.units), note=before, tone="quiet"),
    }


def _mark(bar: FunnelBar, current: FunnelBar | None) -> str | None:
    return "listed below" if bar == current else None


def _rate(rate: float | None) -> str | None:
    return None if rate is None else percent(rate, 1)


def unit_headings(query: FunnelQuery) -> list[Heading]:
    """The columns, the times' named for their zone; where the unit is the customer there is no offer."""
    zone = query.selection.zone
    offer = [Heading("offer", "Offer", "text")] if query.unit == "customer_offer" else []
    return [
        Heading("customer", "Customer", "text"), *offer, Heading("entered", f"Entered ({zone})", "text"),
        Heading("step", "Steps done" if query.order == "any" else "Furthest step", "text"),
        Heading("reached", f"Reached it ({zone})", "text"), Heading("took", "Took"),
    ]


def unit_rows(units: Sequence[FunnelUnit], query: FunnelQuery, offer_name: Callable[[str], str]) -> list[FigureRow]:
    """One row per unit, in the same order; `offer_name` gives the name of an offer's id, or the id itself."""
    zone = query.selection.zone
    return [
        {
            "customer": Figure(unit.customer, address=history_address(unit), is_id=True),
            "offer": None if unit.offer is None else Figure(offer_name(unit.offer), is_id=offer_name(unit.offer) == unit.offer),
            "entered": time(unit.entered_at, zone),
            "step": step_label(query, unit.level),
            "reached": Figure(time(unit.reached_at, zone)) if unit.level > 1 else None,
            "took": Figure(duration((unit.reached_at - unit.entered_at) / 1000)) if unit.level > 1 else None,
        }
        for unit in units
    ]


def history_address(unit: FunnelUnit) -> str:
    """The address of a unit's interactions in History."""
    return "/history" + query_string([("customerId", unit.customer), *([("offerId", unit.offer)] if unit.offer is not None else [])])
