"""The buttons that copy a link or an API call, or download a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from ui.page.address import Pairs, query_string

_HERE = Path(__file__).parent
_BUTTON_STYLE = (_HERE.parent / "components" / "button.css").read_text(encoding="utf-8")

_copying = st.components.v2.component(
    "copying",
    html='<button type="button" class="ih-button"></button><span class="ih-spoken" aria-live="polite"></span>',
    css=_BUTTON_STYLE,
    js=(_HERE / "copying.js").read_text(encoding="utf-8"),
    # In the page's own tree: the keyboard does not come into a shadow tree within a drawer.
    isolate_styles=False,
)

_downloading = st.components.v2.component(
    "downloading",
    html='<a class="ih-button"></a>',
    css=_BUTTON_STYLE,
    js=(_HERE / "downloading.js").read_text(encoding="utf-8"),
)


def copy_link() -> None:
    """A button that copies the address of the view that is shown."""
    _copying(key="copy_link", data={"label": "Copy link", "text": None}, width="content")


def copy_curl(path: str, pairs: Pairs) -> None:
    """A button that copies the API call which answers with what is shown."""
    copy_text("Copy as curl", curl_command(path, pairs), "copy_curl")


def copy_text(label: str, text: str, key: str) -> None:
    _copying(key=key, data={"label": label, "text": text}, width="content")


def download(label: str, path: str, pairs: Pairs, file_name: str, key: str = "download") -> None:
    """A link to an address of this server that the browser saves as a file, without leaving the page."""
    data = {"label": label, "address": path + query_string(pairs), "fileName": file_name}
    _downloading(key=key, data=data, width="content")


def save(label: str, text: str, file_name: str, key: str) -> None:
    """A link that has the browser save a table it already holds as CSV: no address of this server leads to the file."""
    _downloading(key=key, data={"label": label, "text": text, "fileName": file_name}, width="content")


def curl_command(path: str, pairs: Pairs) -> str:
    """The command line; `{origin}` stands for this server, which only the browser can name."""
    return f'curl -H "Authorization: Bearer $KEY" \'{{origin}}{path}{query_string(pairs)}\''


def curl_commands(path: str, calls: Iterable[Pairs]) -> str:
    """A command line for each of some calls, under one another."""
    return "\n".join(curl_command(path, pairs) for pairs in calls)
