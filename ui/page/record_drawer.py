"""A record as cells of a table, and in full in a drawer."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from zoneinfo import ZoneInfo

import streamlit as st

from data.reading.json_shape import is_too_deep
from data.results import Record
from queries.asking.filters import Condition
from queries.asking.names import visible
from queries.asking.parameters import Parameter, any_text
from queries.asking.selection import Selection
from queries.asking.times import milliseconds
from ui.charts.looks import Looks
from ui.components.facts import Fact, facts
from ui.components.table import Cell, Column, Row
from ui.page import address
from ui.page.address import leave_value, rows_link
from ui.page.copying import copy_text
from ui.words.numbers import exact_time, money, time

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_INDENT = "  "
# Deeper levels stand below each other.
_MOST_INDENTS = 50


def indented(text: str) -> str:
    """JSON text with a member a line, each value spelled as it was: `1.50` stays `1.50`, and of equal names both stay.

    What is nested deeper than is taken today stays as it is: it would become a text of megabytes.
    """
    if is_too_deep(text):
        return text
    tokens = _TOKENS.findall(text)
    written: list[str] = []
    depth = 0
    for before, token in zip(["", *tokens], tokens, strict=False):
        closes = token in ("}", "]")
        depth -= closes
        if (before in ("{", "[") and not closes) or (closes and before not in ("{", "[")) or before == ",":
            written.append("\n" + min(depth, _MOST_INDENTS) * _INDENT)
        written.append(": " if token == ":" else token)
        depth += token in ("{", "[")
    return "".join(written)


COLUMNS = (
    Column("time", "Time", "text"),
    Column("type", "Type", "type"),
    Column("customer", "Customer", "id"),
    Column("offer", "Offer", "text"),
    Column("creative", "Creative", "text"),
    Column("channel", "Channel", "text"),
    Column("direction", "Direction", "text"),
    Column("value", "Value", "number"),
    Column("outcome", "Outcome", "text"),
    Column("id", "Id", "id"),
)
_UTC = ZoneInfo("UTC")
DEFAULT_COLUMNS = tuple(column.name for column in COLUMNS if column.name not in ("outcome", "id"))


def column_names(text: str) -> tuple[str, ...]:
    """Reads names of COLUMNS with commas between them, and gives them in the order in which they stand."""
    chosen = text.split(",")
    known = [column.name for column in COLUMNS]
    if not set(chosen) <= set(known):
        raise ValueError(f"must be a comma-separated list of {','.join(known)}")
    return tuple(name for name in known if name in chosen)


def headed_columns(names: Collection[str], zone: str) -> list[Column]:
    """Those of COLUMNS that have some names; that of the times names their zone."""
    chosen = [column for column in COLUMNS if column.name in names]
    return [replace(column, label=f"{column.label} ({zone})") if column.name == "time" else column for column in chosen]


def cells(record: Record, zone: str) -> Row:
    """A record's cell in each of COLUMNS, its time on the clocks of a zone."""
    return {
        "id": record.id,
        "time": time(timestamp_ms(record), zone),
        "type": record.interactionType,
        "customer": record.customerId,
        "offer": _named(record.offerId, record.offer.name if record.offer else None, record.offer.status if record.offer else None),
        "creative": _named(record.creativeId, record.creative.name if record.creative else None),
        "channel": _named(record.channelId, record.channel.name if record.channel else None),
        "direction": record.direction,
        "value": None if record.value is None else money(record.value),
        "outcome": record.outcomeTypeKey,
    }


def timestamp_ms(record: Record) -> int:
    """When an interaction was, in milliseconds."""
    return milliseconds(record.timestamp, _UTC)


def _named(entity: str | None, name: str | None, status: str | None = None) -> Cell | None:
    if entity is None:
        return None
    return Cell(name or entity, is_id=not name, mark=None if status in (None, "active") else status)


# What only a page's address has: the API answers the same whatever it says.
RECORD_PARAMETER = Parameter("record", any_text, "The id of the interaction whose whole record is shown.")

_CLOSED = "closed record"


def record_drawer(asked: str, record: Record | None, zone: str, looks: Looks) -> None:
    """Opens the drawer with a record, its time on the clocks of a zone and its type as `looks` has it, or says that none has this id.

    Once it is dismissed the record leaves the address.
    """
    if st.session_state.pop(_CLOSED, None) == asked:
        leave_value(RECORD_PARAMETER.name, asked)
        return

    def closed() -> None:
        st.session_state[_CLOSED] = asked

    @st.dialog("Interaction", position="right", width=560, on_dismiss=closed)
    def drawer() -> None:
        if record is None:
            with st.container(border=True):
                st.text(f"No interaction has the id {visible(asked)}")
                st.caption("The link may be incomplete, or meant for another account.")
            return
        with st.container(horizontal=True, vertical_alignment="center", key="record_id"):
            st.text(visible(record.id))
            copy_text("Copy id", record.id, "copy_id")
        address.follow(facts(_facts(record, zone, looks)))
        if record.customerId:
            st.page_link("customers.py", label="This customer's timeline", icon=":material/timeline:", query_params={"customerId": record.customerId})
        for label, json in (("Context", record.context), ("Response", record.response), ("Outcome", record.outcome)):
            with st.container(gap="xxsmall"):
                st.caption(f"{label} (JSON)")
                st.code(indented(json), language="json", wrap_lines=True)

    drawer()


def _facts(record: Record, zone: str, looks: Looks) -> list[Fact]:
    def linked(label: str, text: str | None, value: str | None) -> Fact:
        if not value:
            return Fact(label, text, value)
        noun = label.lower()
        every = Selection(record.tenantId, (Condition(f"{noun}Id", (value,)),), zone=zone)
        return Fact(label, text, value, link=f"All of this {noun}", address=rows_link(every))

    offer, creative, channel = record.offer, record.creative, record.channel
    offer_name = offer.name if offer else None
    if offer and offer_name and offer.status not in (None, "active"):
        offer_name = f"{offer_name} ({offer.status})"
    return [
        Fact("Time", exact_time(timestamp_ms(record), zone)),
        *([] if zone == "UTC" else [Fact("Time in UTC", exact_time(timestamp_ms(record), "UTC"))]),
        Fact("Type", record.interactionType, look=looks[record.interactionType]),
        Fact("Outcome", record.outcomeTypeKey),
        Fact("Value", None if record.value is None else money(record.value)),
        linked("Customer", None, record.customerId),
        linked("Offer", offer_name, record.offerId),
        linked("Creative", creative.name if creative else None, record.creativeId),
        Fact("Channel", channel.name if channel else None, record.channelId),
        Fact("Direction", record.direction),
        Fact("Tenant", id=record.tenantId),
    ]
