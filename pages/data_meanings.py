"""What the types of a tenant's log count as, and the menu by which an admin changes it."""

from __future__ import annotations

import streamlit as st

import process
from data.engine import Tenant
from data.store.limits import StoreError
from data.store.meanings import set_meaning
from pages.data_types import HEADINGS, NOTHING, type_row
from queries.asking.outcomes import COUNTED, OutcomeRow, Said
from ui.components.table import figure_table
from ui.page.section import section


def draw_meanings(tenant: Tenant, may_change: bool) -> None:
    """Draws what each type of the log counts as, with a way to change it for whoever may."""
    rows = [row for row in tenant.outcomes.rows(tenant.rows_by_value("outcome")) if row.rows or row.is_own]
    if not rows:
        return
    section("meanings", "What types count as", None, *([lambda: _draw_change(tenant.id, rows)] if may_change else []))
    st.caption("Counts and rates go by this. A change holds at once, for all rows that are loaded already.")
    figure_table([type_row(row.outcome.key, row.rows, row.outcome.counts_as or "") for row in rows], HEADINGS, "What types count as", "meanings")


def _draw_change(tenant: str, rows: list[OutcomeRow]) -> None:
    with st.popover("Change", icon=":material/edit:", key="meaning_menu"):
        keys = [row.outcome.key for row in rows]
        key = st.selectbox("Type", keys, key="meaning_key")
        now = next(row.outcome.counts_as for row in rows if row.outcome.key == key)
        options = ["", *COUNTED]
        counts = st.selectbox("Counts as", options, index=options.index(now or ""), format_func=lambda one: one or NOTHING,
                              key=f"meaning_of_{key}", filter_mode=None)
        if st.button("Save", key="meaning_save", type="primary", disabled=counts == (now or "")):
            try:
                set_meaning(process.store(), tenant, key, Said(counts_as=counts), beside=True)
            except (StoreError, ValueError) as problem:
                st.error(str(problem))
            else:
                st.rerun()
