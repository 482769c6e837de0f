"""The measures: what each is called, and which outcomes it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from queries.asking.names import Names
from queries.asking.outcomes import RECOMMENDATION, Outcome

MeasureUnit = Literal["interactions", "customers", "money", "percent", "share"]

@dataclass(frozen=True)
class Measure:
    """A figure computed from interactions, named as in the API.

    For a count, `counts` says which outcomes it counts. A rate is `numerator` over `denominator`, two other measures: in percent with two
    decimals, or as a share of 1. It has no value if the denominator is 0, and exceeds its bound if the numerator is larger.
    """

    id: str
    label: str
    help: str
    unit: MeasureUnit
    counts: Callable[[Outcome], bool] | None = None
    numerator: str | None = None
    denominator: str | None = None


COUNTS = (
    Measure("impression", "Impressions", "Rows whose outcome counts as an impression, except those of type recommendation.", "interactions",
            lambda outcome: outcome.counts_as == "impression"),
    Measure("click", "Clicks", "Rows whose outcome counts as a click.", "interactions", lambda outcome: outcome.counts_as == "click"),
    Measure("dismiss", "Dismissals", "Rows whose outcome counts as a dismissal.", "interactions",
            lambda outcome: outcome.counts_as == "dismiss"),
    Measure("accept", "Accepts", "Rows whose outcome counts as an accept.", "interactions", lambda outcome: outcome.counts_as == "accept"),
    Measure("convert", "Conversions", "Rows whose outcome counts as a conversion, such as convert and conversion.", "interactions",
            lambda outcome: outcome.counts_as == "convert"),
    Measure("total", "Interactions", "All rows, whatever their type and outcome.", "interactions", lambda outcome: True),
    Measure("positive", "Positive", "Rows whose outcome counts as positive, such as click, accept, convert, share.", "interactions",
            lambda outcome: outcome.classification == "positive"),
    Measure("negative", "Negative", "Rows whose outcome counts as negative, such as dismiss, opt_out, complaint.", "interactions",
            lambda outcome: outcome.classification == "negative"),
    Measure("neutral", "Neutral", "Rows whose outcome is neither positive nor negative: impressions, and every unknown key.",
            "interactions", lambda outcome: outcome.classification == "neutral"),
)

RATES = (
    Measure("ctr", "CTR", "Clicks per 100 impressions.", "percent", numerator="click", denominator="impression"),
    Measure("cvr", "Conversion rate", "Conversions per 100 impressions.", "percent", numerator="convert", denominator="impression"),
    Measure("acceptanceRate", "Positive response rate", "Positive responses per impression: clicks, accepts, conversions and all others. One "
            "impression can bring several, a click and then a conversion, so it can exceed 1.", "share",
            numerator="positive", denominator="impression"),
)

MEASURES = (
    *COUNTS,
    Measure("customers", "Customers", "Distinct customers with at least one row.", "customers"),
    Measure("revenue", "Value", "Sum of the outcomes' conversion values, in the log's own currency.", "money"),
    *RATES,
)

MEASURE = {measure.id: measure for measure in MEASURES}


@dataclass(frozen=True)
class Figures:
    """What some interactions come to; `figures["ctr"]` is any measure by its id, None where it has no value.

    `revenue` is None where the sum is too large for a number; `last` is the newest row's time in milliseconds, None without rows and
    where a query did not look for it.
    """

    impression: int = 0
    click: int = 0
    dismiss: int = 0
    accept: int = 0
    convert: int = 0
    total: int = 0
    positive: int = 0
    negative: int = 0
    neutral: int = 0
    customers: int = 0
    revenue: float | None = 0.0
    last: int | None = None

    def __getitem__(self, id: str) -> int | float | None:
        measure = MEASURE[id]
        if measure.numerator is None or measure.denominator is None:
            return getattr(self, id)
        return rate(measure, self.count(measure.numerator), self.count(measure.denominator))

    def count(self, id: str) -> int:
        """A count by its id."""
        return getattr(self, id)


def rate(measure: Measure, numerator: int, denominator: int) -> float | None:
    """A rate of two counts in the measure's unit; None if the denominator is 0. A half in the third decimal rounds up."""
    if denominator == 0:
        return None
    return (20_000 * numerator + denominator) // (2 * denominator) / 100 if measure.unit == "percent" else numerator / denominator


def is_counted(measure: Measure, type: str, outcome: Outcome) -> bool:
    """Whether a measure counts the rows of a type and an outcome."""
    if measure.id == "impression" and type == RECOMMENDATION:
        return False
    return measure.counts is not None and measure.counts(outcome)


def filters_behind(measure: Measure, names: Names) -> list[tuple[str, str]] | None:
    """The filters that leave just the rows that a count counts, or a rate's part; none where all rows count, None where no filter can.

    Where the log has no such outcome, the filters name those that it lacks.
    """
    measure = MEASURE[measure.numerator] if measure.numerator else measure
    if measure.counts is None or measure.id == "total":
        return []
    outcomes = [key for key in names.outcome.ids if measure.counts(names.outcomes[key])]
    outcomes = outcomes or [outcome.key for outcome in names.outcomes if measure.counts(outcome)]
    if not outcomes:
        return None
    pairs = [("outcome", key) for key in outcomes]
    if measure.id == "impression" and RECOMMENDATION in names.type:
        others = [type for type in names.type.ids if type != RECOMMENDATION]
        pairs += [("type", type) for type in others or ["impression"]]
    return pairs
