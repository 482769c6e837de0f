"""Which of a file's words are which type, and what each type counts as."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from data.loading.outcome import LoadReport
from data.mapping.mapping import Pairs
from data.mapping.synonyms import type_meant
from queries.asking.outcomes import COUNTED
from ui.components.table import Cell, Column, figure_table
from ui.page.section import section
from ui.words import numbers

NOTHING = "nothing"
_MOST_WORDS = 30

HEADINGS = (
    Column("type", "Type", "text"),
    Column("rows", "Rows"),
    Column("counts", "Counts as", "text", help="The count that counts its rows, and the rates with it."),
)


def chosen_words(words: Mapping[str, str], key: str) -> Pairs:
    """The words that are another type, as their menus say, of which each began with the type in `words`."""
    chosen = ((word, st.session_state.get(_menu(key, word)) or type) for word, type in words.items())
    return tuple((word, type) for word, type in chosen if word != type)


def meet_words(words: dict[str, str], report: LoadReport | None, key: str, guess: bool = True) -> None:
    """Adds the types of a report that no word was given; each begins as the type that it means, where it is to be guessed."""
    given = {type for _, type in chosen_words(words, key)}
    for type, _, _ in report.found.types if report else ():
        if type not in words and type not in given:
            words[type] = (guess and type_meant(type)) or type


def draw_words(words: Mapping[str, str], report: LoadReport, key: str) -> None:
    """Draws a menu for each word of the file's types."""
    section("words", "Types", None)
    st.caption("A word of the file, and the type that it is loaded as.")
    with st.container(key="words"):
        for word in list(words)[:_MOST_WORDS]:
            options = list(dict.fromkeys([word, words[word], *COUNTED]))
            st.selectbox(word, options, options.index(words[word]), key=_menu(key, word), accept_new_options=True)
    figure_table([type_row(*type) for type in report.found.types], HEADINGS, "Types of the file", "file_types")


def _menu(key: str, word: str) -> str:
    return f"{key}_word_{word}"


def type_row(type: str, rows: int, counts: str) -> dict[str, Cell]:
    """A type in a table of types."""
    return {"type": Cell(type), "rows": Cell(numbers.count(rows)), "counts": Cell(counts or NOTHING, tone=None if counts else "quiet")}
