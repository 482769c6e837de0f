"""The editor of a funnel's steps: each a choice of types, to be added, removed and moved.

A step without a type yet is an empty word of the address (`step=click&step=`), which means nothing to the API.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from queries.funnel.plan import FEWEST_STEPS, MOST_STEPS
from queries.funnel.question import DEFAULT_STEPS, EITHER, STEP, Step
from queries.visible import visible
from ui import address
from ui.address import Binding, Field, Pairs

Slots = tuple[Step, ...]


def slots(pairs: Pairs, understood: Slots) -> Slots:
    """The steps to edit: those understood, and with them the ones of the address that have no type yet."""
    texts = [value for name, value in pairs if name == STEP.name]
    if "" not in texts or len(texts) > MOST_STEPS:
        return understood
    try:
        return tuple(STEP.read(text) if text else () for text in texts)
    except ValueError:
        return understood


def is_draft(steps: Slots) -> bool:
    """Whether too few of the steps have a type for a funnel."""
    return sum(map(bool, steps)) < FEWEST_STEPS


def step_pairs(steps: Slots) -> Pairs:
    """The words of the steps, in order; none where they are the default ones."""
    return [] if steps == DEFAULT_STEPS else [(STEP.name, EITHER.join(step)) for step in steps]


class StepEditor:
    """The steps' widgets and their share of the address; `types` are those that occur, most frequent first."""

    def __init__(self, steps: Slots, types: Sequence[str]):
        self.steps = steps
        self._types = types
        self.fields = tuple(self._field(place) for place in range(len(steps)))

    def draw(self, bound: Binding, others: Pairs) -> None:
        """Draws the steps; `others` is what else the address says, kept when a step is added, removed or moved."""
        for place, step in enumerate(self.steps):
            options = [*self._types, *(type for type in step if type not in self._types)]
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

    def _button(self, place: int, icon: str, label: str, steps: Slots | None, others: Pairs) -> None:
        said = f"{label} step {place + 1}"
        st.button(said, key=f"{label} {place}", icon=f":material/{icon}:", type="tertiary", disabled=steps is None,
                  on_click=partial(_show, steps, others))

    def _moved(self, place: int, by: int) -> Slots | None:
        to = place + by
        if not 0 <= to < len(self.steps):
            return None
        steps = list(self.steps)
        steps[place], steps[to] = steps[to], steps[place]
        return tuple(steps)

    def _without(self, place: int) -> Slots | None:
        return self.steps[:place] + self.steps[place + 1:] if len(self.steps) > FEWEST_STEPS else None

    def _field(self, place: int) -> Field:
        # The first one writes for all: only together can they be the default, which is left out.
        return Field(_key(place), lambda _: list(self.steps[place]), lambda _: [] if place else step_pairs(self._chosen()))

    def _chosen(self) -> Slots:
        return tuple(tuple(st.session_state.get(_key(place), step)) for place, step in enumerate(self.steps))


def _key(place: int) -> str:
    return f"step {place}"


def _show(steps: Slots, others: Pairs) -> None:
    address.show([*step_pairs(steps), *others])
