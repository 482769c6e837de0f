"""The units behind a bar of a funnel, page by page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from data.engine import Tenant
from queries.answers.funnel import UnitPage, units_page
from queries.asking.funnel import FunnelQuery
from queries.asking.funnel_bars import CURSOR, FunnelBar, UnitCursor
from ui.components.pager import pager
from ui.components.table import figure_table
from ui.page import copying
from ui.page.messages import plain
from ui.rows.funnels import unit_headings, unit_rows
from ui.words import numbers
from ui.words.funnels import bar_name, bar_pairs, units

PATH = "/api/v1/funnel/units"

# A cursor leads onward only; the way back is known for the pages that were shown.
_BEFORE = "funnel cursors before"


class UnitList:
    """The list of one bar after a cursor; `show` makes the address that of a bar and a cursor."""

    def __init__(self, tenant: Tenant, query: FunnelQuery, bar: FunnelBar, cursor: UnitCursor | None,
                 show: Callable[[FunnelBar | None, str | None], None]):
        self.tenant = tenant
        self.query = query
        self.bar = bar
        self.cursor = cursor
        self.show = show

    def draw(self) -> None:
        found = units_page(self.tenant, self.query, self.bar, cursor=self.cursor)
        with st.container(border=True, key="units"):
            with st.container(horizontal=True, vertical_alignment="center", key="units_heading"):
                with st.container(gap="xxsmall", key="units_said"):
                    st.header(plain(f"{units(found.total, self.query)} {bar_name(self.query, self.bar)}"), anchor=False)
                    st.caption("Latest entry first. A customer leads to their interactions in History.")
                if found.total:
                    pairs = [*self.query.pairs(), *bar_pairs(self.bar)]
                    place = [(CURSOR.name, self.cursor.text())] if self.cursor else []
                    with st.container(horizontal=True, gap="xsmall", width="content", key="taking_units"):
                        copying.download("Download all as CSV", f"{PATH}.csv", [*pairs, ("bom", "true")], "funnel-units.csv", key="download_units")
                        copying.copy_text("Copy as curl", copying.curl_command(PATH, [*pairs, *place]), "copy_curl_units")
                st.button("Close", key="close_units", icon=":material/close:", type="tertiary", on_click=partial(self.show, None, None))
            if found.total:
                self._draw_rows(found)

    def _draw_rows(self, found: UnitPage) -> None:
        moves = {}
        at = self.cursor and self.cursor.text()
        before = st.session_state.setdefault(_BEFORE, {})
        if at:
            moves["newest"] = partial(self.show, self.bar, None)
            if at in before:
                moves["newer"] = partial(self.show, self.bar, before[at])
        if found.next_cursor:
            after = found.next_cursor.text()
            before[after] = at
            moves["older"] = partial(self.show, self.bar, after)
        pager(f"{numbers.counted(len(found.units), 'row')} of {numbers.count(found.total)}", moves, key="units_pager")
        offers = self.tenant.names.offer
        rows = unit_rows(found.units, self.query, offers.label)
        figure_table(rows, unit_headings(self.query), "Units", key="units_table")
