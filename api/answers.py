"""The shapes of the API's answers: a type for each, from which the endpoints' JSON is checked and the OpenAPI schemas are made.

A key of an answer stands here once, with its type and what it means; a figure in `queries.asking.measures`, a filter in
`queries.asking.filters`.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import GenericAlias
from typing import Annotated, Any, NotRequired, TypedDict, is_typeddict

import orjson
from msgspec import Meta
from msgspec.json import schema_components

from api.errors import CODES
from data.results import Creative, Offer
from queries.answers.summary import GROUPINGS, LARGEST_LIMIT
from queries.answers.trend import MOST_BUCKETS
from queries.answers.unusual import MEASURES as WATCHED
from queries.asking.calendar import Grain
from queries.asking.filters import FILTERS, WITHOUT
from queries.asking.funnel import BREAKDOWNS, Order, Ties, Unit
from queries.asking.measures import COUNTS, MEASURE, MEASURES, Measure
from queries.asking.times import iso

Count = Annotated[int, Meta(ge=0)]
Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Date = Annotated[str, Meta(extra_json_schema={"format": "date"})]
Share = Annotated[float, Meta(ge=0, le=1)]
Ratio = Annotated[float, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0)]


def one_of(values: Sequence[str]) -> Any:
    """The type of a text that is one of some values."""
    return Annotated[str, Meta(extra_json_schema={"enum": list(values)})]


def shape(name: str, keys: dict[str, Any]) -> Any:
    """The type of an object whose keys a table of the product names, or one of which is a word of Python."""
    return TypedDict(name, keys)  # type: ignore[operator]  # mypy knows only those that are spelled out


def list_of(shape: Any) -> Any:
    """The type of a list of a type that `shape` has made."""
    return GenericAlias(list, (shape,))


FutureRows = Annotated[int, Meta(
    ge=0, description="How many of the tenant's rows are later than the log's clock: later than a day after the server's own.",
)]
Partial = Annotated[bool, Meta(description="Whether the period, the log's beginning or the log's clock cuts it.")]
RevenueTooLarge = Annotated[bool, Meta(description="Whether the value is too large for a number; `revenue` is null then.")]


class InteractionRecord(TypedDict):
    id: Annotated[str, Meta(description="The record's id, unique within the tenant, opaque.")]
    tenantId: str
    customerId: str
    offerId: str | None
    creativeId: str | None
    channelId: Annotated[str | None, Meta(description="The interaction's own channel; the creative's may differ.")]
    interactionType: Annotated[str, Meta(description="Any text, such as impression, click, dismiss, accept, convert, …")]
    outcomeTypeKey: str
    direction: Annotated[str | None, Meta(description="`inbound` or `outbound`, as it was logged.")]
    timestamp: Annotated[Moment, Meta(description="When it happened, in UTC with milliseconds.")]
    context: orjson.Fragment
    response: orjson.Fragment
    outcome: Annotated[orjson.Fragment, Meta(
        description="May hold `conversionValue`: a number or numeric text, which may be zero or negative.")]
    offer: Annotated[Offer | None, Meta(description="The offer as it is now; null if only its id is known.")]
    creative: Annotated[Creative | None, Meta(description="The creative as it is now; null if only its id is known.")]


class Pagination(TypedDict):
    total: Annotated[int, Meta(ge=0, description="All records that match the filters, the same on every page.")]
    limit: Annotated[int, Meta(ge=1, le=100, description="The limit that was applied.")]
    hasMore: bool
    nextCursor: Annotated[str | None, Meta(description="The cursor of the next page; null on the last.")]


class InteractionPage(TypedDict):
    data: list[InteractionRecord]
    pagination: Pagination


ErrorDetail = shape("ErrorDetail", {"code": one_of(tuple(CODES.values())), "message": str, "status": int, "requestId": str})


Error = shape("Error", {"error": ErrorDetail})

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

FunnelQuery = shape("FunnelQuery", {
    "step": list[str],
    "window": str,
    "unit": Unit,
    "order": Order,
    "ties": Ties,
    "exclude": list[str],
    "breakdown": one_of(BREAKDOWNS) | None,
    "grain": Annotated[Grain | None, Meta(description="How long a bucket of the trend is: `askedGrain`, or the finest after it of "
                                                   f"which there are at most {MOST_BUCKETS:,}.")],
    "askedGrain": Grain | None,
    "from": Moment | None,
    "to": Moment | None,
    "asOf": Moment | None,
    "tz": str,
    **{filter.name: list[str] for filter in FILTERS if filter.name != "type"},
    WITHOUT: list[str],
})


class SecondsFromEntry(TypedDict):
    """From the entry to this step; units that took no time are among the `n`.

    A percentile lies between the two nearest of the sorted times, in proportion: that of share q at place q·(n - 1), counted from 0.
    """

    n: Count
    mean: Seconds | None
    p25: Seconds | None
    median: Seconds | None
    p75: Seconds | None
    p90: Seconds | None


_Interval = Annotated[Sequence[float], Meta(min_length=2, max_length=2)]


class FunnelStep(TypedDict):
    step: Annotated[int, Meta(ge=1)]
    types: Sequence[str]
    units: Annotated[int, Meta(ge=0, description="The units that reached this step.")]
    events: Annotated[int, Meta(ge=0, description="All rows of the step's types that pass the filters and lie in the period.")]
    rateFromFirst: Share | None
    rateFromPrevious: Share | None
    interval95: Annotated[_Interval | None, Meta(description="Wilson's 95 % interval of `rateFromFirst`.")]
    tieDependent: Annotated[int, Meta(ge=0, description="Units that reach this step under `ties=include` and not under `ties=strict`.")]
    secondsFromEntry: Annotated[SecondsFromEntry | None, Meta(description="Null for the first step.")]


class FunnelBreakdownRow(TypedDict):
    value: str | None
    name: str | None
    steps: Sequence[Count]


class FunnelTrendBucket(TypedDict):
    start: Date
    date: Annotated[Date, Meta(description="Its first day in `tz`, as `start`.")]
    partial: Partial
    units: Sequence[Count]
    immature: bool | None
    waiting: Annotated[Count | None, Meta(description="How many of its units may still convert.")]


class Funnel(TypedDict):
    query: Annotated[FunnelQuery, Meta(  # type: ignore[valid-type]  # its filters are those of the table
        description="The query as it was understood, with defaults filled in.")]
    definition: Annotated[str, Meta(description="What exactly is counted, in one English sentence.")]
    steps: list[FunnelStep]
    immature: Annotated[Count | None, Meta(description="Units that did not reach the last step and still may: their latest entry plus "
                                   "the window lies after the log's clock. Null without a window.")]
    newestRow: Annotated[Moment | None, Meta(description="The time of the tenant's newest row.")]
    clock: Annotated[Moment | None, Meta(
        description="The log's clock: the time of the newest row at most a day ahead of the server's own clock.")]
    futureRows: FutureRows
    breakdown: Annotated[list[FunnelBreakdownRow] | None, Meta(
        description="By the value of the unit's entry, null for none; null if not requested.")]
    trend: Annotated[list[FunnelTrendBucket] | None, Meta(
        description="By the day, week, month or year of the unit's entry; null if not requested.")]


class FunnelUnitRow(TypedDict):
    customerId: str
    offerId: Annotated[str | None, Meta(description="Null for `unit=customer`.")]
    level: Annotated[int, Meta(ge=1, description="The furthest step that the unit reached.")]
    enteredAt: Annotated[Moment, Meta(description="The entry of the chain that led to that furthest step.")]
    reachedAt: Annotated[Moment, Meta(description="When that furthest step was reached.")]


class FunnelUnitPage(TypedDict):
    data: list[FunnelUnitRow]
    pagination: Pagination


class Load(TypedDict):
    """One load: a file, archive, folder or glob. `rows` are the tenant's that hold the content it wrote."""

    version: Annotated[int, Meta(ge=1, description="Of the store, which the load made; it names the load.")]
    source: Annotated[str, Meta(description="The name of what was read, without its folder.")]
    rows: Annotated[Count | None, Meta(description="Null where an earlier version of the program did not note which rows it wrote; such a "
                                       "load cannot be taken back.")]
    rejected: Count
    conflicts: Count
    finished: Moment
    by: Annotated[str, Meta(description="The account or the key that asked for it; `operator` where it was the command line.")]


