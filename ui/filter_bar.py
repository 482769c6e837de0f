"""The filter bar: one widget for each filter of the log, made from the filters' own table."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import streamlit as st

from data.tenant import Tenant
from queries.choices import choices
from queries.filters import FILTERS, Filter
from queries.selection import Selection
from ui.address import Field, Pairs, values
from ui.numbers import count
from ui.period import Period

_WIDTH = 260


@dataclass(frozen=True)
class FilterBar:
    """The filters of a page, all but those `omitted`, and the period."""

    tenant: Tenant
    selection: Selection
    period: Period
    omitted: Collection[str] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The widgets' shares of the address."""
        return (*self.period.fields, *(_field(filter) for filter in self._filters))

    @property
    def _filters(self) -> list[Filter]:
        return [filter for filter in FILTERS if filter.name not in self.omitted]

    def draw(self, changed: Callable[[], None]) -> None:
        """Draws the bar; `changed` is what `address.mirror` made for its fields."""
        selection = self.selection
        active = len(selection.filters) + (selection.start is not None or selection.end is not None)
        st.toggle(f"Filters ({active})" if active else "Filters", key="filters_open", on_change="ignore")
        with st.container(key="filters", horizontal=True, vertical_alignment="bottom"):
            self.period.draw(changed, _WIDTH)
            for filter in self._filters:
                chosen = selection.values(filter.name)
                if filter.dimension == "customer":
                    st.multiselect(filter.label, chosen, key=filter.name, on_change=changed, accept_new_options=True,
                                   placeholder="Any customer id", select_all=False, wrap=True, width=_WIDTH)
                else:
                    self._choice_of_names(filter, chosen, changed)

    def _choice_of_names(self, filter: Filter, chosen: tuple[str, ...], changed: Callable[[], None]) -> None:
        labels = _labels(self.tenant, filter, chosen)
        _settle(filter.name, labels, chosen)
        st.multiselect(filter.label, list(labels), key=filter.name, on_change=changed, format_func=lambda id: labels.get(id, id),
                       placeholder=f"Any {filter.label.lower()}", select_all=False, filter_mode="contains", wrap=True, width=_WIDTH)


def _labels(tenant: Tenant, filter: Filter, chosen: Collection[str]) -> dict[str, str]:
    # The widget tells its options apart by their labels alone, so no two may be spelled the same.
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for choice in choices(tenant, filter.dimension):
        name = choice.label if choice.label not in taken else f"{choice.label} [{choice.id}]"
        taken.add(name)
        status = "" if choice.status in (None, "active") else f" ({choice.status})"
        labels[choice.id] = name if choice.id in chosen else f"{name}{status} · {count(choice.count)}"
    for id in chosen:
        labels.setdefault(id, f"{id} (unknown)")
    return labels


def _field(filter: Filter) -> Field:
    def pairs(chosen: list[str]) -> Pairs:
        ids = _known_labels(filter.name)
        return [(filter.name, ids.get(text, text)) for text in chosen]

    return Field(filter.name, lambda given: values(given, filter.name), pairs)


def _settle(name: str, labels: dict[str, str], chosen: Collection[str]) -> None:
    """Remembers what the labels mean, and has the browser spell the chosen ones anew where they changed.

    The browser answers in labels. One that it drew before a load, or before this run ended, is still understood.
    """
    known = _known_labels(name)
    known.update((label, id) for id, label in labels.items())
    drawn = [labels[id] for id in chosen]
    if st.session_state.get(f"{name} drawn") != drawn:
        st.session_state[f"{name} drawn"] = drawn
        st.session_state[name] = list(chosen)


def _known_labels(name: str) -> dict[str, str]:
    return st.session_state.setdefault(f"{name} labels", {})
