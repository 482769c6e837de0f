"""What a page shows where it cannot show its log."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from accounts import Forbidden, Unauthenticated
from data.store.limits import StoreError, TooSlow

PAGE = Path(__file__).parent.parent / "pages" / "navigation.py"


def shown_where(problem: Exception, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page as it is drawn when the first thing that it does fails."""

    def fails() -> None:
        raise problem

    monkeypatch.setattr("ui.page.shell.visitor", fails)
    return AppTest.from_file(str(PAGE)).run()


@pytest.mark.parametrize(("problem", "title", "hint", "way"), [
    (TooSlow(10), "Stopped after 10 seconds", "A shorter period, or one offer, is answered sooner.", ["Try again"]),
    (StoreError("The store is closed."), "The log cannot be read at the moment", "Nothing is lost.", ["Try again"]),
    (Unauthenticated(), "You are signed out", "Sign in again to come back to this view.", []),
    (Forbidden("eve@example.com", "your account has no role"), "You may not read this log", "your account has no role", []),
], ids=["too slow", "store down", "signed out", "no role"])
def test_what_keeps_a_page_from_being_shown_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, title: str, hint: str, way: list[str],
):
    page = shown_where(problem, monkeypatch)
    assert not page.exception
    assert title in page.markdown[0].value
    assert hint in page.caption[0].value.replace("\\", "")
    assert [button.label for button in page.button] == way
