"""The address bar as the one place where a page's state lives: widgets are drawn from it and write to it.

Each change is one entry of the browser's history. A link, a reload, back and forward are the same thing here:
an address arrives, and the widgets take its values before they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st

from queries.asking.names import Names
from queries.asking.parameters import Parameter, Problem, one_of, read_parameters, values_by_name
from queries.asking.selection import Selection, clipped, narrowed, rows_behind

Pairs = list[tuple[str, str]]
Binding = Callable[[str], dict[str, Any]]


@dataclass(frozen=True)
class AddressField:
    """A widget's part of the address.

    `key` is the widget's; `value` makes the widget's value from the pairs, `pairs` is its inverse and leaves
    out what is the default, so that a plain view has a plain address.
    """

    key: str
    value: Callable[[Pairs], Any]
    pairs: Callable[[Any], Pairs]


def list_field(name: str) -> AddressField:
    """A widget that holds a list of texts: a parameter that may be repeated."""
    return AddressField(name, lambda pairs: values(pairs, name), lambda chosen: [(name, text) for text in chosen])


def choice_field(name: str, options: Sequence[Any], default: Any) -> AddressField:
    """A widget that holds one of some options; an address with anything else shows the default."""
    spelled = {str(option): option for option in options}

    def value(pairs: Pairs) -> Any:
        return spelled.get(last(pairs, name), default)

    def written(chosen: Any) -> Pairs:
        return [] if chosen in (None, default) else [(name, str(chosen))]

    return AddressField(name, value, written)


REFRESH_SECONDS = 30
REFRESH = Parameter("refresh", one_of(f"{REFRESH_SECONDS}s"), "How often the page shows what is new, by itself.")
"""A parameter of every page's address, which to navigate leaves there: it says how a page is looked at, not what it shows."""


def pairs() -> Pairs:
    """The parameters of the address but REFRESH, in its order, a repeated one as often as it is there."""
    return without(_all_pairs(), (REFRESH.name,))


def refreshes() -> tuple[bool, list[Problem]]:
    """Whether the address asks that the page shows what is new by itself, and what of that is not understood."""
    values, problems = read_parameters(values_by_name(_all_pairs()), [REFRESH])
    return values[REFRESH.name] is not None, problems


def refresh(by_itself: bool) -> None:
    """Navigate to the same view, which shows what is new by itself or does not."""
    _write([*pairs(), *([(REFRESH.name, f"{REFRESH_SECONDS}s")] if by_itself else [])])


def _write(pairs: Iterable[tuple[str, str]]) -> None:
    st.query_params.from_dict(grouped(pairs))


def _all_pairs() -> Pairs:
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def values(pairs: Pairs, name: str) -> list[str]:
    """All values of a parameter, each once; an empty one is as if it were not given."""
    return list(dict.fromkeys(value for given, value in pairs if given == name and value))


def last(pairs: Pairs, name: str) -> str:
    """The last value of a parameter, empty where it is not given."""
    return (values(pairs, name) or [""])[-1]


def without(pairs: Pairs, names: Collection[str]) -> Pairs:
    """The pairs of all other parameters."""
    return [(name, value) for name, value in pairs if name not in names]


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """The pairs as they stand in an address, with their question mark; nothing where there are none."""
    text = urlencode(list(pairs))
    return f"?{text}" if text else ""


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The values by parameter, as `st.page_link` wants them."""
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def navigate(pairs: Iterable[tuple[str, str]]) -> None:
    """Navigate to an address with these parameters, as a new entry in the browser's history."""
    _write([*pairs, *(pair for pair in _all_pairs() if pair[0] == REFRESH.name)])


def follow(link: str | None) -> None:
    """Shows what a link to this same page asks, where one was just followed."""
    if link:
        navigate(parse_qsl(urlsplit(link).query))
        st.rerun()


def bind(fields: Sequence[AddressField], pairs: Pairs, kept: Collection[str] = ()) -> Binding:
    """The widgets of the fields, bound to the address: `bound(key)` is a widget's `key` and `on_change`, asked for as it is drawn.

    `pairs` are the address as it was understood: canonical names only. A change writes all fields anew, so that
    of two quick ones none is lost, and keeps the parameters named in `kept`; every other one (a cursor, what was
    not understood) is dropped, for it belonged to the view before.
    """
    of_key = {field.key: field for field in fields}

    def changed() -> None:
        written = [pair for pair in pairs if pair[0] in kept]
        for field in fields:
            # A widget that was not drawn has no state; its share of the address stays as it was.
            value = st.session_state[field.key] if field.key in st.session_state else field.value(pairs)
            written += field.pairs(value)
        navigate(written)

    def bound(key: str) -> dict[str, Any]:
        value = of_key[key].value(pairs)
        # Setting an equal value would still tell the browser to put it there, and undo what is being typed. Only a widget
        # that is drawn may have state: one that comes back with an equal value would not be told of it.
        if key not in st.session_state or st.session_state[key] != value:
            st.session_state[key] = value
        return {"key": key, "on_change": changed}

    return bound


_closing = st.components.v2.component("closing", js=Path(__file__).with_name("closing.js").read_text(encoding="utf-8"))


def leave_value(name: str, value: str) -> None:
    """Has the browser leave the address in which a parameter has a value for the one without it."""
    _closing(key=f"closing_{name}", data={"name": name, "value": value})


Filters = Sequence[tuple[str, str]]


def rows_link(selection: Selection | None) -> str | None:
    """The page of the log that shows a selection; None where there is none."""
    return None if selection is None else f"/history{query_string(selection.pairs())}"


def link_behind(selection: Selection, measure: str, names: Names, further: Filters = ()) -> str | None:
    """The page of the log with what a measure, by its id, counts, of the interactions that pass further filters as well."""
    found = narrowed(selection, further)
    return rows_link(rows_behind(found, measure, names)) if found else None


def part_link(selection: Selection, start: int, end: int, further: Filters = ()) -> str | None:
    """The page of the log with what a selection has from `start` to before `end`, in milliseconds, of what passes further filters."""
    return rows_link(narrowed(clipped(selection, start, end), further))
