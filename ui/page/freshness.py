"""How fresh a page is: up to when the log tells, what has come since the page was drawn, and whether it shows that by itself."""

from __future__ import annotations

import streamlit as st

import process
from accounts import Forbidden, Unauthenticated
from data.engine import Tenant
from data.pulling.states import least_fresh, pull_states
from queries.answers.history import CURSOR, total
from queries.asking.selection import Selection
from ui.components.sentences import sentences
from ui.page import address
from ui.page.address import rows_link
from ui.page.log import Log, as_of, future_words, pulled_words
from ui.page.shell import visitor
from ui.words.numbers import counted

LOOK_SECONDS = 10
"""How often a page asks whether there is something new."""


def draw_as_of(log: Log, selection: Selection) -> None:
    """Says by which clock the log is read, leads to the rows of the future if it has any, and offers what comes later."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="as_of"):
        st.caption(as_of(log.clock, log.future_rows, selection.zone), width="content")
        _draw_pulled(log.tenant.id, selection.zone)
        _draw_choice()
    if log.has_future:
        later = Selection(log.tenant.id, start=log.clock + 1, zone=selection.zone)
        sentences([(future_words(log.future_rows), rows_link(later))], "Rows of the future", key="future_rows")
    draw_news(log.tenant, selection)


def draw_news(tenant: Tenant, selection: Selection) -> None:
    """Offers the interactions of a selection that come while the page stands open; shows them by itself where the address asks for that."""
    by_itself, _ = address.refreshes()
    watch = st.fragment(_watch, run_every=address.REFRESH_SECONDS if by_itself else LOOK_SECONDS)
    # Of what is handed over nothing holds the page's version of the log: it would stay in memory for as long as the page stands open.
    watch(selection, total(tenant, selection), by_itself)


def _draw_pulled(tenant: str, zone: str) -> None:
    if process.is_elsewhere():
        return
    with process.store().snapshot() as snapshot:
        states = pull_states(snapshot, tenant)
    if states:
        st.caption(pulled_words(*least_fresh(states), zone), width="content")


def _draw_choice() -> None:
    st.session_state[address.REFRESH.name], _ = address.refreshes()
    st.toggle(f"Refresh every {address.REFRESH_SECONDS} s", key=address.REFRESH.name, on_change=_choose)


def _choose() -> None:
    address.refresh(st.session_state[address.REFRESH.name])


def _watch(selection: Selection, shown: int, by_itself: bool) -> None:
    try:
        identity = visitor()
    except (Unauthenticated, Forbidden):
        # The whole page says so.
        st.rerun()
    with process.engine().snapshot() as snapshot:
        found = total(snapshot.tenant(identity.tenant), selection)
    if found == shown:
        return
    if by_itself:
        st.rerun()
    newer = counted(found - shown, "newer interaction") if found > shown else counted(shown - found, "interaction") + " fewer"
    if st.button(f"{newer} · Show", key="news", type="tertiary", icon=":material/arrow_upward:"):
        address.navigate(address.without(address.pairs(), (CURSOR.name,)))
        st.rerun()
