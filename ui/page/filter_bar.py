"""The filter bar: the period, the time zone and the filters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from data.engine import Tenant
from queries.answers.summary import choices, count_without
from queries.asking.filters import BY_NAME, FILTERS, NOT, WITHOUT, Filter
from queries.asking.names import visible
from queries.asking.parameters import Parameter, one_of
from queries.asking.periods import LAST_DAYS, LATEST, DateRange, chosen_last_days, dates_of_log, of_last_days, period_pairs, touched_dates
from queries.asking.selection import ZONE, Selection, filter_of
from ui.components.disclosure import disclosure
from ui.page.address import AddressField, Binding, Pairs, last, values
from ui.page.log import Log
from ui.words.numbers import count

_ALL, _CUSTOM = "all", "custom"
_CHOICES = (_ALL, *(str(number) for number in LAST_DAYS), _CUSTOM)

# Of a page that compares with the period before, and for that opens with the last days: the log's whole time has a word of its own.
DEFAULT_DAYS = 30
ALL_TIME = Parameter("period", one_of(_ALL), "The whole time of the log.")


def with_default_period(selection: Selection, all_time: str | None, log: Log) -> Selection:
    """A selection, with the value of ALL_TIME: where these name no period at all, that of the last DEFAULT_DAYS."""
    named = selection.start is not None or selection.end is not None or all_time
    return selection if named else of_last_days(selection, log.clock, DEFAULT_DAYS, log.has_future)


class PeriodPicker:
    """The period's widgets and their part of the address, for one selection of one log.

    The last days are counted back from the log's clock. `today` is the current day. Where `usual` is set, the plain address is that
    of the last DEFAULT_DAYS.
    """

    def __init__(self, selection: Selection, log: Log, today: date, usual: bool = False):
        self._usual = usual
        self._selection = selection
        self._clock = log.clock
        self._has_future = log.has_future
        self._log = dates_of_log(log.oldest, log.clock, selection.zone)
        self._shown = touched_dates(selection)
        self._today = today
        last = chosen_last_days(selection, self._clock, self._has_future)
        open_ended = selection.start is None and selection.end is None
        self._choice = str(last) if last else _ALL if open_ended else _CUSTOM
        self.fields = (
            AddressField("period", lambda _: self._choice, self._pairs),
            AddressField("first_day", lambda _: self._shown.first, lambda _: []),
            AddressField("last_day", lambda _: self._shown.last, lambda _: []),
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
            return [(ALL_TIME.name, _ALL)] if self._usual else []
        if self._usual and choice == str(DEFAULT_DAYS):
            return []
        if choice != _CUSTOM:
            zone = st.session_state.get(ZONE.name, self._selection.zone)
            last = of_last_days(Selection("", zone=zone), self._clock, int(choice), self._has_future)
            return [(name, value) for name, value in last.pairs() if name != ZONE.name]
        if self._choice == _ALL:
            return period_pairs(DateRange(self._log.first, self._log.last))
        if self._choice != _CUSTOM:
            # Open or shut, as the last days are not: the same days would go by their name again.
            return period_pairs(DateRange(self._shown.first, None if self._has_future else self._log.last))
        state = st.session_state
        return period_pairs(DateRange(state.get("first_day", self._shown.first), state.get("last_day", self._shown.last)), self._selection)


class ZonePicker:
    """The time zone's widget and its share of the address, for one selection."""

    def __init__(self, selection: Selection):
        self._chosen = selection.zone
        self.field = AddressField(
            ZONE.name,
            lambda pairs: last(pairs, ZONE.name) or ZONE.default,
            lambda zone: [] if zone in (None, ZONE.default) else [(ZONE.name, zone)],
        )

    def draw(self, bound: Binding, width: int) -> None:
        zones = sorted({*available_timezones(), self._chosen} - {ZONE.default})
        st.selectbox("Time zone", [ZONE.default, *zones], **bound(ZONE.name), width=width,
                     format_func=lambda zone: zone.replace("_", " "), filter_mode="contains")


_WIDTH = 260

# The option of the interactions without a value; no id is empty.
_NONE = ""


