from __future__ import annotations

import pytest

from queries.asking.funnel import DEFAULT_STEPS
from ui.page.funnel_editor import PRESETS, draft_steps, is_draft, step_pairs, window_pairs


def test_a_step_without_a_type_keeps_its_place():
    words = [("step", "click"), ("step", ""), ("step", "accept|convert")]
    assert draft_steps(words, (("click",), ("accept", "convert"))) == (("click",), (), ("accept", "convert"))


def test_without_such_a_step_the_steps_are_those_understood():
    assert draft_steps([], DEFAULT_STEPS) == DEFAULT_STEPS
    assert draft_steps([("step", "a||b"), ("step", "")], DEFAULT_STEPS) == DEFAULT_STEPS


def test_a_funnel_needs_two_steps_with_a_type():
    assert is_draft(((), ("click",)))
    assert not is_draft((("click",), (), ("accept",)))


def test_the_words_of_the_steps_are_read_back_as_the_steps():
    steps = (("click",), (), ("accept", "convert"))
    assert draft_steps(step_pairs(steps), (("click",), ("accept", "convert"))) == steps
    assert step_pairs(DEFAULT_STEPS) == []


def test_a_preset_names_only_types_of_the_log_but_never_none():
    long, short, _ = PRESETS
    assert long.among(["impression", "click", "accept", "conversion"]) == (("impression",), ("click",), ("accept",), ("conversion",))
    assert short.among(["impression"]) == (("impression",), ("convert",))


@pytest.mark.parametrize(("chosen", "pairs"), [
    ("7d", []), ("7 days", []), ("30 days", [("window", "30d")]), ("12h", [("window", "12h")]), ("No limit", [("window", "none")]),
    ("soon", [("window", "soon")]), (None, []),
])
def test_a_window_is_written_as_the_word_of_the_api(chosen: str | None, pairs: list[tuple[str, str]]):
    assert window_pairs(chosen) == pairs
