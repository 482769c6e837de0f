"""What hangs on Streamlit's insides is listed in docs/streamlit-insides.md, and is there in the version that is installed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import streamlit

from ui.page.shell import STREAMLIT_DOCUMENT, document

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(streamlit.__file__).parent
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", (ROOT / "docs" / "streamlit-insides.md").read_text("utf-8"), re.MULTILINE | re.DOTALL))
SOURCES = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "ui").rglob("*")) if path.suffix in (".css", ".js"))

# How each kind of name stands in our styles and scripts.
USED = {
    "Elements of the page, by their test ids": r'data-testid="?(\w+)',
    "Elements of the page, by their classes": r"\.(st[A-Z]\w+)",
    "Attributes and their values": r"\b(data-(?:stale|tag|collapsed|st-[a-z-]+|test-[a-z-]+))\b",
    "Parts of Plotly's charts": r"\.(js-plotly-plot|(?:plot|svg)-container|main-svg|annotation-text|errorbar|gridlayer)\b",
}
# A script reads an attribute under another spelling.
SPELLED = SOURCES.replace(".dataset.testConnectionState", "data-test-connection-state")


def listed(section: str) -> list[str]:
    """The names in the first column of a section's table."""
    return re.findall(r"^\| `([^`]+)` \|", SECTIONS[section], re.MULTILINE)


@cache
def installed() -> frozenset[str]:
    """All words of what Streamlit sends to the browser, hyphens within them."""
    texts = (path.read_text("utf-8") for path in (PACKAGE / "static").rglob("*") if path.suffix in (".js", ".css", ".html"))
    return frozenset(word for text in texts for word in re.findall(r"[\w-]+", text))


@pytest.mark.parametrize("section", USED)
def test_the_list_has_what_the_styles_and_scripts_use_and_nothing_else(section: str):
    names = listed(section)
    assert names == list(dict.fromkeys(names))
    assert set(names) == set(re.findall(USED[section], SPELLED))


@pytest.mark.parametrize("name", [name for section in USED for name in listed(section)])
def test_streamlit_has_each_name_of_the_list(name: str):
    assert name in installed()


@pytest.mark.parametrize("value", ["CONNECTED", "notRunning", "running"])
def test_streamlit_has_the_values_of_its_states(value: str):
    assert value in installed()


def test_what_streamlit_never_had_is_not_found():
    assert not {"stNeverThere", "stMai"} & installed()


def test_the_document_has_the_places_where_ours_comes_in():
    theirs = STREAMLIT_DOCUMENT.read_text("utf-8")
    assert (theirs.count("<title>Streamlit</title>"), theirs.count("<body>")) == (1, 1)
    assert document().count("<style>") == theirs.count("<style>") + 3
    assert {"BACKEND_BASE_URL", "__streamlit"} <= installed()


def test_the_themes_variables_that_styles_use_are_in_streamlits_guide():
    guide = "\n".join(path.read_text("utf-8") for path in sorted((PACKAGE / ".agents").rglob("*.md")))
    used = set(re.findall(r"--st-[a-z-]+", SOURCES))
    assert len(used) > 10
    assert {name for name in used if f"{name}`" not in guide and f"{name})" not in guide and f"{name}," not in guide} == set()


def test_each_test_that_the_list_names_exists():
    named = set(re.findall(r"`(test_\w+\.py)`", SECTIONS["The document and the server"]))
    assert len(named) > 3
    assert {name for name in named if not (ROOT / "tests" / name).exists()} == set()
