from __future__ import annotations

from streamlit.testing.v1 import AppTest


def test_what_was_not_understood_is_shown_as_it_was_typed():
    app = AppTest.from_string(
        "from ui.page.messages import not_understood\n"
        "not_understood([\"there is no parameter '<b>*foo*:red[x]'\"])"
    ).run()
    assert r"\<b\>\*foo\*\::small[]red\[x\]" in app.warning[0].value


def test_nothing_is_said_where_all_was_understood():
    assert not AppTest.from_string("from ui.page.messages import not_understood\nnot_understood([])").run().warning


def test_the_way_back_runs_when_it_is_taken():
    app = AppTest.from_string(
        "import streamlit as st\nfrom ui.page.messages import nothing_matches\n"
        "nothing_matches('interactions', 'Try fewer.', lambda: st.session_state.update(cleared=True))"
    ).run()
    assert "No interactions match" in app.markdown[0].value
    app.button(key="message_action").click().run()
    assert app.session_state["cleared"]
