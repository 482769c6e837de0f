"""The editor of a funnel: ready-made funnels, its rules and its steps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from queries.asking.funnel import (
    DEFAULT_STEPS,
    EITHER,
    EXCLUDE,
    FEWEST_STEPS,
    MOST_STEPS,
    NO_WINDOW,
    ORDER,
    STEP,
    TIES,
    UNIT,
    WINDOW,
    FunnelQuery,
    Step,
    read_window,
    window_parameter,
    window_phrase,
)
from queries.asking.names import visible
from ui.page import address
from ui.page.address import AddressField, Binding, Pairs, choice_field, list_field


@dataclass(frozen=True)
class FunnelPreset:
    """Some steps under a name."""

    name: str
    steps: tuple[Step, ...]

    def among(self, types: Collection[str]) -> tuple[Step, ...]:
        """The steps without the spellings that a log does not use; a step with none of its types in the log keeps its first."""
        return tuple(tuple(one for one in step if one in types) or step[:1] for step in self.steps)


_CONVERT = ("convert", "conversion")

PRESETS = (
    FunnelPreset("Impression → click → accept → convert", (("impression",), ("click",), ("accept",), _CONVERT)),
    FunnelPreset("Impression → convert", (("impression",), _CONVERT)),
    FunnelPreset("What follows a dismissal", (("dismiss",), ("click",), ("accept", *_CONVERT))),
)


WINDOWS = (NO_WINDOW, "1h", "1d", "7d", "30d")

_UNITS = {"customer_offer": "Customer & offer", "customer": "Customer"}
_ORDERS = {"ordered": "In order", "strict": "Nothing between", "any": "In any order"}
_TIES = {"include": "Allowed", "strict": "Not allowed"}


class RuleEditor:
    """The rules' widgets and their part of the address, for one query."""

    def __init__(self, query: FunnelQuery, types: Sequence[str]):
        self._window = window_parameter(query.window_ms)
        self._excluded = query.excluded
        stepped = {one for step in query.steps for one in step}
        self._excludable = [one for one in [*types, *(one for one in query.excluded if one not in types)] if one not in stepped]
        self.fields = (
            AddressField("window", lambda _: self._window, window_pairs),
            choice_field("unit", list(_UNITS), UNIT.default),
            choice_field("order", list(_ORDERS), ORDER.default),
            choice_field("ties", list(_TIES), TIES.default),
            list_field(EXCLUDE.name),
        )

    def draw(self, bound: Binding) -> None:
        windows = [*WINDOWS, *([self._window] if self._window not in WINDOWS else [])]
        st.selectbox("Within", windows, **bound("window"), format_func=_window_label, accept_new_options=True,
                     filter_mode="contains", help="From the entry to each later step. You can type another: 90s, 45m, 12h, 14d.")
        st.selectbox("Counts each", list(_UNITS), **bound("unit"), format_func=_UNITS.__getitem__, filter_mode=None,
                     help="With customer and offer, an impression of one offer and a conversion of another do not count as a conversion.")
        st.selectbox("Steps happen", list(_ORDERS), **bound("order"), format_func=_ORDERS.__getitem__, filter_mode=None,
                     help="Nothing between: any other interaction before the next step ends the attempt.")
        st.selectbox("Steps at one instant", list(_TIES), **bound("ties"), format_func=_TIES.__getitem__, filter_mode=None,
                     help="Whether two steps may have exactly the same time. In any order, they always may.")
        st.multiselect("Ended by", self._excludable, **bound("exclude"), placeholder="Nothing", format_func=visible, select_all=False,
                       filter_mode="contains", wrap=True, help="An interaction of this type ends the attempt.")


def _window_label(text: str) -> str:
    try:
        ms = read_window(text)
    except ValueError:
        return text
    return "No limit" if ms is None else window_phrase(ms)


