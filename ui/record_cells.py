"""How the fields of a record stand in a table."""

from __future__ import annotations

from queries.record import Record
from ui.numbers import money
from ui.table import Cell, Column, Row

COLUMNS = (
    Column("time", "Time (UTC)"),
    Column("type", "Type", "type"),
    Column("customer", "Customer", "id"),
    Column("offer", "Offer"),
    Column("creative", "Creative"),
    Column("channel", "Channel"),
    Column("direction", "Direction"),
    Column("value", "Value", "number"),
    Column("outcome", "Outcome"),
    Column("id", "Id", "id"),
)
USUAL = tuple(column.name for column in COLUMNS if column.name not in ("outcome", "id"))


def column_names(text: str) -> tuple[str, ...]:
    """Reads names of COLUMNS with commas between them, and gives them in the order in which they stand."""
    chosen = text.split(",")
    known = [column.name for column in COLUMNS]
    if not set(chosen) <= set(known):
        raise ValueError(f"must be some of {','.join(known)} with commas between them")
    return tuple(name for name in known if name in chosen)


def cells(record: Record) -> Row:
    """A record's cell in each of COLUMNS."""
    return {
        "id": record.id,
        "time": second(record.timestamp),
        "type": record.interactionType,
        "customer": record.customerId,
        "offer": _named(record.offerId, record.offer and record.offer.name, record.offer and record.offer.status),
        "creative": _named(record.creativeId, record.creative and record.creative.name),
        "channel": _named(record.channelId, record.channel and record.channel.name),
        "direction": record.direction,
        "value": None if record.value is None else money(record.value),
        "outcome": record.outcomeTypeKey,
    }


def second(timestamp: str) -> str:
    """A record's timestamp to the second: `2026-03-15 14:30:00`."""
    return timestamp[:19].replace("T", " ")


def _named(id: str | None, name: str | None, status: str | None = None) -> Cell | None:
    if id is None:
        return None
    return Cell(name or id, is_id=not name, mark=None if status in (None, "active") else status)
