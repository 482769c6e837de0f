"""How the fields of a record stand in a table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from zoneinfo import ZoneInfo

from queries.record import Record
from queries.times import milliseconds
from ui.numbers import money, time
from ui.table import Cell, Column, Row

COLUMNS = (
    Column("time", "Time"),
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
_UTC = ZoneInfo("UTC")
USUAL = tuple(column.name for column in COLUMNS if column.name not in ("outcome", "id"))


def column_names(text: str) -> tuple[str, ...]:
    """Reads names of COLUMNS with commas between them, and gives them in the order in which they stand."""
    chosen = text.split(",")
    known = [column.name for column in COLUMNS]
    if not set(chosen) <= set(known):
        raise ValueError(f"must be some of {','.join(known)} with commas between them")
    return tuple(name for name in known if name in chosen)


def headed_columns(names: Collection[str], zone: str) -> list[Column]:
    """Those of COLUMNS that have some names; that of the times names their zone."""
    chosen = [column for column in COLUMNS if column.name in names]
    return [replace(column, label=f"{column.label} ({zone})") if column.name == "time" else column for column in chosen]


def cells(record: Record, zone: str) -> Row:
    """A record's cell in each of COLUMNS, its time on the clocks of a zone."""
    return {
        "id": record.id,
        "time": time(moment(record), zone),
        "type": record.interactionType,
        "customer": record.customerId,
        "offer": _named(record.offerId, record.offer and record.offer.name, record.offer and record.offer.status),
        "creative": _named(record.creativeId, record.creative and record.creative.name),
        "channel": _named(record.channelId, record.channel and record.channel.name),
        "direction": record.direction,
        "value": None if record.value is None else money(record.value),
        "outcome": record.outcomeTypeKey,
    }


def moment(record: Record) -> int:
    """When an interaction was, in milliseconds."""
    return milliseconds(record.timestamp, _UTC)


def _named(id: str | None, name: str | None, status: str | None = None) -> Cell | None:
    if id is None:
        return None
    return Cell(name or id, is_id=not name, mark=None if status in (None, "active") else status)
