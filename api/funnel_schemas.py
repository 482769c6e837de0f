"""The shapes of the funnel's answers, and one example of each."""

from __future__ import annotations

from typing import Any

from api.schemas import FUTURE_ROWS, PAGE, PARTIAL, closed_object
from queries.answers.trend import GRAINS, MOST_BUCKETS
from queries.asking.filters import FILTERS, WITHOUT
from queries.asking.funnel import BREAKDOWNS

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_COUNTS = {"type": "array", "items": _COUNT}
_RATE = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_SECONDS = {"type": ["number", "null"], "minimum": 0}
_TIME = {"type": "string", "format": "date-time"}
_NULLABLE_TIME = {"type": ["string", "null"], "format": "date-time"}
_NULLABLE_TEXT = {"type": ["string", "null"]}


def _nullable(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}], **more}


QUERY = closed_object({
    "step": _TEXTS,
    "window": _TEXT,
    "unit": {"type": "string", "enum": ["customer_offer", "customer"]},
    "order": {"type": "string", "enum": ["ordered", "strict", "any"]},
    "ties": {"type": "string", "enum": ["include", "strict"]},
    "exclude": _TEXTS,
    "breakdown": {"type": ["string", "null"], "enum": [*BREAKDOWNS, None]},
    "grain": {"type": ["string", "null"], "enum": [*GRAINS, None], "description": "How long a bucket of the trend is: `askedGrain`, or the "
              f"finest after it of which there are at most {MOST_BUCKETS:,}."},
    "askedGrain": {"type": ["string", "null"], "enum": [*GRAINS, None]},
    "from": _NULLABLE_TIME,
    "to": _NULLABLE_TIME,
    "asOf": _NULLABLE_TIME,
    "tz": _TEXT,
    **{filter.name: _TEXTS for filter in FILTERS if filter.name != "type"},
    WITHOUT: _TEXTS,
})

SECONDS_FROM_ENTRY = closed_object({
    "n": _COUNT, "mean": _SECONDS, "p25": _SECONDS, "median": _SECONDS, "p75": _SECONDS, "p90": _SECONDS,
}, description="From the entry to this step; units that took no time are among the `n`. A percentile lies between the two nearest of "
               "the sorted times, in proportion: that of share q at place q·(n - 1), counted from 0.")

STEP = closed_object({
    "step": {"type": "integer", "minimum": 1},
    "types": _TEXTS,
    "units": {**_COUNT, "description": "The units that reached this step."},
    "events": {**_COUNT, "description": "All rows of the step's types that pass the filters and lie in the period."},
    "rateFromFirst": _RATE,
    "rateFromPrevious": _RATE,
    "interval95": _nullable({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                            description="Wilson's 95 % interval of `rateFromFirst`."),
    "tieDependent": {**_COUNT, "description": "Units that reach this step under `ties=include` and not under `ties=strict`."},
    "secondsFromEntry": _nullable(SECONDS_FROM_ENTRY, description="Null for the first step."),
})

FUNNEL = closed_object({
    "query": {**QUERY, "description": "The query as it was understood, with defaults filled in."},
    "definition": {"type": "string", "description": "What exactly is counted, in one English sentence."},
    "steps": {"type": "array", "items": STEP},
    "immature": {"type": ["integer", "null"], "minimum": 0,
                 "description": "Units that did not reach the last step and still may: their latest entry plus the window lies after the "
                                "log's clock. Null without a window."},
    "newestRow": {**_NULLABLE_TIME, "description": "The time of the tenant's newest row."},
    "clock": {**_NULLABLE_TIME, "description": "The log's clock: the time of the newest row at most a day ahead of the server's own clock."},
    "futureRows": FUTURE_ROWS,
    "breakdown": _nullable({"type": "array", "items": closed_object({"value": _NULLABLE_TEXT, "name": _NULLABLE_TEXT, "steps": _COUNTS})},
                           description="By the value of the unit's entry, null for none; null if not requested."),
    "trend": _nullable({"type": "array", "items": closed_object({
        "start": {"type": "string", "format": "date"},
        "date": {"type": "string", "format": "date", "description": "Its first day in `tz`, as `start`."},
        "partial": PARTIAL,
        "units": _COUNTS,
        "immature": {"type": ["boolean", "null"]},
        "waiting": {"type": ["integer", "null"], "minimum": 0, "description": "How many of its units may still convert."},
    })}, description="By the day, week, month or year of the unit's entry; null if not requested."),
})

UNITS_PAGE = closed_object({
    "data": {"type": "array", "items": closed_object({
        "customerId": _TEXT,
        "offerId": {**_NULLABLE_TEXT, "description": "Null for `unit=customer`."},
        "level": {"type": "integer", "minimum": 1, "description": "The furthest step that the unit reached."},
        "enteredAt": {**_TIME, "description": "The entry of the chain that led to that furthest step."},
        "reachedAt": {**_TIME, "description": "When that furthest step was reached."},
    })},
    "pagination": PAGE["properties"]["pagination"],
})

EXAMPLE_FUNNEL = {
    "query": {
        "step": ["impression", "click"], "window": "7d", "unit": "customer_offer", "order": "ordered", "ties": "include", "exclude": [],
        "breakdown": "channel", "grain": "day", "askedGrain": "day",
        "from": "2026-03-01T00:00:00.000Z", "to": "2026-03-02T00:00:00.000Z", "asOf": None, "tz": "UTC",
        **{filter.name: [] for filter in FILTERS if filter.name != "type"},
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

EXAMPLE_UNITS_PAGE = {
    "data": [{
        "customerId": "CUST001", "offerId": "off_abc123", "level": 2, "enteredAt": "2026-03-01T09:00:00.000Z",
        "reachedAt": "2026-03-01T09:01:00.000Z",
    }],
    "pagination": {"total": 40, "limit": 1, "hasMore": True, "nextCursor": "WzE3NzIzNTU2MDAwMDAsIkNVU1QwMDEiLCJvZmZfYWJjMTIzIl0"},
}

EXAMPLE_FUNNEL_CSV = (
    "step,types,units,events,rateFromFirst,rateFromPrevious,low95,high95,tieDependent,n,mean,p25,median,p75,p90\r\n"
    "1,impression,1000,1400,1.0,1.0,0.9961732399616466,1.0,0,,,,,,\r\n"
    "2,click,40,52,0.04,0.04,0.02949929519174957,0.05403212862349098,3,40,3600.5,12.25,60.0,900.0,7200.0\r\n"
)

EXAMPLE_UNITS_CSV = (
    "customerId,offerId,level,enteredAt,reachedAt\r\n"
    "CUST001,off_abc123,2,2026-03-01T09:00:00.000Z,2026-03-01T09:01:00.000Z\r\n"
)
