"""Which of a file's words are which type, and what each type counts as."""

from __future__ import annotations

import streamlit as st

from data.loading.outcome import LoadReport
from data.mapping.mapping import Pairs
from ui.components.table import Cell, Column, figure_table
from ui.page.section import section
from ui.words import numbers

COUNTED = ("impression", "click", "dismiss", "accept", "convert")
NOTHING = "nothing"
_MOST_WORDS = 30

HEADINGS = (
    Column("type", "Type", "text"),
    Column("rows", "Rows"),
    Column("counts", "Counts as", "text", help="The count that counts its rows, and the rates with it."),
)


def draw_words(words: dict[str, str], report: LoadReport, key: str) -> Pairs:
    """Draws a menu for each word of the file's types, and answers with the words that are another type.

    `words` are those met so far with the type that each began with; what the report has beside them is added.
    """
    section("words", "Types", None)
    given = {st.session_state.get(f"{key}_word_{word}") for word in words}
    words |= {type: type for type, _, _ in report.types if type not in words and type not in {*words.values(), *given}}
    st.caption("A word of the file, and the type that it is loaded as.")
    chosen: dict[str, str] = {}
    with st.container(key="words"):
        for word in list(words)[:_MOST_WORDS]:
            options = list(dict.fromkeys([word, words[word], *COUNTED]))
            chosen[word] = st.selectbox(word, options, options.index(words[word]), key=f"{key}_word_{word}", accept_new_options=True) or word
    figure_table([type_row(*type) for type in report.types], HEADINGS, "Types of the file", "file_types")
    return tuple((word, type) for word, type in (words | chosen).items() if word != type)


def type_row(type: str, rows: int, counts: str) -> dict[str, Cell]:
    """A type in a table of types."""
    return {"type": Cell(type), "rows": Cell(numbers.count(rows)), "counts": Cell(counts or NOTHING, tone=None if counts else "quiet")}