def window_pairs(chosen: str | None) -> Pairs:
    """The parameters of a window that was chosen or typed; invalid text is kept, so that the page can report it."""
    if chosen is None:
        return []
    # The browser answers in labels, and in whatever was typed.
    text = next((text for text in WINDOWS if _window_label(text) == chosen), chosen)
    try:
        return [] if read_window(text) == WINDOW.default else [(WINDOW.name, text)]
    except ValueError:
        return [(WINDOW.name, text)]


DraftSteps = tuple[Step, ...]


def draft_steps(pairs: Pairs, understood: DraftSteps) -> DraftSteps:
    """The steps to edit: those understood, and with them the ones of the address that have no type yet."""
    texts = [value for name, value in pairs if name == STEP.name]
    if "" not in texts or len(texts) > MOST_STEPS:
        return understood
    try:
        return tuple(STEP.read(text) if text else () for text in texts)
    except ValueError:
        return understood


def is_draft(steps: DraftSteps) -> bool:
    """Whether too few of the steps have a type for a funnel."""
    return sum(map(bool, steps)) < FEWEST_STEPS


def step_pairs(steps: DraftSteps) -> Pairs:
    """The parameters of the steps, in order; none if they are the defaults."""
    return [] if steps == DEFAULT_STEPS else [(STEP.name, EITHER.join(step)) for step in steps]


class StepEditor:
    """The steps' widgets and their part of the address; `types` are those that occur, most frequent first."""

    def __init__(self, steps: DraftSteps, types: Sequence[str]):
        self.steps = steps
        self._types = types
        self.fields = tuple(self._field(place) for place in range(len(steps)))

    def draw(self, bound: Binding, others: Pairs) -> None:
        """Draws the steps; `others` is what else the address says, kept when a step is added, removed or moved."""
        for place, step in enumerate(self.steps):
            options = [*self._types, *(one for one in step if one not in self._types)]
            with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", wrap=False, key=f"funnel_step_{place}"):
                # Steps are numbered as they are counted, so one without a type has none.
                st.markdown(f"**{sum(map(bool, self.steps[:place + 1]))}**" if step else "–", width=18)
                st.multiselect(f"Step {place + 1}", options, **bound(_key(place)), label_visibility="collapsed",
                               placeholder="Not counted: no type chosen", format_func=visible, select_all=False, filter_mode="contains", wrap=True)
                self._button(place, "arrow_upward", "Move up", self._moved(place, -1), others)
                self._button(place, "arrow_downward", "Move down", self._moved(place, 1), others)
                self._button(place, "close", "Remove", self._without(place), others)
        st.button("Add a step", key="add_step", icon=":material/add:", type="tertiary", disabled=len(self.steps) == MOST_STEPS,
                  on_click=partial(_show, (*self.steps, ()), others))

    def _button(self, place: int, icon: str, label: str, steps: DraftSteps | None, others: Pairs) -> None:
        said = f"{label} step {place + 1}"
        st.button(said, key=f"{label} {place}", icon=f":material/{icon}:", type="tertiary", disabled=steps is None,
                  on_click=partial(_show, steps or self.steps, others))

    def _moved(self, place: int, by: int) -> DraftSteps | None:
        to = place + by
        if not 0 <= to < len(self.steps):
            return None
        steps = list(self.steps)
        steps[place], steps[to] = steps[to], steps[place]
        return tuple(steps)

    def _without(self, place: int) -> DraftSteps | None:
        return self.steps[:place] + self.steps[place + 1:] if len(self.steps) > FEWEST_STEPS else None

    def _field(self, place: int) -> AddressField:
        # The first one writes for all: only together can they be the default, which is left out.
        return AddressField(_key(place), lambda _: list(self.steps[place]), lambda _: [] if place else step_pairs(self._chosen()))

    def _chosen(self) -> DraftSteps:
        return tuple(tuple(st.session_state.get(_key(place), step)) for place, step in enumerate(self.steps))


def _key(place: int) -> str:
    return f"step {place}"


def _show(steps: DraftSteps, others: Pairs) -> None:
    address.navigate([*step_pairs(steps), *others])
