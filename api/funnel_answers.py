"""The answers about funnels: their types and an example of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

from msgspec import Meta

from api.shapes import Count, Date, FutureRows, Moment, Pagination, Partial, Seconds, Share, one_of, shape
from queries.answers.trend import MOST_BUCKETS
from queries.asking.filters import FILTERS, NOT, WITHOUT
from queries.asking.funnel import BREAKDOWNS, Order, Ties, Unit
from queries.asking.times import Grain

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
    **{f"{NOT}{filter.name}": list[str] for filter in FILTERS if filter.name != "type"},
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


FUNNEL = {
    "query": {
        "step": ["impression", "click"], "window": "7d", "unit": "customer_offer", "order": "ordered", "ties": "include", "exclude": [],
        "breakdown": "channel", "grain": "day", "askedGrain": "day",
        "from": "2026-03-01T00:00:00.000Z", "to": "2026-03-02T00:00:00.000Z", "asOf": None, "tz": "UTC",
        **{filter.name: [] for filter in FILTERS if filter.name != "type"},
        **{f"{NOT}{filter.name}": [] for filter in FILTERS if filter.name != "type"},
        WITHOUT: [],
    },
    "definition": "Counts each pair of a customer and an offer (a row without an offer belongs to none) by how far it came: a row of type "
                  "impression (the entry), then click, each a row of its own after the one before and at most 7 days after the entry; "
                  "other rows between do not matter, rows of one instant count in step order whatever order they arrived in, any "
                  "entry may start an attempt and the furthest attempt counts, and only entries on 1 March 2026 (UTC) count while later "
                  "steps may happen after that.",
    "steps": [
        {"step": 1, "types": ["impression"], "units": 1000, "events": 1400, "rateFromFirst": 1.0, "rateFromPrevious": 1.0,
         "interval95": [0.9961732399616466, 1.0], "tieDependent": 0, "secondsFromEntry": None},
        {"step": 2, "types": ["click"], "units": 40, "events": 52, "rateFromFirst": 0.04, "rateFromPrevious": 0.04,
         "interval95": [0.02949929519174957, 0.05403212862349098], "tieDependent": 3,
         "secondsFromEntry": {"n": 40, "mean": 3600.5, "p25": 12.25, "median": 60.0, "p75": 900.0, "p90": 7200.0}},
    ],
    "immature": 12,
    "newestRow": "2026-03-15T14:30:00.000Z",
    "clock": "2026-03-15T14:30:00.000Z",
    "futureRows": 0,
    "breakdown": [{"value": "ch_email", "name": "Email", "steps": [600, 30]}, {"value": None, "name": None, "steps": [400, 10]}],
    "trend": [{"start": "2026-03-01", "date": "2026-03-01", "partial": False, "units": [1000, 40], "immature": True, "waiting": 12}],
}

UNIT_PAGE = {
    "data": [{
        "customerId": "CUST001", "offerId": "off_abc123", "level": 2, "enteredAt": "2026-03-01T09:00:00.000Z",
        "reachedAt": "2026-03-01T09:01:00.000Z",
    }],
    "pagination": {"total": 40, "limit": 1, "hasMore": True, "nextCursor": "WzE3NzIzNTU2MDAwMDAsIkNVU1QwMDEiLCJvZmZfYWJjMTIzIl0"},
}

FUNNEL_CSV = (
    "step,types,units,events,rateFromFirst,rateFromPrevious,low95,high95,tieDependent,n,mean,p25,median,p75,p90\r\n"
    "1,impression,1000,1400,1.0,1.0,0.9961732399616466,1.0,0,,,,,,\r\n"
    "2,click,40,52,0.04,0.04,0.02949929519174957,0.05403212862349098,3,40,3600.5,12.25,60.0,900.0,7200.0\r\n"
)

UNITS_CSV = (
    "customerId,offerId,level,enteredAt,reachedAt\r\n"
    "CUST001,off_abc123,2,2026-03-01T09:00:00.000Z,2026-03-01T09:01:00.000Z\r\n"
)
