"""The pulls of a tenant: when each last came to its end, and by type whether the platform counts what the log has."""

from __future__ import annotations

import streamlit as st

from data.pulling.states import TypeTotal, pull_states
from data.store.store import Snapshot
from queries.answers.trend import trend
from queries.asking.periods import time_range_of_last_days, with_time_range
from queries.asking.selection import Selection
from ui.charts.over_time import trend_headings, trend_rows
from ui.components.table import Cell, Column, Row, figure_table
from ui.page.address import part_link
from ui.page.log import Log, pulled_words
from ui.page.section import section
from ui.words import numbers
from ui.words.measures import cut_words

_HEADINGS = (
    Column("type", "Type", "text"),
    Column("theirs", "Theirs", help="Rows of the platform, as it counted them last."),
    Column("ours", "Ours", help="Rows of the log by then."),
    Column("absent", "Not there", help="Of ours, rows that the platform does not have, or has with other content."),
    Column("refused", "Not loaded", help="Of theirs, rows with a problem, or whose id the log has with other content."),
    Column("since", "Agree since (UTC)", "text"),
)
DAYS = 14


def draw_pulls(snapshot: Snapshot, tenant: str) -> None:
    """Draws what is pulled into a tenant's log, if anything is."""
    states = pull_states(snapshot, tenant)
    if not states:
        return
    section("pulls", "Pulled", None)
    for nth, state in enumerate(states):
        st.text(f"From {state.url}. {pulled_words(state.pulled, state.agrees, 'UTC')}.")
        if state.totals:
            figure_table([_row(total) for total in state.totals], _HEADINGS, f"Totals of {state.url}", f"pull_{nth}")
    log = Log.of(snapshot.tenant(tenant))
    if log:
        with st.expander("Ours by day"):
            _draw_days(log)


def _minute(ms: int) -> str:
    return numbers.time(ms)[:16]


def _row(total: TypeTotal) -> Row:
    return {
        "type": Cell(total.type),
        "theirs": Cell(numbers.count(total.theirs)),
        "ours": Cell(numbers.count(total.ours)),
        "absent": Cell(numbers.count(total.absent) if total.absent else None),
        "refused": Cell(numbers.count(total.refused) if total.refused else None),
        "since": Cell(_minute(total.since)) if total.since is not None else Cell("they differ", tone="bad"),
    }


def _draw_days(log: Log) -> None:
    selection = with_time_range(Selection(log.tenant.id), time_range_of_last_days(log.clock, DAYS, "UTC"))
    buckets = trend(log.tenant, selection)
    cut = cut_words(log.tenant, selection, "day")
    rows = trend_rows(buckets, "UTC", lambda bucket, only: part_link(selection, bucket.start, bucket.end, only), cut)
    figure_table(rows, trend_headings(buckets, "day"), f"The log's rows of its last {DAYS} days", "pulled_days")
