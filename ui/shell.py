"""The document that every page is drawn into: Streamlit's own, with our name, style and manners in it before anything is drawn."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.look import PRODUCT, STYLES

_HERE = Path(__file__).parent
_DOCUMENT = Path(st.__file__).parent / "static" / "index.html"

# Named, so that the browser does not look for the server under the page's own path first, where there is none.
_SERVER = "window.__streamlit = { BACKEND_BASE_URL: location.origin }"


def shell() -> str:
    """The document, as HTML."""
    scripts = (_SERVER, *(_HERE.joinpath(name).read_text(encoding="utf-8") for name in ("phone_menu.js", "printing.js")))
    ours = [f"<style>\n{style.read_text(encoding='utf-8')}</style>\n" for style in STYLES]
    ours += [f"<script>\n{script}</script>\n" for script in scripts]
    text = _replaced(_DOCUMENT.read_text(encoding="utf-8"), "<title>Streamlit</title>", f"<title>{PRODUCT}</title>")
    # In the body, after all that Streamlit will put into the head: of two rules as strong, ours wins.
    return _replaced(text, "<body>", f"<body>\n{''.join(ours)}")


def _replaced(text: str, part: str, new: str) -> str:
    if text.count(part) != 1:
        raise ValueError(f"Streamlit's document has {part} {text.count(part)} times, not once; ui/shell.py has to follow it")
    return text.replace(part, new)
