"""One example of each of the API's answers."""

from __future__ import annotations

import json
from typing import Any

from api.answers import FIGURE_NAMES
from data.results import RECORD_COLUMNS
from queries.answers.csv_text import header_text
from queries.asking.filters import FILTERS, WITHOUT
from queries.asking.measures import COUNTS

RECORD: dict[str, Any] = {
    "id": "ih_001",
    "tenantId": "t_001",
    "customerId": "CUST001",
    "offerId": "off_abc123",
    "creativeId": "cr_001",
    "channelId": "ch_email",
    "interactionType": "click",
    "outcomeTypeKey": "click",
    "direction": "outbound",
    "timestamp": "2026-03-15T14:30:00.000Z",
    "context": {},
    "response": {},
    "outcome": {},
    "offer": {"id": "off_abc123", "name": "Platinum Card Upgrade", "status": "active"},
    "creative": {"id": "cr_001", "name": "Email Hero Variant A", "channel": {"id": "ch_email", "name": "Email"}},
}

PAGE = {
    "data": [RECORD],
    "pagination": {"total": 1500, "limit": 25, "hasMore": True, "nextCursor": "ih_001"},
}


def _value(path: str) -> str:
    value: Any = {**RECORD, "channel": RECORD["creative"]["channel"]}
    for name in path.split("."):
        value = value[name]
    return value if isinstance(value, str) else json.dumps(value)


CSV = header_text(RECORD_COLUMNS) + header_text(map(_value, RECORD_COLUMNS.values()))

REQUEST_ID = "5f0c7c1e9f5b4a0d8a4e0e6c2f3b1a77"

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

FUNNEL = {
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

LOADS = {
    "loads": [
        {"version": 3, "source": "march-corrected.csv", "rows": 5210, "rejected": 0, "conflicts": 0,
         "finished": "2026-04-02T08:15:00.000Z", "by": "ada@example.com"},
        {"version": 2, "source": "march.csv", "rows": 0, "rejected": 3, "conflicts": 1, "finished": "2026-04-01T08:12:30.500Z", "by": "operator"},
    ],
}

UNLOAD = {"version": 4, "removed": 10, "restored": 5200}
