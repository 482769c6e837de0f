"""The filter bar: one widget for each filter of the log, made from the filters' own table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from data.tenant import Tenant
from queries.choices import choices, count_without
from queries.filters import BY_NAME, FILTERS, WITHOUT, Filter
from queries.narrowing import filter_of
from queries.selection import Selection
from queries.visible import visible
from ui.address import Binding, Field, Pairs, values
from ui.disclosure import disclosure
from ui.numbers import count
from ui.period import Period
from ui.zone import Zone

_WIDTH = 260

# The option of the interactions without a value; no id is empty.
_NONE = ""


@dataclass(frozen=True)
class FilterBar:
    """The filters of a page, all but those `omitted`, and the period; with a choice of the time zone where `zone` is given."""

    tenant: Tenant
    selection: Selection
    period: Period
    omitted: Collection[str] = ()
    zone: Zone | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """The widgets' shares of the address."""
        zone = (self.zone.field,) if self.zone else ()
        return (*self.period.fields, *zone, *(filter_field(filter.name) for filter in self._filters))

    @property
    def _filters(self) -> list[Filter]:
        return [filter for filter in FILTERS if filter.name not in self.omitted]

    def draw(self, bound: Binding) -> None:
        """Draws the bar; `bound` is what `address.mirror` made of its fields."""
        selection = self.selection
        active = sum(bool(selection.passing(name)) for name in BY_NAME) + (selection.start is not None or selection.end is not None)
        disclosure(f"Filters ({active})" if active else "Filters", "filters", "filters_open")
        with st.container(key="filters", horizontal=True, vertical_alignment="bottom"):
            self.period.draw(bound, _WIDTH)
            if self.zone:
                self.zone.draw(bound, _WIDTH)
            for filter in self._filters:
                if filter.dimension == "customer":
                    chosen = selection.values(filter.name)
                    _settle(filter.name, {id: visible(id) for id in chosen}, chosen)
                    st.multiselect(filter.label, chosen, **bound(filter.name), format_func=visible, accept_new_options=True,
                                   placeholder="Any customer id", select_all=False, wrap=True, width=_WIDTH)
                else:
                    self._choice_of_names(filter, _chosen(selection, filter), bound, wrap=True, width=_WIDTH)

    def draw_apart(self, name: str, label: str, most: int, bound: Binding) -> None:
        """Draws one of the omitted filters by itself, for `most` values; its field is `filter_field(name)`."""
        self._choice_of_names(replace(BY_NAME[name], label=label), self.selection.values(name), bound, max_selections=most, wrap=True,
                              placeholder="Choose")

    def _choice_of_names(self, filter: Filter, chosen: tuple[str, ...], bound: Binding, **look: Any) -> None:
        labels = _labels(self.tenant, filter, chosen)
        _settle(filter.name, labels, chosen)
        look.setdefault("placeholder", f"Any {filter.label.lower()}")
        st.multiselect(filter.label, list(labels), **bound(filter.name), format_func=lambda id: labels.get(id, id),
                       select_all=False, filter_mode="contains", **look)


def _labels(tenant: Tenant, filter: Filter, chosen: Collection[str]) -> dict[str, str]:
    # The widget tells its options apart by their labels alone, so no two may be spelled the same.
    labels: dict[str, str] = {}
    if filter.optional and ((number := count_without(tenant, filter.dimension)) or _NONE in chosen):
        none = f"No {filter.label.lower()}"
        labels[_NONE] = none if _NONE in chosen else f"{none} · {count(number)}"
    taken = {f"No {filter.label.lower()}"}
    for choice in choices(tenant, filter.dimension):
        label = visible(choice.label)
        name = label if label not in taken else f"{label} [{visible(choice.id)}]"
        taken.add(name)
        status = "" if choice.status in (None, "active") else f" ({choice.status})"
        labels[choice.id] = name if choice.id in chosen else f"{name}{status} · {count(choice.count)}"
    for id in chosen:
        if id == _NONE:
            continue
        known = id in tenant.names[filter.dimension].keys
        labels.setdefault(id, visible(tenant.names[filter.dimension].label(id)) if known else f"{visible(id)} (unknown)")
    return labels


def filter_field(name: str) -> Field:
    """A filter's share of the address."""

    def pairs(chosen: list[str]) -> Pairs:
        ids = _known_labels(name)
        return [filter_of(name, ids.get(text, text) or None) for text in chosen]

    def value(given: Pairs) -> list[str]:
        return values(given, name) + [_NONE] * (name in values(given, WITHOUT))

    return Field(name, value, pairs)


def _chosen(selection: Selection, filter: Filter) -> tuple[str, ...]:
    return tuple(_NONE if value is None else value for value in selection.passing(filter.name))


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
