"""A part of a page: its heading, its controls, and what can be taken along: its figures as a file, and the API call behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

import streamlit as st

from queries.answers.csv_text import Value, table_text
from queries.asking.measures import RATES
from ui.page.address import Binding, Pairs
from ui.page.copying import copy_text, curl_commands, download, save
from ui.words.measures import GRAIN_CHOICES

Draw = Callable[[], object]
Option = TypeVar("Option")

RATE_NAMES = {rate.id: rate.label for rate in RATES}


class Export(Protocol):
    """What can be taken along from a section."""

    def draw(self) -> None:
        """Draws the buttons."""


@dataclass(frozen=True)
class TableExport:
    """The table that the page holds, as a file, and the API calls that answer with its figures; `name` is the file's."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Value]]
    path: str
    calls: Sequence[Pairs]

    def draw(self) -> None:
        with _buttons(self.name):
            save("Download CSV", table_text(self.header, self.rows), f"{self.name}.csv", key=f"file_{self.name}")
            if self.calls:
                copy_text("Copy as curl", curl_commands(self.path, self.calls), f"copy_curl_{self.name}")


@dataclass(frozen=True)
class ApiExport:
    """The same where the API has the file too, under the path with `.csv`; `only_file` are parameters that only the file takes."""

    name: str
    path: str
    pairs: Pairs
    only_file: Sequence[tuple[str, str]] = ()

    def draw(self) -> None:
        with _buttons(self.name):
            pairs = [*self.pairs, *self.only_file, ("bom", "true")]
            download("Download CSV", f"{self.path}.csv", pairs, f"{self.name}.csv", key=f"file_{self.name}")
            copy_text("Copy as curl", curl_commands(self.path, [self.pairs]), f"copy_curl_{self.name}")


def section(key: str, title: str, export: Export | None, *controls: Draw) -> None:
    """Draws the heading of a section, with its controls and its export buttons beside it."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_heading"):
        st.header(title, anchor=False)
        for draw in controls:
            draw()
        if export:
            export.draw()


@contextmanager
def summary(title: str, *buttons: Draw, note: str | None = None) -> Iterator[None]:
    """Draws what the page comes to: a heading, what the body says under it, and the buttons beside them, with a note on what they give."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="summary"):
        with st.container(gap="xxsmall", key="said"):
            st.header(title, anchor=False)
            yield
        if buttons:
            with st.container(gap="xsmall", width="content", key="taking"):
                with st.container(horizontal=True, gap="xsmall"):
                    for draw in buttons:
                        draw()
                if note:
                    st.caption(note)


@contextmanager
def _buttons(name: str) -> Iterator[None]:
    with st.container(horizontal=True, gap="xsmall", width="content", key=f"taking_{name}"):
        yield


def choose_grain(bound: Binding, key: str = "grain") -> None:
    """How long a point of a trend is."""
    choose_one("Each point is", GRAIN_CHOICES, bound, key)


def choose_one(label: str, names: Mapping[Option, str], bound: Binding, key: str) -> None:
    """One of a few options, all in sight, under their names."""
    st.segmented_control(label, list(names), **bound(key), format_func=names.__getitem__, label_visibility="collapsed", required=True)


def choose_figure(names: Mapping[str, str], bound: Binding, key: str) -> None:
    """One of several figures, by their ids."""
    st.selectbox("Figure", list(names), **bound(key), format_func=names.__getitem__, label_visibility="collapsed", filter_mode=None, width=180)
