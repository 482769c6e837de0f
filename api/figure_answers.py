"""The answers about figures: their types and an example of each."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from msgspec import Meta

from api.shapes import Count, Date, FutureRows, Moment, Partial, Ratio, list_of, one_of, shape
from queries.answers.summary import GROUPINGS, LARGEST_LIMIT
from queries.answers.trend import MOST_BUCKETS
from queries.answers.unusual import MEASURES as WATCHED
from queries.asking.measures import COUNTS, MEASURE, MEASURES, Measure
from queries.asking.times import Grain

RevenueTooLarge = Annotated[bool, Meta(description="Whether the value is too large for a number; `revenue` is null then.")]
Customers = Annotated[int, Meta(ge=0, description=MEASURE["customers"].help)]
Revenue = Annotated[float | None, Meta(description=f"{MEASURE['revenue'].help} Null if it is too large for a number.")]


def _figure(measure: Measure) -> Any:
    if measure.unit == "money":
        return Revenue
    if measure.denominator is None:
        return Annotated[int, Meta(ge=0, description=measure.help)]
    unit = "In percent, two decimals, a half rounded up" if measure.unit == "percent" else "A share, 0–1"
    return Annotated[Ratio | None, Meta(description=f"{measure.help} {unit}; null without impressions.")]


def _figure_names() -> tuple[str, ...]:
    # Customers stood after the total before there were classes of outcomes, and answers keep their order.
    others = [measure.id for measure in MEASURES if measure.id != "customers"]
    after = others.index("total") + 1
    return (*others[:after], "customers", *others[after:])


FIGURE_NAMES = _figure_names()
_FIGURES = {**{id: _figure(MEASURE[id]) for id in FIGURE_NAMES}, "revenueTooLarge": RevenueTooLarge}
Figures = shape("Figures", _FIGURES)

SummaryRow = shape("SummaryRow", {
    "id": Annotated[str | None, Meta(description="Null for the interactions that have none.")],
    "name": str | None,
    "status": NotRequired[Annotated[str | None, Meta(description="The offer's status now; present for offers only.")]],
    **_FIGURES,
    "lastInteractionAt": Moment,
})

Summary = shape("Summary", {
    "groupBy": one_of(GROUPINGS),
    "from": Annotated[Moment | None, Meta(description="The start of the period; null if not requested.")],
    "to": Annotated[Moment | None, Meta(description="The end of the period, exclusive; null if not requested.")],
    "summary": list_of(SummaryRow),
    "total": Annotated[int, Meta(ge=0, description="How many rows there are in all.")],
    "limit": Annotated[int, Meta(ge=1, le=LARGEST_LIMIT, description="The limit that was applied.")],
    "offset": Count,
    "futureRows": FutureRows,
})

class TrendBucket(TypedDict):
    start: Annotated[Moment, Meta(description="Its first moment, a midnight of `tz`, in UTC.")]
    date: Annotated[Date, Meta(description="Its first day in `tz`.")]
    partial: Partial
    counts: Annotated[dict[str, Count], Meta(description="Interactions by type, with every type that occurs in the whole period.")]
    customers: Customers
    revenue: Revenue
    revenueTooLarge: RevenueTooLarge


class Trend(TypedDict):
    grain: Annotated[Grain, Meta(
        description=f"How long a bucket is: `askedGrain`, or the finest after it of which there are at most {MOST_BUCKETS:,}.")]
    askedGrain: Grain
    tz: str
    futureRows: FutureRows
    buckets: list[TrendBucket]


_PERIOD = {
    "from": Annotated[Moment | None, Meta(description="The first moment of the period; null where the log is empty.")],
    "to": Annotated[Moment | None, Meta(description="The end of the period, exclusive; null where the log is empty.")],
}
PeriodBefore = shape("PeriodBefore", {
    **_PERIOD,
    "whole": Annotated[bool, Meta(description="Whether the log reaches back to its beginning; else growth may be just that.")],
    "figures": Figures,
})
Comparison = shape("Comparison", {
    **_PERIOD,
    "figures": Figures,
    "before": Annotated[PeriodBefore | None, Meta(description="The period before; null where the log has nothing so old.")],
    "futureRows": FutureRows,
})

_Day = Annotated[list[Count], Meta(min_length=24, max_length=24)]
HourCounts = shape("HourCounts", {
    measure.id: Annotated[list[_Day], Meta(min_length=7, max_length=7, description=measure.help)] for measure in COUNTS
})

Hours = shape("Hours", {"tz": str, "counts": HourCounts})

UnusualChange = shape("UnusualChange", {
    "channelId": Annotated[str | None, Meta(description="Null for interactions without a channel.")],
    "channelName": str | None,
    "measure": one_of(WATCHED),
    "from": Annotated[Moment, Meta(description="The beginning of the first of the days that stand out.")],
    "to": Annotated[Moment, Meta(description="The end of the last whole day, itself excluded.")],
    "now": Annotated[int, Meta(ge=0, description="How many came in these days.")],
    "usual": Annotated[float, Meta(ge=0, description="The mean of the same weekdays in the four weeks before.")],
    "change": Annotated[float | None, Meta(description="`now` less `usual` as a share of `usual`; null where that is 0.")],
    "p": Annotated[float, Meta(ge=0, le=1, description="How likely chance alone would bring as large a change, corrected after Holm for "
                               "all that was looked at.")],
    "sentence": Annotated[str, Meta(description="The same in one English sentence.")],
})

Unusual = shape("Unusual", {
    "tz": Annotated[str, Meta(description="The time zone whose days are compared.")],
    "checked": Annotated[bool, Meta(description="Whether the log is long enough: five weeks of whole days.")],
    "unusual": list_of(UnusualChange),
})


_ROW: dict[str, Any] = {
    "id": "off_abc123",
    "name": "Platinum Card Upgrade",
    "status": "active",
    "impression": 1250,
    "click": 87,
    "dismiss": 45,
    "accept": 0,
    "convert": 32,
    "total": 1414,
    "customers": 1102,
    "positive": 119,
    "negative": 45,
    "neutral": 1250,
    "revenue": 3840.5,
    "ctr": 6.96,
    "cvr": 2.56,
    "acceptanceRate": 0.0952,
    "revenueTooLarge": False,
    "lastInteractionAt": "2026-03-31T21:04:12.000Z",
}

SUMMARY = {
    "groupBy": "offer",
    "from": "2026-03-01T00:00:00.000Z",
    "to": "2026-04-01T00:00:00.000Z",
    "summary": [_ROW],
    "total": 12,
    "limit": 1,
    "offset": 0,
    "futureRows": 0,
}

TREND = {
    "grain": "day",
    "askedGrain": "day",
    "tz": "Europe/Amsterdam",
    "futureRows": 0,
    "buckets": [
        {"start": "2026-03-14T23:00:00.000Z", "date": "2026-03-15", "partial": False, "counts": {"click": 2, "impression": 31},
         "customers": 28, "revenue": 0.0, "revenueTooLarge": False},
        {"start": "2026-03-15T23:00:00.000Z", "date": "2026-03-16", "partial": True, "counts": {"click": 0, "impression": 0},
         "customers": 0, "revenue": 0.0, "revenueTooLarge": False},
    ],
}

_FIGURES = {name: _ROW[name] for name in (*FIGURE_NAMES, "revenueTooLarge")}

COMPARISON = {
    "from": "2026-03-01T00:00:00.000Z",
    "to": "2026-04-01T00:00:00.000Z",
    "figures": _FIGURES,
    "before": {
        "from": "2026-01-29T00:00:00.000Z",
        "to": "2026-03-01T00:00:00.000Z",
        "whole": True,
        "figures": _FIGURES | {"click": 75, "total": 1402, "positive": 107, "ctr": 6.0, "acceptanceRate": 0.0856},
    },
    "futureRows": 0,
}

HOURS = {"tz": "UTC", "counts": {measure.id: [[0] * 24 for _ in range(7)] for measure in COUNTS}}

UNUSUAL = {
    "tz": "UTC",
    "checked": True,
    "unusual": [{
        "channelId": "ch_email",
        "channelName": "Email",
        "measure": "click",
        "from": "2026-03-10T00:00:00.000Z",
        "to": "2026-03-16T00:00:00.000Z",
        "now": 201,
        "usual": 405.0,
        "change": -0.5037037037037037,
        "p": 4.2e-18,
        "sentence": "Email clicks fell by 50% in 6 days from Tuesday 10 March: 201, against the usual 405 for those weekdays.",
    }],
}
