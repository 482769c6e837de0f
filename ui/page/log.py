"""A log as a page reads it: one that has rows, and whose times are therefore known; and up to when it tells."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from data.engine import Tenant
from queries.asking.selection import Selection
from ui.components.sentences import sentences
from ui.page.address import rows_link
from ui.words.numbers import counted, zoned_time


@dataclass(frozen=True)
class Log:
    """A tenant's log: its oldest row's time and its clock in milliseconds, and how many rows are later than that clock."""

    tenant: Tenant
    oldest: int
    clock: int
    future_rows: int

    @classmethod
    def of(cls, tenant: Tenant) -> Log | None:
        """The log of a tenant; None where it has no rows."""
        span = tenant.span()
        return None if span is None else cls(tenant, span.oldest, span.clock, span.future_rows)

    @property
    def has_future(self) -> bool:
        return self.future_rows > 0


def draw_as_of(log: Log, zone: str) -> None:
    """Says by which clock the log is read, its times in a zone, and leads to the rows of the future if it has any."""
    st.caption(as_of(log.clock, log.future_rows, zone))
    if log.has_future:
        later = Selection(log.tenant.id, start=log.clock + 1, zone=zone)
        sentences([(future_words(log.future_rows), rows_link(later))], "Rows of the future", key="future_rows")


def as_of(clock: int, future: int, zone: str) -> str:
    """Up to when a log tells whose clock is given in milliseconds, and which has so many rows of the future."""
    newest = "the newest interaction in the log" + (" that is not in the future" if future else "")
    return f"As of {zoned_time(clock, zone)}, {newest}"


def future_words(rows: int) -> str:
    """What is to be said of rows of the future."""
    lie, they = ("lies", "It counts") if rows == 1 else ("lie", "They count")
    return f"{counted(rows, 'row')} {lie} in the future. {they} only in periods that reach so far."
