"""The names of a log: the values of its dimensions, what is known of its offers, creatives and channels, and what its outcomes mean.

Texts of the log look alike that are not: what cannot be seen in them is written out by `visible`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from unicodedata import category, combining, normalize

from queries.asking.outcomes import AS_SHIPPED, Outcomes


@dataclass(frozen=True)
class Entity:
    """A value of a dimension; an offer, creative or channel is `known` once more than its id was logged.

    `channel` is the id of a creative's own channel.
    """

    id: str
    known: bool = True
    name: str | None = None
    status: str | None = None
    channel: str | None = None

    @property
    def label(self) -> str:
        """What a person calls it: its name, or the id where it has none."""
        return self.name or self.id


@dataclass(frozen=True)
class Values:
    """The values of one dimension by their ids, in the order in which they first appeared."""

    by_id: Mapping[str, Entity]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.by_id)

    def __contains__(self, id: object) -> bool:
        return id in self.by_id

    def get(self, id: str | None) -> Entity | None:
        """What is known of a value; None for no value and for one that the log does not have."""
        return None if id is None else self.by_id.get(id)

    def label(self, id: str) -> str:
        """What a person calls a value: the entity's name, or the id where it has none."""
        entity = self.by_id.get(id)
        return entity.label if entity else id


@dataclass(frozen=True)
class Names:
    """The values of each dimension of one tenant's log, and the tenant's table of `outcomes`."""

    type: Values
    offer: Values
    creative: Values
    channel: Values
    direction: Values
    outcome: Values
    outcomes: Outcomes = AS_SHIPPED

    def __getitem__(self, dimension: str) -> Values:
        return getattr(self, dimension)


_UNSEEN = {" ": "space", "\u00a0": "no-break space", "\t": "tab", "\n": "line break", "\r": "carriage return"}

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
    return f"⟨{_UNSEEN.get(letter) or f'U+{ord(letter):04X}'}⟩"
