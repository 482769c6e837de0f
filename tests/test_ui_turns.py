from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.page.turns import Drawing


def test_pages_of_one_account_leave_a_turn_to_others() -> None:
    drawing, let_go, begun = Drawing(3), threading.Event(), threading.Semaphore(0)

    def draw(name: str) -> str:
        with drawing.turn("acme", name):
            begun.release()
            if name == "busy":
                let_go.wait(60)
        return name

    with ThreadPoolExecutor(20) as threads:
        pages = [threads.submit(draw, "busy") for _ in range(10)]
        assert begun.acquire(timeout=60) and begun.acquire(timeout=60)
        assert threads.submit(draw, "other").result(60) == "other"
        assert not any(page.done() for page in pages)
        let_go.set()
        assert [page.result(60) for page in pages] == ["busy"] * 10
    assert drawing._of_accounts == {}


def test_a_page_that_fails_gives_its_turn_back() -> None:
    drawing = Drawing(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), drawing.turn("acme", "ada"):
            raise ZeroDivisionError
    with drawing.turn("acme", "ada"):
        pass
    assert drawing._of_accounts == {}
