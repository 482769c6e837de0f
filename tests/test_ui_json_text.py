from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ui.page.record_drawer import indented

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), VALUES), st.booleans())
def test_it_is_the_json_of_the_standard_library_with_a_member_a_line(value: dict, ascii_only: bool):
    compact = json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only)
    assert indented(compact) == json.dumps(value, indent=2, ensure_ascii=ascii_only)


def test_each_value_stays_spelled_as_it_was():
    assert indented('{"a":1.50,"a":1e400}') == '{\n  "a": 1.50,\n  "a": 1e400\n}'
