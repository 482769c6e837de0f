"""A page's time zone: the choice of it, and the words that name it."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from queries.selection import ZONE, Selection
from ui.address import Binding, Field, last


class Zone:
    """The time zone's widget and its share of the address, for one selection."""

    def __init__(self, selection: Selection):
        self._chosen = selection.zone
        self.field = Field(
            ZONE.name,
            lambda pairs: last(pairs, ZONE.name) or ZONE.default,
            lambda zone: [] if zone in (None, ZONE.default) else [(ZONE.name, zone)],
        )

    def draw(self, bound: Binding, width: int) -> None:
        """Draws the widget."""
        zones = sorted({*available_timezones(), self._chosen} - {ZONE.default})
        st.selectbox("Time zone", [ZONE.default, *zones], **bound(ZONE.name), width=width,
                     format_func=lambda zone: zone.replace("_", " "), filter_mode="contains")
