"""The whole of one record, in a drawer beside the page."""

from __future__ import annotations

import streamlit as st

from queries.parameters import Parameter, text
from queries.record import Record
from queries.selection import Selection
from queries.visible import visible
from ui import address
from ui.closing import take_out
from ui.copying import copy_text
from ui.facts import Fact, facts
from ui.json_text import indented
from ui.numbers import exact_time, money
from ui.palette import Looks
from ui.record_cells import moment
from ui.rows_link import rows_link

# What only a page's address has: the API answers the same whatever it says.
RECORD = Parameter("record", text, "The id of the interaction whose whole record is shown.")

_CLOSED = "closed record"


def record_drawer(id: str, record: Record | None, zone: str, looks: Looks) -> None:
    """Opens the drawer with a record, its time on the clocks of a zone and its type as `looks` has it, or says that there is none of this id.

    Once it is dismissed the record leaves the address.
    """
    if st.session_state.pop(_CLOSED, None) == id:
        take_out(RECORD.name, id)
        return

    def closed() -> None:
        st.session_state[_CLOSED] = id

    @st.dialog("Interaction", position="right", width=560, on_dismiss=closed)
    def drawer() -> None:
        if record is None:
            with st.container(border=True):
                st.text(f"No interaction has the id {visible(id)}")
                st.caption("The link may be cut off, or meant for another account.")
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
    def link(noun: str, name: str, id: str | None) -> dict[str, str]:
        every = Selection(record.tenantId, ((name, (id,)),), zone=zone)
        return {"link": f"All of this {noun}", "address": rows_link(every)} if id else {}

    offer, creative, channel = record.offer, record.creative, record.channel
    offer_name = offer and offer.name
    if offer_name and offer.status not in (None, "active"):
        offer_name = f"{offer_name} ({offer.status})"
    return [
        Fact("Time", exact_time(moment(record), zone)),
        *([] if zone == "UTC" else [Fact("Time in UTC", exact_time(moment(record), "UTC"))]),
        Fact("Type", record.interactionType, look=looks[record.interactionType]),
        Fact("Outcome", record.outcomeTypeKey),
        Fact("Value", None if record.value is None else money(record.value)),
        Fact("Customer", id=record.customerId, **link("customer", "customerId", record.customerId)),
        Fact("Offer", offer_name, record.offerId, **link("offer", "offerId", record.offerId)),
        Fact("Creative", creative and creative.name, record.creativeId, **link("creative", "creativeId", record.creativeId)),
        Fact("Channel", channel and channel.name, record.channelId),
        Fact("Direction", record.direction),
        Fact("Tenant", id=record.tenantId),
    ]
