"""The export buttons of a section: its figures as a file, and the API call behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from queries.answers.csv_text import Value, table_text
from ui.page.address import Pairs
from ui.page.copying import copy_text, curl_command, curl_commands, download, save


def export_buttons(key: str, header: Sequence[str], rows: Iterable[Sequence[Value]], path: str, *calls: Pairs) -> None:
    """The export buttons; `key` names the section and the file. Several calls are copied as several commands."""
    with st.container(horizontal=True, gap="xsmall", width="content", key=f"taking_{key}"):
        save("Download CSV", table_text(header, rows), f"{key}.csv", key=f"file_{key}")
        if calls:
            copy_text("Copy as curl", curl_commands(path, calls), f"copy_curl_{key}")


def api_export_buttons(key: str, path: str, pairs: Pairs, only_file: Pairs = ()) -> None:
    """The same where the API has the file too, under the path with `.csv`; `only_file` are parameters that only the file takes."""
    with st.container(horizontal=True, gap="xsmall", width="content", key=f"taking_{key}"):
        download("Download CSV", f"{path}.csv", [*pairs, *only_file, ("bom", "true")], f"{key}.csv", key=f"file_{key}")
        copy_text("Copy as curl", curl_command(path, pairs), f"copy_curl_{key}")
