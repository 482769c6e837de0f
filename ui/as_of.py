"""Up to when a log tells, and which of its rows are later than that."""

from __future__ import annotations

import streamlit as st

from data.tenant import Tenant
from queries.selection import Selection
from ui.numbers import counted, zoned_time
from ui.rows_link import rows_link
from ui.sentences import sentences


def draw_as_of(tenant: Tenant, zone: str) -> None:
    """Says by which clock the log is read, its times in a zone, and leads to the rows of the future if it has any."""
    clock, future = tenant.clock(), tenant.future_rows()
    st.caption(as_of(clock, future, zone))
    if future:
        later = Selection(tenant.id, start=clock + 1, zone=zone)
        sentences([(future_words(future), rows_link(later))], "Rows of the future", key="future_rows")


def as_of(clock: int, future: int, zone: str) -> str:
    """Up to when a log tells whose clock is given in milliseconds, and which has so many rows of the future."""
    newest = "the newest interaction in the log" + (" that is not in the future" if future else "")
    return f"As of {zoned_time(clock, zone)}, {newest}"


def future_words(rows: int) -> str:
    """What is to be said of rows of the future."""
    lie, they = ("lies", "It counts") if rows == 1 else ("lie", "They count")
    return f"{counted(rows, 'row')} {lie} in the future. {they} only in periods that reach so far."
