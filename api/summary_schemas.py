"""The shapes of the answers about figures, and one example of each."""

from __future__ import annotations

from typing import Any

from api.schemas import FUTURE_ROWS, PARTIAL, closed_object
from queries.answers.trend import GRAINS, MOST_BUCKETS
from queries.answers.unusual import MEASURES as WATCHED
from queries.asking.measures import COUNTS, MEASURE

_NULLABLE_TEXT = {"type": ["string", "null"]}
_MOMENT = {"type": "string", "format": "date-time"}
_NULLABLE_MOMENT = {"type": ["string", "null"], "format": "date-time"}


def _count(description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "description": description}


def _rate(id: str, unit: str) -> dict[str, Any]:
    description = f"{MEASURE[id].help} {unit}; null without impressions."
    return {"type": ["number", "null"], "minimum": 0, "description": description}


_COUNTS = {measure.id: _count(measure.help) for measure in COUNTS}
_CUSTOMERS = _count(MEASURE["customers"].help)
_REVENUE = {"type": ["number", "null"], "description": f"{MEASURE['revenue'].help} Null if it is too large for a number."}
_REVENUE_TOO_LARGE = {"type": "boolean", "description": "Whether the value is too large for a number; `revenue` is null then."}

_FIGURES = {
    **{id: _COUNTS[id] for id in ("impression", "click", "dismiss", "accept", "convert", "total")},
    "customers": _CUSTOMERS,
    **{id: _COUNTS[id] for id in ("positive", "negative", "neutral")},
    "revenue": _REVENUE,
    "ctr": _rate("ctr", "In percent, two decimals, a half rounded up"),
    "cvr": _rate("cvr", "In percent, two decimals, a half rounded up"),
    "acceptanceRate": _rate("acceptanceRate", "A share, 0–1"),
    "revenueTooLarge": _REVENUE_TOO_LARGE,
}

_ROW = {
    "id": {**_NULLABLE_TEXT, "description": "Null for the interactions that have none."},
    "name": _NULLABLE_TEXT,
    "status": {**_NULLABLE_TEXT, "description": "The offer's status now; present for offers only."},
    **_FIGURES,
    "lastInteractionAt": _MOMENT,
}

SUMMARY = closed_object({
    "groupBy": {"type": "string", "enum": ["offer", "creative", "channel", "type", "direction", "customer"]},
    "from": {**_NULLABLE_MOMENT, "description": "The start of the period; null if not requested."},
    "to": {**_NULLABLE_MOMENT, "description": "The end of the period, exclusive; null if not requested."},
    "summary": {
        "type": "array",
        "items": closed_object(_ROW) | {"required": [name for name in _ROW if name != "status"]},
    },
    "total": {"type": "integer", "minimum": 0, "description": "How many rows there are in all."},
    "limit": {"type": "integer", "minimum": 1, "maximum": 500, "description": "The limit that was applied."},
    "offset": {"type": "integer", "minimum": 0},
    "futureRows": FUTURE_ROWS,
})

TREND = closed_object({
    "grain": {"type": "string", "enum": list(GRAINS), "description": "How long a bucket is: `askedGrain`, or the finest after it of which "
              f"there are at most {MOST_BUCKETS:,}."},
    "askedGrain": {"type": "string", "enum": list(GRAINS)},
    "tz": {"type": "string"},
    "futureRows": FUTURE_ROWS,
    "buckets": {
        "type": "array",
        "items": closed_object({
            "start": {**_MOMENT, "description": "Its first moment, a midnight of `tz`, in UTC."},
            "date": {"type": "string", "format": "date", "description": "Its first day in `tz`."},
            "partial": PARTIAL,
            "counts": {
                "type": "object",
                "additionalProperties": {"type": "integer", "minimum": 0},
                "description": "Interactions by type, with every type that occurs in the whole period.",
            },
            "customers": _CUSTOMERS,
            "revenue": _REVENUE,
            "revenueTooLarge": _REVENUE_TOO_LARGE,
        }),
    },
})

_PERIOD = {
    "from": {**_NULLABLE_MOMENT, "description": "The first moment of the period; null where the log is empty."},
    "to": {**_NULLABLE_MOMENT, "description": "The end of the period, exclusive; null where the log is empty."},
}

COMPARISON = closed_object({
    **_PERIOD,
    "figures": closed_object(_FIGURES),
    "before": {
        "anyOf": [
            closed_object({
                **_PERIOD,
                "whole": {"type": "boolean", "description": "Whether the log reaches back to its beginning; else growth may be just that."},
                "figures": closed_object(_FIGURES),
            }),
            {"type": "null"},
        ],
        "description": "The period before; null where the log has nothing so old.",
    },
    "futureRows": FUTURE_ROWS,
})

_HOURS_OF_DAY = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 24, "maxItems": 24}

HOURS = closed_object({
    "tz": {"type": "string"},
    "counts": closed_object({
        id: {"type": "array", "items": _HOURS_OF_DAY, "minItems": 7, "maxItems": 7, "description": count["description"]}
        for id, count in _COUNTS.items()
    }),
})

UNUSUAL = closed_object({
    "tz": {"type": "string", "description": "The time zone whose days are compared."},
    "checked": {"type": "boolean", "description": "Whether the log is long enough: five weeks of whole days."},
    "unusual": {
        "type": "array",
        "items": closed_object({
            "channelId": {**_NULLABLE_TEXT, "description": "Null for interactions without a channel."},
            "channelName": _NULLABLE_TEXT,
            "measure": {"type": "string", "enum": list(WATCHED)},
            "from": {**_MOMENT, "description": "The beginning of the first of the days that stand out."},
            "to": {**_MOMENT, "description": "The end of the last whole day, itself excluded."},
            "now": {"type": "integer", "minimum": 0, "description": "How many came in these days."},
            "usual": {"type": "number", "minimum": 0, "description": "The mean of the same weekdays in the four weeks before."},
            "change": {"type": ["number", "null"], "description": "`now` less `usual` as a share of `usual`; null where that is 0."},
            "p": {"type": "number", "minimum": 0, "maximum": 1, "description": "How likely chance alone would bring as large a change, "
                  "corrected after Holm for all that was looked at."},
            "sentence": {"type": "string", "description": "The same in one English sentence."},
        }),
    },
})

EXAMPLE_SUMMARY = {
    "groupBy": "offer",
    "from": "2026-03-01T00:00:00.000Z",
    "to": "2026-04-01T00:00:00.000Z",
    "summary": [{
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
    }],
    "total": 12,
    "limit": 1,
    "offset": 0,
    "futureRows": 0,
}

EXAMPLE_TREND = {
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

_EXAMPLE_FIGURES = {name: EXAMPLE_SUMMARY["summary"][0][name] for name in _FIGURES}

EXAMPLE_COMPARISON = {
    "from": "2026-03-01T00:00:00.000Z",
    "to": "2026-04-01T00:00:00.000Z",
    "figures": _EXAMPLE_FIGURES,
    "before": {
        "from": "2026-01-29T00:00:00.000Z",
        "to": "2026-03-01T00:00:00.000Z",
        "whole": True,
        "figures": _EXAMPLE_FIGURES | {"click": 75, "total": 1402, "positive": 107, "ctr": 6.0, "acceptanceRate": 0.0856},
    },
    "futureRows": 0,
}

EXAMPLE_HOURS = {"tz": "UTC", "counts": {measure.id: [[0] * 24 for _ in range(7)] for measure in COUNTS}}

EXAMPLE_UNUSUAL = {
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
