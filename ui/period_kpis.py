"""The cards of a period: each measure now, against the period before, with the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from queries.comparison import Comparison
from queries.measures import MEASURE
from queries.rates import Contrast, arm_of, contrasts, rate_of
from queries.trend import Bucket
from ui.kpis import Kpi, Tone
from ui.measured import change_text, interval_text, value_text

USUAL = ("impression", "click", "accept", "convert", "dismiss", "customers", "ctr", "cvr", "acceptanceRate", "revenue")

# Neither good nor bad when there are more of them.
_QUIET = ("impression", "total", "neutral")
_WORSE = ("dismiss", "negative")

_SAID = {"higher": "clearly higher", "lower": "clearly lower", "no clear difference": "no clear change", "too few to say": "too few to say"}


def period_kpis(
    compared: Comparison, buckets: Sequence[Bucket], link: Callable[[str], str | None], measures: Sequence[str] = USUAL
) -> list[Kpi]:
    """A card for each measure, by its id; `link` is the address of the rows behind a measure, `buckets` give its course."""
    judged: dict[str, Contrast] = {}
    if compared.before:
        rates = [id for id in measures if MEASURE[id].part]
        found = contrasts([(arm_of(compared.now, id), arm_of(compared.before, id)) for id in rates])
        judged = dict(zip(rates, found, strict=True))
    return [_card(id, compared, judged.get(id), [bucket.figures[id] for bucket in buckets], link(id)) for id in measures]


def _card(id: str, compared: Comparison, judged: Contrast | None, course: list[float | None], address: str | None) -> Kpi:
    change = compared.change(id)
    return Kpi(
        label=MEASURE[id].label,
        value=value_text(id, compared.now[id]),
        words=MEASURE[id].words,
        change=change_text(id, change) if compared.before else None,
        tone=_tone(id, change.difference, judged),
        note=_note(id, compared, judged),
        course=course,
        address=address,
    )


def _tone(measure: str, difference: float | None, judged: Contrast | None) -> Tone:
    if not difference or measure in _QUIET or (judged and judged.verdict not in ("higher", "lower")):
        return "quiet"
    return "good" if (difference > 0) != (measure in _WORSE) else "bad"


def _note(measure: str, compared: Comparison, judged: Contrast | None) -> str | None:
    if not MEASURE[measure].part:
        return f"{value_text(measure, compared.before[measure])} before" if compared.before else None
    rate = rate_of(compared.now, measure)
    if rate.value is None:
        return "no impressions"
    interval = None if rate.low is None else interval_text(measure, rate)
    said = _SAID[judged.verdict] if judged else None if rate.enough else "too few to say"
    return ", ".join(part for part in (interval, said) if part) or None
