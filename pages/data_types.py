"""Which of a file's words are which type, what the types of a log count as, and the menu by which an admin changes that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import streamlit as st

import process
from data.engine import Tenant
from data.loading.outcome import LoadReport
from data.mapping.mapping import Pairs
from data.mapping.synonyms import type_meant
from data.store.limits import StoreError
from data.store.meanings import set_meaning
from queries.asking.outcomes import COUNTED, OutcomeRow, Said
from ui.components.table import Cell, Column, figure_table
from ui.page.messages import plain
from ui.page.section import section
from ui.words import numbers

NOTHING = "nothing"
_MOST_WORDS = 30

HEADINGS = (
    Column("type", "Type", "text"),
    Column("rows", "Rows"),
    Column("counts", "Counts as", "text", help="The count that counts its rows, and the rates with it."),
)


@dataclass(frozen=True)
class Word:
    """The type that a word of the file begins as, and how many of the rows looked at have it."""

    type: str
    rows: int


def chosen_words(words: Mapping[str, Word], key: str) -> Pairs:
    """The words that are another type, as their menus say."""
    chosen = ((word, st.session_state.get(_menu(key, word)) or begun.type) for word, begun in words.items())
    return tuple((word, type) for word, type in chosen if word != type)


def meet_words(words: dict[str, Word], found: Iterable[tuple[str, int]], given: Pairs = (), guess: bool = True) -> None:
    """Adds words with their rows; each begins as the type that was given to it, else that it means, where it is to be guessed."""
    types = {word.casefold(): type for word, type in given}
    for word, rows in found:
        if word not in words:
            words[word] = Word(types.get(word.casefold()) or (guess and type_meant(word)) or word, rows)


def draw_words(words: Mapping[str, Word], report: LoadReport, key: str, beginning: int) -> None:
    """Draws a menu for each word of the file's types, the most frequent first; `beginning` is how many rows are known where that is not all."""
    section("words", "Types", None)
    of_rows = f" Its rows are those of the file's beginning, {numbers.counted(beginning, 'row')}." if beginning else ""
    st.caption(f"A word of the file, and the type that it is loaded as.{of_rows}" if words else f"The file has no words for types.{of_rows}")
    shown = list(words.items())[:_MOST_WORDS]
    with st.container(key="words"):
        for word, begun in shown:
            options = list(dict.fromkeys([word, begun.type, *COUNTED]))
            st.selectbox(f"{plain(word)} · {numbers.counted(begun.rows, 'row')}", options, options.index(begun.type), key=_menu(key, word),
                         accept_new_options=True)
    if len(words) > len(shown):
        st.caption(f"{numbers.counted(len(words) - len(shown), 'other word')}, with fewer rows, as they stand.")
    figure_table([type_row(*type) for type in report.found.types], HEADINGS, "Types of the file", "file_types")


def _menu(key: str, word: str) -> str:
    return f"{key}_word_{word}"


def type_row(type: str, rows: int, counts: str) -> dict[str, Cell]:
    """A type in a table of types."""
    return {"type": Cell(type), "rows": Cell(numbers.count(rows)), "counts": Cell(counts or NOTHING, tone=None if counts else "quiet")}


def draw_meanings(tenant: Tenant, may_change: bool) -> None:
    """Draws what each type of the log counts as, with a way to change it for whoever may."""
    rows = [row for row in tenant.outcomes.rows(tenant.rows_by_value("outcome")) if row.rows or row.is_own]
    if not rows:
        return
    section("meanings", "What types count as", None, *([lambda: _draw_change(tenant.id, rows)] if may_change else []))
    st.caption("Counts and rates go by this. A change holds at once, for all rows that are loaded already.")
    figure_table([type_row(row.outcome.key, row.rows, row.outcome.counts_as or "") for row in rows], HEADINGS, "What types count as", "meanings")


def _draw_change(tenant: str, rows: list[OutcomeRow]) -> None:
    with st.popover("Change", icon=":material/edit:", key="meaning_menu"):
        keys = [row.outcome.key for row in rows]
        key = st.selectbox("Type", keys, key="meaning_key")
        now = next(row.outcome.counts_as for row in rows if row.outcome.key == key)
        options = ["", *COUNTED]
        counts = st.selectbox("Counts as", options, index=options.index(now or ""), format_func=lambda one: one or NOTHING,
                              key=f"meaning_of_{key}", filter_mode=None)
        if st.button("Save", key="meaning_save", type="primary", disabled=counts == (now or "")):
            try:
                set_meaning(process.store(), tenant, key, Said(counts_as=counts), beside=True)
            except (StoreError, ValueError) as problem:
                st.error(plain(str(problem)))
            else:
                st.rerun()
