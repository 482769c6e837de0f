"""What an offer's comparisons say, in words."""

from __future__ import annotations

from collections.abc import Sequence

from queries.measures import MEASURE
from queries.rates import FEWEST_TRIALS, Contrast, Verdict
from queries.sides import Side
from queries.standing import Standing
from ui.measured import value_text
from ui.numbers import percent
from ui.sortable_table import Figure

_AGAINST = {"higher": "clearly above", "lower": "clearly below", "no clear difference": "not clearly apart from"}
_UNSAID = ("too few to say", "nothing to compare with", "not a share")
TONES: dict[Verdict, str] = {"higher": "good", "lower": "bad", "no clear difference": "quiet"}


def standing_note(measure: str, standing: Standing, interval: str | None) -> str | None:
    """How a measure of an offer stands to the other offers: `12.4% of all offers`; for a rate its interval before that."""
    if standing.contrast:
        parts = [interval, against_others(measure, standing)]
        return ", ".join(part for part in parts if part) or None
    if not standing.whole or standing.change.now is None:
        return None
    return f"{percent(standing.change.now, standing.whole)} of all offers"


def against_others(measure: str, standing: Standing) -> str | None:
    """`clearly above the others' 17.92%`."""
    if standing.change.now is None or standing.others is None or standing.contrast is None:
        return None
    others = f"the others’ {value_text(measure, standing.others)}"
    if standing.contrast.verdict not in _AGAINST:
        return f"{others}: {standing.contrast.verdict}"
    return f"{_AGAINST[standing.contrast.verdict]} {others}"


def verdict_cell(contrast: Contrast) -> Figure:
    """A verdict, with the difference and how likely chance alone would bring it under it."""
    if contrast.p is None or contrast.difference is None:
        return Figure(contrast.verdict, tone="quiet")
    sign = "+" if contrast.difference > 0 else "−" if contrast.difference < 0 else "±"
    note = f"{sign}{100 * abs(contrast.difference):.2f} points, p {p_text(contrast.p)}"
    return Figure(contrast.verdict, note=note, tone=TONES[contrast.verdict])


def p_text(p: float) -> str:
    """A probability as in papers: `= 0.03`, `< 0.001`."""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"


def _name(side: Side) -> str:
    return side.row.label or "the part without one"


def conclusion(sides: Sequence[Side], measure: str, what: str) -> str:
    """What a comparison of some sides comes to, in one sentence; `what` is the plural of what they are."""
    rate = MEASURE[measure].label
    if len(sides) < 2:
        return f"There is nothing to compare: the rows have one of the {what} at most."
    sides = [side for side in sides if side.contrast.verdict != "not a share"]
    if len(sides) < 2:
        return f"{rate}: there is nothing to compare, for the rate is a share of {'one' if sides else 'none'} of the {what} only."
    clear = [side for side in sides if side.contrast.verdict in ("higher", "lower")]
    if all(side.contrast.verdict in _UNSAID for side in sides):
        return f"{rate}: too few to say of any of the {what}; a rate is judged from {FEWEST_TRIALS} impressions on."
    if len(sides) == 2:
        if not clear:
            return f"{rate}: the two {what} do not differ clearly."
        higher, lower = sorted(sides, key=lambda side: side.contrast.verdict)
        return f"{rate}: {_name(higher)} is clearly higher than {_name(lower)}."
    if clear:
        said = (f"{_name(side)} is clearly {side.contrast.verdict}" for side in clear)
        return f"{rate}: {', '.join(said)} than the others together."
    return f"{rate}: none of the {what} differs clearly from the others together."
