"""Texts of the log as people can tell them apart: what cannot be seen in them is written out."""

from __future__ import annotations

import re
from unicodedata import category, combining, normalize

_NAMES = {" ": "space", "\u00a0": "no-break space", "\t": "tab", "\n": "line break", "\r": "carriage return"}

# Between letters of some scripts, and between emoji, these change what is seen.
_JOINERS = ("\u200c", "\u200d")
# Letters and symbols that are drawn as nothing.
_BLANK = ("\u115f", "\u1160", "\u2800", "\u3164", "\uffa0", "\u034f")

# Spaces at an end, or beside another one: a single one between two letters is seen.
_LOST_SPACES = re.compile(r"^ +| +$|(?<= ) +")


def visible(text: str) -> str:
    """A text with the characters that nobody sees named in brackets: `c7⟨space⟩`, `a⟨U+200B⟩b`; of most texts, the text itself.

    So are combining marks where a single letter would look alike (`e⟨U+0301⟩` beside `é`). What has been written out stays as it is.
    """
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text
    is_composed = normalize("NFC", text) == text
    shown = _LOST_SPACES.sub(lambda spaces: _named(" ") * len(spaces[0]), text)
    return "".join(
        _named(letter) if _is_unseen(before, letter, after) or (combining(letter) and not is_composed) else letter
        for before, letter, after in zip(f" {shown}", shown, f"{shown[1:]} ", strict=False)
    )


def _is_unseen(before: str, letter: str, after: str) -> bool:
    if letter in _JOINERS:
        return before.isascii() or after.isascii()
    if "\ufe00" <= letter <= "\ufe0f":
        return before.isascii()
    return letter in _BLANK or (letter != " " and category(letter) in ("Zs", "Zl", "Zp", "Cc", "Cf"))


def _named(letter: str) -> str:
    return f"⟨{_NAMES.get(letter) or f'U+{ord(letter):04X}'}⟩"
