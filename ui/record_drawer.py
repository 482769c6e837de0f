"""The whole of one record, in a drawer beside the page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from queries.record import Record
from ui import address
from ui.copying import copy_text
from ui.facts import Fact, facts
from ui.json_text import indented
from ui.numbers import money
from ui.palette import type_colour
from ui.record_cells import second


def record_drawer(id: str, record: Record | None, page: str, closed: Callable[[], None]) -> None:
    """Opens the drawer with a record, or says that there is none of this id.

    `page` is the path of the page that shows the log, to which the links lead. `closed` runs when the drawer is dismissed.
    """

    @st.dialog("Interaction", position="right", width=560, on_dismiss=closed)
    def drawer() -> None:
        if record is None:
            with st.container(border=True):
                st.text(f"No interaction has the id {id}")
                st.caption("The link may be cut off, or meant for another account.")
            return
        with st.container(horizontal=True, vertical_alignment="center", key="record_id"):
            st.text(record.id)
            copy_text("Copy id", record.id, "copy_id")
        address.follow(facts(_facts(record, page)))
        if record.customerId:
            st.page_link("customers.py", label="This customer's timeline", icon=":material/timeline:", query_params={"customerId": record.customerId})
        for label, text in (("Context", record.context), ("Response", record.response), ("Outcome", record.outcome)):
            with st.container(gap="xxsmall"):
                st.caption(f"{label} (JSON)")
                st.code(indented(text), language="json", wrap_lines=True)

    drawer()


def _facts(record: Record, page: str) -> list[Fact]:
    def link(noun: str, name: str, id: str | None) -> dict[str, str]:
        return {"link": f"All of this {noun}", "address": page + address.query([(name, id)])} if id else {}

    offer, creative, channel = record.offer, record.creative, record.channel
    offer_name = offer and offer.name
    if offer_name and offer.status not in (None, "active"):
        offer_name = f"{offer_name} ({offer.status})"
    return [
        Fact("Time", f"{second(record.timestamp)}{record.timestamp[19:-1]} UTC"),
        Fact("Type", record.interactionType, colour=type_colour(record.interactionType)),
        Fact("Outcome", record.outcomeTypeKey),
        Fact("Value", None if record.value is None else money(record.value)),
        Fact("Customer", id=record.customerId, **link("customer", "customerId", record.customerId)),
        Fact("Offer", offer_name, record.offerId, **link("offer", "offerId", record.offerId)),
        Fact("Creative", creative and creative.name, record.creativeId, **link("creative", "creativeId", record.creativeId)),
        Fact("Channel", channel and channel.name, record.channelId),
        Fact("Direction", record.direction),
        Fact("Tenant", id=record.tenantId),
    ]
