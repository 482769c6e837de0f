"""How measures, intervals, changes, comparisons and the points of a trend are worded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.engine import Tenant
from queries.answers.comparison import Change, Standing
from queries.answers.rates import FEWEST_TRIALS, Contrast, Rate, Verdict
from queries.answers.sides import Side
from queries.answers.trend import MOST_BUCKETS, Part, cut_buckets
from queries.asking.measures import MEASURE, Measure
from queries.asking.selection import Selection
from queries.asking.times import Grain
from ui.components.table import Cell, Tone
from ui.words.numbers import NOTHING, TOO_LARGE, count, counted, money, percent


def parts_of_rate(rate: str) -> tuple[Measure, Measure]:
    """What a rate, by its id, is a share of: the hits and the trials."""
    measure = MEASURE[rate]
    if measure.numerator is None or measure.denominator is None:
        raise ValueError(f"{rate} is not a rate")
    return MEASURE[measure.numerator], MEASURE[measure.denominator]


def value_text(measure: str, value: float | None) -> str:
    """A value of a measure, given by its id: `1,234`, `1,234.50`, `4.21%`; a dash where there is none, `too large` for such a sum.

    Both kinds of rate are shown in percent.
    """
    unit = MEASURE[measure].unit
    if unit == "money":
        return money(value)
    if value is None:
        return NOTHING
    return f"{_percent(measure, value):,.2f}%" if unit in ("percent", "share") else count(int(value))


def file_value(measure: str, value: float | None) -> str | float | None:
    """A value of a measure as it stands in a file: the number itself, nothing where there is none, `too large` for such a sum."""
    return TOO_LARGE if value is None and MEASURE[measure].unit == "money" else value


def interval_text(measure: str, rate: Rate) -> str:
    """The ends of a rate's 95% interval: `3.98–4.44%`; a dash where there is none."""
    if rate.low is None or rate.high is None:
        return NOTHING
    return f"{_percent(measure, rate.low):,.2f}–{_percent(measure, rate.high):,.2f}%"


def change_text(measure: str, change: Change) -> str:
    """How a measure changed: `+12.4%` of what it was, for a rate `−0.32 points`; a dash where that cannot be said."""
    difference = change.difference
    if difference is None:
        return NOTHING
    if MEASURE[measure].unit in ("percent", "share"):
        return f"{_signed(_percent(measure, difference), 2)} points"
    if change.ratio is None:
        return "±0%" if difference == 0 else "new" if change.before == 0 else NOTHING
    return f"{_signed(100 * change.ratio, 1)}%"


def _percent(measure: str, value: float) -> float:
    return value if MEASURE[measure].unit == "percent" else 100 * value


def _signed(number: float, decimals: int) -> str:
    text = f"{abs(number):,.{decimals}f}"
    if not text.strip("0.,"):
        return f"±{text}"
    return f"+{text}" if number > 0 else f"−{text}"


def how_compared(contrasts: Sequence[Contrast]) -> str:
    """What each value's rate was held against, by which test, and for how many comparisons that was corrected."""
    shares = [contrast for contrast in contrasts if contrast.verdict != "not a share"]
    left_out = _left_out(len(contrasts) - len(shares))
    if len(shares) < 2:
        return f"There is {'only one' if shares else 'none'}, and nothing to compare{' it' if shares else ''} with.{left_out}"
    held = "The two are compared with each other" if len(shares) == 2 else "Each is compared with all others together"
    comparisons = max(contrast.comparisons for contrast in shares)
    corrected = f", p corrected by Holm's method for {counted(comparisons, 'comparison')}" if comparisons > 1 else ""
    return f"{held}: two-proportion z-test at 5%{corrected}.{left_out}"


def _left_out(number: int) -> str:
    if number == 0:
        return ""
    if number == 1:
        return " One has more hits than impressions, is not a share and is left out."
    return f" {count(number)} have more hits than impressions, are not shares and are left out."


_AGAINST = {"higher": "clearly above", "lower": "clearly below", "no clear difference": "not clearly different from"}
_UNSAID = ("too few to say", "nothing to compare with", "not a share")
TONES: dict[Verdict, Tone] = {"higher": "good", "lower": "bad", "no clear difference": "quiet"}


