"""The rules by which a funnel counts: window, unit, order, ties and exclusions, as widgets with the API's words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from queries.funnel.question import EXCLUDE, ORDER, TIES, UNIT, FunnelQuestion
from queries.funnel.windows import NO_WINDOW, WINDOW, window, window_text, window_words
from queries.visible import visible
from ui.address import Binding, Field, Pairs, one_of, several

WINDOWS = (NO_WINDOW, "1h", "1d", "7d", "30d")

_UNITS = {"customer_offer": "Customer & offer", "customer": "Customer"}
_ORDERS = {"ordered": "In order", "strict": "Nothing between", "any": "In any order"}
_TIES = {"include": "Allowed", "strict": "Not allowed"}


class Rules:
    """The rules' widgets and their share of the address, for one question."""

    def __init__(self, question: FunnelQuestion, types: Sequence[str]):
        self._window = window_text(question.window_ms)
        self._excluded = question.excluded
        stepped = {type for step in question.steps for type in step}
        self._excludable = [type for type in [*types, *(type for type in question.excluded if type not in types)] if type not in stepped]
        self.fields = (
            Field("window", lambda _: self._window, window_pairs),
            one_of("unit", list(_UNITS), UNIT.default),
            one_of("order", list(_ORDERS), ORDER.default),
            one_of("ties", list(_TIES), TIES.default),
            several(EXCLUDE.name),
        )

    def draw(self, bound: Binding) -> None:
        """Draws the rules."""
        windows = [*WINDOWS, *([self._window] if self._window not in WINDOWS else [])]
        st.selectbox("Within", windows, **bound("window"), format_func=_window_label, accept_new_options=True,
                     filter_mode="contains", help="From the entry to each later step. Type another one: 90s, 45m, 12h, 14d.")
        st.selectbox("Counts each", list(_UNITS), **bound("unit"), format_func=_UNITS.get, filter_mode=None,
                     help="With customer and offer, an impression of one offer and a conversion of another are no conversion.")
        st.selectbox("Steps happen", list(_ORDERS), **bound("order"), format_func=_ORDERS.get, filter_mode=None,
                     help="Nothing between: any other interaction before the next step ends the attempt.")
        st.selectbox("Steps at one instant", list(_TIES), **bound("ties"), format_func=_TIES.get, filter_mode=None,
                     help="Whether two steps may bear the very same time. Of steps in any order they always may.")
        st.multiselect("Ended by", self._excludable, **bound("exclude"), placeholder="Nothing", format_func=visible, select_all=False,
                       filter_mode="contains", wrap=True, help="An interaction of such a type ends the attempt.")


def _window_label(text: str) -> str:
    try:
        ms = window(text)
    except ValueError:
        return text
    return "No limit" if ms is None else window_words(ms)


def window_pairs(chosen: str | None) -> Pairs:
    """The words of a window that was chosen or typed; what is no window stays for the page to say so."""
    if chosen is None:
        return []
    # The browser answers in labels, and in whatever was typed.
    text = next((text for text in WINDOWS if _window_label(text) == chosen), chosen)
    try:
        return [] if window(text) == WINDOW.default else [(WINDOW.name, text)]
    except ValueError:
        return [(WINDOW.name, text)]
