"""The choice of a period: the last days of the log, or days from a calendar."""

from __future__ import annotations

from datetime import date

import streamlit as st

from data.tenant import Tenant
from queries.parameters import Parameter, one_of
from queries.periods import (
    LAST_DAYS,
    LATEST,
    Days,
    chosen_last_days,
    days,
    of_last_days,
    period_pairs,
    whole_log,
)
from queries.selection import ZONE, Question, Selection
from ui.address import Binding, Field, Pairs

_ALL, _CUSTOM = "all", "custom"
_CHOICES = (_ALL, *(str(number) for number in LAST_DAYS), _CUSTOM)

# Of a page that compares with the period before, and for that opens with the last days: the log's whole time has a word of its own.
USUAL_DAYS = 30
WHOLE_LOG = Parameter("period", one_of(_ALL), "The whole time of the log.")


def usual_selection(question: Question, tenant: Tenant) -> Selection:
    """The selection of a question that may ask for WHOLE_LOG: where it names no period at all, that of the last USUAL_DAYS."""
    selection = question.selection
    named = selection.start is not None or selection.end is not None or question.parameters[WHOLE_LOG.name]
    return selection if named else of_last_days(selection, tenant.clock(), USUAL_DAYS, tenant.future_rows() > 0)


class Period:
    """The period's widgets and their share of the address, for one selection of one log.

    The last days are counted back from the log's clock. `today` is the current day. Where `usual` is set, the plain address is that
    of the last USUAL_DAYS.
    """

    def __init__(self, selection: Selection, tenant: Tenant, today: date, usual: bool = False):
        self._usual = usual
        self._selection = selection
        self._clock = tenant.clock()
        self._has_future = tenant.future_rows() > 0
        self._log = whole_log(tenant.oldest(), self._clock, selection.zone)
        self._shown = days(selection)
        self._today = today
        last = chosen_last_days(selection, self._clock, self._has_future)
        open_ended = selection.start is None and selection.end is None
        self._choice = str(last) if last else _ALL if open_ended else _CUSTOM
        self.fields = (
            Field("period", lambda _: self._choice, self._pairs),
            Field("first_day", lambda _: self._shown.first, lambda _: []),
            Field("last_day", lambda _: self._shown.last, lambda _: []),
        )

    def draw(self, bound: Binding, width: int) -> None:
        """Draws the widgets; the two calendars only where the period is not one of those with a name."""
        st.selectbox("Period", _CHOICES, **bound("period"), format_func=self._label, filter_mode=None, width=width)
        if self._choice != _CUSTOM:
            return
        first, last = self._shown.first, self._shown.last
        earliest = min(day for day in (self._log.first, first, last) if day)
        st.date_input("First day", **bound("first_day"), value=None, format="YYYY-MM-DD", width=width,
                      min_value=earliest, max_value=max(first, last) if first and last else LATEST)
        st.date_input("Last day (included)", **bound("last_day"), value=None, format="YYYY-MM-DD", width=width,
                      min_value=min(first, last) if first and last else earliest, max_value=LATEST)

    def _label(self, choice: str) -> str:
        if choice == _ALL:
            return "All time"
        if choice == _CUSTOM:
            return "Custom…"
        if choice == "1":
            return "Today" if self._log.last == self._today else "Latest day"
        return f"Last {choice} days"

    def _pairs(self, choice: str) -> Pairs:
        if choice == _ALL:
            return [(WHOLE_LOG.name, _ALL)] if self._usual else []
        if self._usual and choice == str(USUAL_DAYS):
            return []
        if choice != _CUSTOM:
            zone = st.session_state.get(ZONE.name, self._selection.zone)
            last = of_last_days(Selection("", zone=zone), self._clock, int(choice), self._has_future)
            return [(name, value) for name, value in last.pairs() if name != ZONE.name]
        if self._choice == _ALL:
            return period_pairs(Days(self._log.first, self._log.last))
        if self._choice != _CUSTOM:
            # Open or shut, as the last days are not: the same days would go by their name again.
            return period_pairs(Days(self._shown.first, None if self._has_future else self._log.last))
        state = st.session_state
        return period_pairs(Days(state.get("first_day", self._shown.first), state.get("last_day", self._shown.last)), self._selection)
