"""A record as JSON: just the fields of the contract, in its order."""

from __future__ import annotations

from typing import Any

import orjson

from queries.record import Record


def json_record(record: Record) -> dict[str, Any]:
    """What orjson writes as one record; the three JSON fields are passed through as they were logged."""
    return {
        "id": record.id,
        "tenantId": record.tenantId,
        "customerId": record.customerId,
        "offerId": record.offerId,
        "creativeId": record.creativeId,
        "channelId": record.channelId,
        "interactionType": record.interactionType,
        "outcomeTypeKey": record.outcomeTypeKey,
        "direction": record.direction,
        "timestamp": record.timestamp,
        "context": orjson.Fragment(record.context),
        "response": orjson.Fragment(record.response),
        "outcome": orjson.Fragment(record.outcome),
        "offer": record.offer,
        "creative": record.creative,
    }
