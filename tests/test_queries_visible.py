from __future__ import annotations

import pytest

from queries.asking.names import visible


@pytest.mark.parametrize(("text", "shown"), [
    ("c7", "c7"), ("", ""), ("Prêt « étudiant », 3 %", "Prêt « étudiant », 3 %"), ("張偉", "張偉"), ("Ada Lovelace", "Ada Lovelace"),
    ("😀", "😀"), ("👩\u200d👧 ❤\ufe0f", "👩\u200d👧 ❤\ufe0f"),
    ("می\u200cخواهم", "می\u200cخواهم"),
    ("c7 ", "c7⟨space⟩"), (" c7", "⟨space⟩c7"), ("a  b", "a ⟨space⟩b"), ("  ", "⟨space⟩⟨space⟩"),
    ("c7\u00a0", "c7⟨no-break space⟩"), ("c7\t", "c7⟨tab⟩"), ("c\n7", "c⟨line break⟩7"),
    ("c\u200b7", "c⟨U+200B⟩7"), ("\ufeffc7", "⟨U+FEFF⟩c7"), ("c\u00ad7", "c⟨U+00AD⟩7"), ("c\u202e7", "c⟨U+202E⟩7"),
    ("c7\ufe0f", "c7⟨U+FE0F⟩"), ("\u3164c7", "⟨U+3164⟩c7"), ("é", "é"), ("e\u0301", "e⟨U+0301⟩"), ("\u0e17\u0e35\u0e48", "\u0e17\u0e35\u0e48"),
])
def test_what_cannot_be_seen_is_written_out_and_what_can_stays(text: str, shown: str):
    assert visible(text) == shown
    assert visible(shown) == shown


def test_texts_that_look_alike_are_shown_apart():
    alike = ["c7", "c7 ", " c7", "c7  ", "c7\u00a0", "c7\u2003", "c7\u200b", "\u200bc7", "c7\u200d", "c7\u2060", "c7\ufeff", "c7\n", "c7\r"]
    assert len({visible(text) for text in alike}) == len(alike)
