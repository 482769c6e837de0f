"""A path to a value of a source row, as one writes it: `properties.time`, `identityMap.ECID[0].id`, `"a.b"`, `#1`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.store.limits import StoreError

Step = str | int

_STEP = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([^."\[\]][^.\[\]]*))((?:\[\d+\])*)(\.|$)')
_POSITION = re.compile(r"#([1-9]\d*)")


@dataclass(frozen=True)
class Path:
    """`text` as it was written, with the `?` behind a path that a file may lack; `steps` are names, and numbers within lists.

    `whole` is the one name that the path may be, unless parts of it are quoted, and `position` the number of a column.
    """

    text: str
    steps: tuple[Step, ...]
    whole: str = ""
    position: int = 0
    optional: bool = False


def path_of(text: str) -> Path:
    """The path of a text; `StoreError` where it is none."""
    plain = text.removesuffix("?") if len(text) > 1 else text
    optional = plain != text
    if position := _POSITION.fullmatch(plain):
        return Path(text, (), position=int(position[1]), optional=optional)
    steps: list[Step] = []
    place = 0
    while step := _STEP.match(plain, place):
        quoted, name, indices, mark = step.groups()
        steps.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else name)
        steps += [int(index) for index in re.findall(r"\d+", indices)]
        place = step.end()
        if not mark:
            return Path(text, tuple(steps), "" if '"' in plain else plain, optional=optional)
    # A column may be called anything; it is then found by its whole name.
    if not plain or plain.startswith('"'):
        raise StoreError(f"'{text}' is no path: write NAME, NAME.NAME, NAME[0], \"A.B\" or #1.")
    return Path(text, (plain,), plain, optional=optional)


def names_of(path: str) -> tuple[str, ...]:
    """The names of a path that has no lists, such as what follows `context.` in a field."""
    steps = path_of(path).steps
    if not steps or not all(isinstance(step, str) for step in steps):
        raise StoreError(f"'{path}' is no name, or names joined by dots.")
    return tuple(str(step) for step in steps)


def plain(name: str) -> str:
    """A name without regard to case, blanks, `_` and `-`."""
    return re.sub(r"[\s_\-]+", "", name).casefold()