def standing_note(measure: str, standing: Standing, interval: str | None) -> str | None:
    """How a measure of an offer stands to the other offers: `12.4% of all offers`; for a rate its interval before that."""
    if standing.contrast:
        parts = [interval, against_others(measure, standing)]
        return ", ".join(part for part in parts if part) or None
    if not standing.all_offers or standing.change.now is None:
        return None
    return f"{percent(standing.change.now, standing.all_offers)} of all offers"


def against_others(measure: str, standing: Standing) -> str | None:
    """`clearly above the others' 17.92%`."""
    if standing.change.now is None or standing.others is None or standing.contrast is None:
        return None
    others = f"the others’ {value_text(measure, standing.others)}"
    if standing.contrast.verdict not in _AGAINST:
        return f"{others}: {standing.contrast.verdict}"
    return f"{_AGAINST[standing.contrast.verdict]} {others}"


def verdict_cell(contrast: Contrast) -> Cell:
    """A verdict, with the difference and how likely chance alone would bring it under it."""
    if contrast.p is None or contrast.difference is None:
        return Cell(contrast.verdict, tone="quiet")
    sign = "+" if contrast.difference > 0 else "−" if contrast.difference < 0 else "±"
    note = f"{sign}{100 * abs(contrast.difference):.2f} points, p {p_text(contrast.p)}"
    return Cell(contrast.verdict, note=note, tone=TONES[contrast.verdict])


def p_text(p: float) -> str:
    """A probability as in papers: `= 0.03`, `< 0.001`."""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"


def _name(side: Side) -> str:
    return side.row.label or "the part without one"


def conclusion(sides: Sequence[Side], measure: str, what: str) -> str:
    """What a comparison of some sides comes to, in one sentence; `what` is the plural of what they are."""
    rate = MEASURE[measure].label
    if len(sides) < 2:
        return f"There is nothing to compare: there is at most one of the {what}."
    sides = [side for side in sides if side.contrast.verdict != "not a share"]
    if len(sides) < 2:
        return f"{rate}: there is nothing to compare, for the rate is a share of {'one' if sides else 'none'} of the {what} only."
    clear = [side for side in sides if side.contrast.verdict in ("higher", "lower")]
    if all(side.contrast.verdict in _UNSAID for side in sides):
        return f"{rate}: too few to say for any of the {what}; a rate is judged from {FEWEST_TRIALS} impressions on."
    if len(sides) == 2:
        if not clear:
            return f"{rate}: the two {what} do not differ clearly."
        higher, lower = sorted(sides, key=lambda side: side.contrast.verdict)
        return f"{rate}: {_name(higher)} is clearly higher than {_name(lower)}."
    if clear:
        said = (f"{_name(side)} is clearly {side.contrast.verdict}" for side in clear)
        return f"{rate}: {', '.join(said)} than the others together."
    return f"{rate}: none of the {what} differs clearly from the others together."


# As a choice, at the head of a column of first days, and in "by week".
GRAIN_CHOICES: dict[Grain, str] = {"day": "Days", "week": "Weeks", "month": "Months", "year": "Years"}
GRAIN_HEADINGS: dict[Grain, str] = {"day": "Day", "week": "Week from", "month": "Month from", "year": "Year from"}


def coarser_words(asked: Grain, grain: Grain) -> str | None:
    """Why a trend is drawn by a longer grain than the one asked for; nothing where it is not."""
    if grain == asked:
        return None
    return f"By {grain}: by {asked} this period would have more than {MOST_BUCKETS:,} points."


# By a bucket's first day (ISO).
CutWords = Mapping[str, str]

_MOST_NAMED = 3


def cut_words(tenant: Tenant, selection: Selection, grain: Grain) -> CutWords:
    """`3 of 7 days` for each bucket that the period, the log's beginning or its clock cuts."""
    return {date: part_text(part) for date, part in cut_buckets(tenant, selection, grain).items()}


def part_text(part: Part) -> str:
    """`3 of 7 days`, `14 of 24 hours`; where a part of every hour counts, that it is not whole."""
    return f"{part.seen} of {part.whole} {part.unit}" if part.seen < part.whole else "not quite whole"


def cut_caption(cut: CutWords) -> str | None:
    """What the bands of a chart mean, for the eye and the ear; None where no bucket is cut."""
    if not cut:
        return None
    named = "; ".join(f"{date}, {words}" for date, words in list(cut.items())[:_MOST_NAMED])
    return f"Shaded, for only a part of it counts: {named}."