class Loads(TypedDict):
    loads: list[Load]


class Unload(TypedDict):
    version: Annotated[int, Meta(ge=1, description="Of the store without the load.")]
    removed: Annotated[int, Meta(ge=0, description="Rows that the log no longer has.")]
    restored: Annotated[int, Meta(ge=0, description="Rows that have the content back which the load had replaced.")]


def spelled(ms: int | None) -> str | None:
    """An end of a period; None where it is open."""
    try:
        return None if ms is None else iso(ms)
    except OverflowError:
        # The calendar's last moment has none after it that could be spelled.
        return None


def schemas_of(answers: Sequence[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The schema of each type, and the components that they refer to by name. An object has all of its keys and no others."""
    schemas, components = schema_components(answers, schema_hook=_schema_of_fragment, ref_template="#/components/schemas/{name}")
    named = globals() | {answer.__name__: answer for answer in answers if is_typeddict(answer)}
    for name, component in components.items():
        component["additionalProperties"] = False
        shape = named.get(name)
        if shape is not None and is_typeddict(shape):
            # They come in the order of the alphabet.
            component["properties"] = {key: component["properties"][key] for key in shape.__annotations__}
            component["required"] = [key for key in shape.__annotations__ if key in shape.__required_keys__]
    return list(schemas), components


def _schema_of_fragment(type: type) -> dict[str, Any]:
    if type is orjson.Fragment:
        return {"type": "object"}
    raise NotImplementedError(f"an answer of type {type} has no schema")
