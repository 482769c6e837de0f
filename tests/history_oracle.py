"""What the log must answer, worked out row by row in plain Python from the rows that were loaded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.logs import Row

FIELD_OF_FILTER = {
    "customerId": "customerId",
    "offerId": "offerId",
    "creativeId": "creativeId",
    "channelId": "channelId",
    "type": "interactionType",
    "outcome": "outcomeTypeKey",
    "direction": "direction",
}


def instant(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 time with an offset."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def position(row: Row) -> tuple[int, bytes]:
    """Where a row stands in the order of the log."""
    return instant(row["timestamp"]), row["id"].encode()


def matching(rows: Iterable[Row], tenant: str, pairs: Iterable[tuple[str, str]] = ()) -> list[Row]:
    """A tenant's rows that pass the filters, newest first."""
    wanted: dict[str, set[str | None]] = {}
    for name, value in pairs:
        if name == "without":
            wanted.setdefault(value, set()).add(None)
        else:
            wanted.setdefault(name, set()).add(value)
    unwanted = {name.removeprefix("not."): wanted.pop(name) for name in [*wanted] if name.startswith("not.")}
    start = min((instant(text) for text in wanted.pop("from", ())), default=None)
    end = min((instant(text) for text in wanted.pop("to", ())), default=None)
    found = [
        row for row in rows
        if row["tenantId"] == tenant
        and (start is None or instant(row["timestamp"]) >= start)
        and (end is None or instant(row["timestamp"]) < end)
        and all(row.get(FIELD_OF_FILTER[name]) in values for name, values in wanted.items())
        and not any(row.get(FIELD_OF_FILTER[name]) in values for name, values in unwanted.items())
    ]
    return sorted(found, key=position, reverse=True)


def after(rows: list[Row], every: Iterable[Row], tenant: str, cursor: str | None) -> list[Row]:
    """Of some rows, newest first, those that come after a cursor; `every` row of the log can be its row."""
    if cursor is None:
        return rows
    places = [position(row) for row in every if row["tenantId"] == tenant and row["id"] == cursor]
    if places:
        return [row for row in rows if position(row) < places[0]]
    return [row for row in rows if row["id"].encode() < cursor.encode()]


def json_record(row: Row, rows: Iterable[Row]) -> dict[str, Any]:
    """The row's record in the API; its offer and creative are null where no row of its tenant describes them."""
    described = {
        kind: any(other["tenantId"] == row["tenantId"] and (other.get(kind) or {}).get("id") == row.get(f"{kind}Id") for other in rows)
        for kind in ("offer", "creative")
    }
    creative = row.get("creative")
    return {
        "id": row["id"],
        "tenantId": row["tenantId"],
        "customerId": row["customerId"],
        "offerId": row.get("offerId"),
        "creativeId": row.get("creativeId"),
        "channelId": row.get("channelId"),
        "interactionType": row["interactionType"],
        "outcomeTypeKey": row.get("outcomeTypeKey", row["interactionType"]),
        "direction": row.get("direction"),
        "timestamp": row["timestamp"],
        "context": row.get("context", {}),
        "response": row.get("response", {}),
        "outcome": row.get("outcome", {}),
        "offer": row.get("offer") if described["offer"] else None,
        "creative": {"channel": None} | creative if described["creative"] and creative else None,
    }
