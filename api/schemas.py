"""The shapes of the API's answers, and one example of each."""

from __future__ import annotations

from typing import Any

from api.errors import CODES

_NULLABLE_TEXT = {"type": ["string", "null"]}


def closed_object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The schema of an object that has all of these properties and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False, **more}


FUTURE_ROWS = {
    "type": "integer", "minimum": 0,
    "description": "How many of the tenant's rows are later than the log's clock: later than a day after the server's own.",
}
PARTIAL = {"type": "boolean", "description": "Whether the period, the log's beginning or the log's clock cuts it."}

CHANNEL = closed_object({"id": {"type": "string"}, "name": _NULLABLE_TEXT})
OFFER = closed_object({"id": {"type": "string"}, "name": _NULLABLE_TEXT, "status": _NULLABLE_TEXT})
CREATIVE = closed_object({
    "id": {"type": "string"}, "name": _NULLABLE_TEXT, "channel": {"anyOf": [CHANNEL, {"type": "null"}]},
})

RECORD = closed_object({
    "id": {"type": "string", "description": "The record's id, unique within the tenant, opaque."},
    "tenantId": {"type": "string"},
    "customerId": {"type": "string"},
    "offerId": _NULLABLE_TEXT,
    "creativeId": _NULLABLE_TEXT,
    "channelId": {**_NULLABLE_TEXT, "description": "The interaction's own channel; the creative's may differ."},
    "interactionType": {"type": "string", "description": "Any text, such as impression, click, dismiss, accept, convert, …"},
    "outcomeTypeKey": {"type": "string"},
    "direction": {**_NULLABLE_TEXT, "description": "`inbound` or `outbound`, as it was logged."},
    "timestamp": {"type": "string", "format": "date-time", "description": "When it happened, in UTC with milliseconds."},
    "context": {"type": "object"},
    "response": {"type": "object"},
    "outcome": {"type": "object", "description": "May hold `conversionValue`: a number or numeric text, which may be zero or negative."},
    "offer": {"anyOf": [OFFER, {"type": "null"}], "description": "The offer as it is now; null if only its id is known."},
    "creative": {"anyOf": [CREATIVE, {"type": "null"}], "description": "The creative as it is now; null if only its id is known."},
})

PAGE = closed_object({
    "data": {"type": "array", "items": RECORD},
    "pagination": closed_object({
        "total": {"type": "integer", "minimum": 0, "description": "All records that match the filters, the same on every page."},
        "limit": {"type": "integer", "minimum": 1, "maximum": 100, "description": "The limit that was applied."},
        "hasMore": {"type": "boolean"},
        "nextCursor": {**_NULLABLE_TEXT, "description": "The cursor of the next page; null on the last."},
    }),
})

ERROR = closed_object({
    "error": closed_object({
        "code": {"type": "string", "enum": list(CODES.values())},
        "message": {"type": "string"},
        "status": {"type": "integer"},
        "requestId": {"type": "string"},
    }),
})

EXAMPLE_RECORD = {
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

EXAMPLE_PAGE = {
    "data": [EXAMPLE_RECORD],
    "pagination": {"total": 1500, "limit": 25, "hasMore": True, "nextCursor": "ih_001"},
}

EXAMPLE_CSV = (
    "id,tenantId,customerId,offerId,creativeId,channelId,interactionType,outcomeTypeKey,direction,timestamp,offerName,offerStatus,"
    "creativeName,channelName,context,response,outcome\r\n"
    "ih_001,t_001,CUST001,off_abc123,cr_001,ch_email,click,click,outbound,2026-03-15T14:30:00.000Z,Platinum Card Upgrade,active,"
    "Email Hero Variant A,Email,{},{},{}\r\n"
)

EXAMPLE_REQUEST_ID = "5f0c7c1e9f5b4a0d8a4e0e6c2f3b1a77"
