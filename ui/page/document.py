"""The document that every page is drawn in: Streamlit's own, with this product's title, styles and scripts."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.charts.palette import css_variables

PRODUCT = "Interaction History"

_HERE = Path(__file__).parent
_STYLES, _SCRIPTS = ("look.css", "print.css"), ("phone_menu.js", "printing.js")
STREAMLIT_DOCUMENT = Path(st.__file__).parent / "static" / "index.html"
MARK = _HERE / "mark.svg"

# Named, so that the browser does not look for the server under the page's own path first, where there is none.
_SERVER = "window.__streamlit = { BACKEND_BASE_URL: location.origin }"


def document() -> str:
    """The document as HTML."""
    ours = [f"<style>\n{style}</style>\n" for style in (css_variables(), *map(_text, _STYLES))]
    ours += [f"<script>\n{script}</script>\n" for script in (_SERVER, *map(_text, _SCRIPTS))]
    text = _replaced(STREAMLIT_DOCUMENT.read_text(encoding="utf-8"), "<title>Streamlit</title>", f"<title>{PRODUCT}</title>")
    # In the body, after all that Streamlit will put into the head: of two rules as strong, ours wins.
    return _replaced(text, "<body>", f"<body>\n{''.join(ours)}")


def _text(name: str) -> str:
    return _HERE.joinpath(name).read_text(encoding="utf-8")


def _replaced(text: str, part: str, new: str) -> str:
    if text.count(part) != 1:
        raise ValueError(f"Streamlit's document has {part} {text.count(part)} times, not once; ui/page/document.py has to follow it")
    return text.replace(part, new)
