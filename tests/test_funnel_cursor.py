"""A cursor is read back as what it was, and nothing else is a cursor."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.asking.funnel_bars import UnitCursor, unit_cursor

ids = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@given(st.builds(UnitCursor, st.integers(-(10**15), 10**15), ids, st.none() | ids))
def test_a_cursor_is_read_back(cursor: UnitCursor) -> None:
    text = cursor.text()
    assert unit_cursor(text) == cursor
    assert text.replace("-", "").replace("_", "").isalnum()


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("text", [
    "ih_xyz789", "x", "%", "é", " ", "\x00", "====", "A" * 10_000, packed(""), packed("[]"), packed('[1,"c"]'), packed('[1.5,"c","o"]'),
    packed('["1","c","o"]'), packed('[1,"c",2]'), packed('[1,null,"o"]'), packed('[1,"c","o","x"]'), packed('{"a":1}'), packed("[" * 5000),
    packed('[1, "c", "o"]'), packed('[1,"\\ud800","o"]'), packed('[' + "9" * 5000 + ',"c","o"]'), packed('[NaN,"c","o"]'),
    UnitCursor(1, "c", "o").text() + "=", UnitCursor(1, "c", "o").text()[:-1],
])
def test_what_no_page_handed_out_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be the nextCursor of a page of units$"):
        unit_cursor(text)


@given(st.text(max_size=30) | st.binary(max_size=30).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        assert unit_cursor(text).text() == text
    except ValueError as problem:
        assert str(problem) == "must be the nextCursor of a page of units"
