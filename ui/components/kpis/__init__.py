"""Cards with a figure each: its value, its change, how sure that is, its course, and a link to the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from queries.answers.comparison import PeriodComparison
from queries.answers.rates import Verdict, arm_of, contrasts, rate_of
from queries.answers.trend import Bucket
from queries.asking.measures import MEASURE, Figures
from ui.words.measures import change_text, interval_text, value_text
from ui.words.numbers import percent

_HERE = Path(__file__).parent

_kpis = st.components.v2.component(
    "kpis",
    html='<ul class="kpis"></ul>',
    css=(_HERE / "kpis.css").read_text(encoding="utf-8"),
    js=(_HERE / "kpis.js").read_text(encoding="utf-8"),
)

Tone = Literal["good", "bad", "quiet"]


@dataclass(frozen=True)
class Kpi:
    """A card. `words` says what the figure means, `change` how it differs from what `against` names, `verdict` whether that is more than
    chance, `note` what else there is to know.

    `tone` colours the change; `course` is the small trend line, oldest first, with gaps where there is no value; `address` leads to
    the rows behind the figure.
    """

    label: str
    value: str
    help: str
    change: str | None = None
    tone: Tone = "quiet"
    against: str = "the period before"
    note: str | None = None
    verdict: str | None = None
    sparkline: Sequence[float | None] = ()
    address: str | None = None


def kpis(cards: Sequence[Kpi], label: str, key: str = "kpis") -> None:
    """Draws the cards; `label` is the accessible name of their list."""
    _kpis(key=key, data={"cards": [asdict(card) for card in cards], "label": label})


DEFAULT_MEASURES = ("impression", "click", "accept", "convert", "dismiss", "customers", "ctr", "cvr", "acceptanceRate", "revenue")

# Neither good nor bad when there are more of them.
_QUIET = ("impression", "total", "neutral")
_WORSE = ("dismiss", "negative")

_SAID: dict[Verdict, str] = {
    "higher": "clearly higher", "lower": "clearly lower", "no clear difference": "no clear change", "too few to say": "too few to say",
    "not a share": "not a share",
}
# The verdicts in words where there is a difference.
CLEAR = (_SAID["higher"], _SAID["lower"])
_ARROWS: dict[Verdict, str] = {"higher": "▲ ", "lower": "▼ "}


def period_kpis(
    compared: PeriodComparison, counts: Mapping[str, Verdict], buckets: Sequence[Bucket], link: Callable[[str], str | None],
    measures: Sequence[str] = DEFAULT_MEASURES,
) -> list[Kpi]:
    """A card for each measure, by its id.

    `counts` are the verdicts on those counts that were judged against the period before; `link` is the address of the rows behind a
    measure, `buckets` give its course.
    """
    judged = dict(counts)
    if compared.before:
        rates = [one for one in measures if MEASURE[one].numerator]
        found = contrasts([(arm_of(compared.now, one), arm_of(compared.before, one)) for one in rates])
        judged |= {one: contrast.verdict for one, contrast in zip(rates, found, strict=True)}
    return [_card(one, compared, judged.get(one), [bucket.figures[one] for bucket in buckets], link(one)) for one in measures]


def _card(measure: str, compared: PeriodComparison, judged: Verdict | None, sparkline: list[float | None], address: str | None) -> Kpi:
    arrow = _ARROWS.get(judged, "") if judged else ""
    return Kpi(
        label=MEASURE[measure].label,
        value=value_text(measure, compared.now[measure]),
        help=MEASURE[measure].help,
        change=f"{arrow}{change_text(measure, compared.change(measure))}" if compared.before else None,
        tone=_tone(measure, judged),
        note=_note(measure, compared),
        verdict=_said(measure, compared, judged),
        sparkline=sparkline,
        address=address,
    )


def _tone(measure: str, judged: Verdict | None) -> Tone:
    """Good or bad only where a test says that it is more than chance."""
    if judged not in ("higher", "lower") or measure in _QUIET:
        return "quiet"
    return "good" if (judged == "higher") != (measure in _WORSE) else "bad"


def _said(measure: str, compared: PeriodComparison, judged: Verdict | None) -> str | None:
    if not MEASURE[measure].numerator:
        return _SAID[judged] if judged else None
    rate = rate_of(compared.now, measure)
    if rate.value is None:
        return None
    if rate.outnumbers:
        return _SAID["not a share"]
    return _SAID[judged] if judged else None if rate.enough else _SAID["too few to say"]


def _note(measure: str, compared: PeriodComparison) -> str | None:
    if not MEASURE[measure].numerator:
        before = f"{value_text(measure, compared.before[measure])} before" if compared.before else None
        share = of_impressions(compared.now) if measure == "accept" else None
        return ", ".join(part for part in (share, before) if part) or None
    rate = rate_of(compared.now, measure)
    if rate.value is None:
        return "no impressions"
    return None if rate.low is None else interval_text(measure, rate)


def of_impressions(figures: Figures) -> str | None:
    """The accepts as a part of the impressions: `4.4% of impressions`; None without impressions."""
    return f"{percent(figures.accept, figures.impression)} of impressions" if figures.impression else None