@dataclass(frozen=True)
class FilterBar:
    """The filters of a page, all but those `omitted`, and the period; with a choice of the time zone where `zone` is given."""

    tenant: Tenant
    selection: Selection
    period: PeriodPicker
    omitted: Collection[str] = ()
    zone: ZonePicker | None = None

    @property
    def fields(self) -> tuple[AddressField, ...]:
        """The widgets' shares of the address."""
        zone = (self.zone.field,) if self.zone else ()
        filters = (*(filter_field(asked.name) for asked in self._filters), *(_exclusion_field(asked.name) for asked in self._exclusions))
        return (*self.period.fields, *zone, *filters)

    @property
    def _filters(self) -> list[Filter]:
        return [asked for asked in FILTERS if asked.name not in self.omitted]

    @property
    def _exclusions(self) -> list[Filter]:
        # Offers that are shown by themselves have a place of their own; that some are left out is said here. A funnel's types are its steps'.
        return [asked for asked in FILTERS if asked.name != "type" or "type" not in self.omitted]

    def draw(self, bound: Binding) -> None:
        """Draws the bar; `bound` is what `address.mirror` made of its fields."""
        selection = self.selection
        active = sum(selection.asks(name) for name in BY_NAME) + (selection.start is not None or selection.end is not None)
        disclosure(f"Filters ({active})" if active else "Filters", "filters", "filters_open")
        with st.container(key="filters", horizontal=True, vertical_alignment="bottom"):
            self.period.draw(bound, _WIDTH)
            if self.zone:
                self.zone.draw(bound, _WIDTH)
            for asked in self._filters:
                if asked.dimension == "customer":
                    chosen = selection.values(asked.name)
                    _settle(asked.name, {one: visible(one) for one in chosen}, chosen)
                    st.multiselect(asked.label, chosen, **bound(asked.name), format_func=visible, accept_new_options=True,
                                   placeholder="Any customer id", select_all=False, wrap=True, width=_WIDTH)
                else:
                    self._choice_of_names(asked, _chosen(selection, asked), bound, wrap=True, width=_WIDTH)

            self._draw_exclusions(bound)

    def _draw_exclusions(self, bound: Binding) -> None:
        """Draws the menu of what is left out."""
        count_of = sum(len(self.selection.excluded(asked.name)) for asked in self._exclusions)
        menu = st.popover(f"Leave out ({count_of})" if count_of else "Leave out", icon=":material/block:", key="leave_out", on_change="rerun")
        if not menu.open:
            # All choices once more would be sent with each page.
            return
        with menu:
            for asked in self._exclusions:
                key, chosen = f"{NOT}{asked.name}", self.selection.excluded(asked.name)
                labels = {one: visible(one) for one in chosen} if asked.dimension == "customer" else _labels(self.tenant, asked, chosen)
                labels.pop(_NONE, None)
                _settle(key, labels, chosen)
                st.multiselect(f"Not {asked.label.lower()}", list(labels), **bound(key), format_func=partial(_spelled, labels),
                               accept_new_options=asked.dimension == "customer", placeholder="None", select_all=False, wrap=True,
                               filter_mode="contains")

    def draw_apart(self, name: str, label: str, most: int, bound: Binding) -> None:
        """Draws one of the omitted filters by itself, for `most` values; its field is `filter_field(name)`."""
        self._choice_of_names(replace(BY_NAME[name], label=label), self.selection.values(name), bound, max_selections=most, wrap=True,
                              placeholder="Choose")

    def _choice_of_names(self, asked: Filter, chosen: tuple[str, ...], bound: Binding, **look: Any) -> None:
        labels = _labels(self.tenant, asked, chosen)
        _settle(asked.name, labels, chosen)
        look.setdefault("placeholder", f"Any {asked.label.lower()}")
        st.multiselect(asked.label, list(labels), **bound(asked.name), format_func=partial(_spelled, labels),
                       select_all=False, filter_mode="contains", **look)


def _spelled(labels: Mapping[str, str], one: str) -> str:
    return labels.get(one, one)


def _labels(tenant: Tenant, asked: Filter, chosen: Collection[str]) -> dict[str, str]:
    # The widget tells its options apart by their labels alone, so no two may be spelled the same.
    labels: dict[str, str] = {}
    if asked.optional and ((number := count_without(tenant, asked.dimension)) or _NONE in chosen):
        none = f"No {asked.label.lower()}"
        labels[_NONE] = none if _NONE in chosen else f"{none} · {count(number)}"
    taken = {f"No {asked.label.lower()}"}
    for choice in choices(tenant, asked.dimension):
        label = visible(choice.label)
        name = label if label not in taken else f"{label} [{visible(choice.id)}]"
        taken.add(name)
        status = "" if choice.status in (None, "active") else f" ({choice.status})"
        labels[choice.id] = name if choice.id in chosen else f"{name}{status} · {count(choice.count)}"
    for one in chosen:
        if one == _NONE:
            continue
        known = one in tenant.names[asked.dimension]
        labels.setdefault(one, visible(tenant.names[asked.dimension].label(one)) if known else f"{visible(one)} (unknown)")
    return labels


def filter_field(name: str) -> AddressField:
    """A filter's part of the address."""

    def pairs(chosen: list[str]) -> Pairs:
        ids = _known_labels(name)
        return [filter_of(name, ids.get(text, text) or None) for text in chosen]

    def value(given: Pairs) -> list[str]:
        return values(given, name) + [_NONE] * (name in values(given, WITHOUT))

    return AddressField(name, value, pairs)


def _exclusion_field(name: str) -> AddressField:
    """The part of the address that leaves values of a filter out."""
    key = f"{NOT}{name}"

    def pairs(chosen: list[str]) -> Pairs:
        ids = _known_labels(key)
        return [(key, ids.get(text, text)) for text in chosen]

    return AddressField(key, lambda given: values(given, key), pairs)


def _chosen(selection: Selection, asked: Filter) -> tuple[str, ...]:
    return tuple(_NONE if value is None else value for value in selection.passing(asked.name))


def _settle(name: str, labels: dict[str, str], chosen: Collection[str]) -> None:
    """Remembers what the labels mean, and has the browser spell the chosen ones anew where they changed.

    The browser answers in labels. One that it drew before a load, or before this run ended, is still understood.
    """
    known = _known_labels(name)
    known.update((label, one) for one, label in labels.items())
    drawn = [labels[one] for one in chosen]
    if st.session_state.get(f"{name} drawn") != drawn:
        st.session_state[f"{name} drawn"] = drawn
        st.session_state[name] = list(chosen)


def _known_labels(name: str) -> dict[str, str]:
    return st.session_state.setdefault(f"{name} labels", {})
