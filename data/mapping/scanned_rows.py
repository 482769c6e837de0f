"""Rows that are JSON texts whose members compiled code has found: each value that is asked for becomes a column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from data.mapping.mapping import Mapping
from data.mapping.paths import Step, path_of
from data.mapping.places import Document, JsonRows, Place
from data.mapping.reading import OBJECTS, Reading

if TYPE_CHECKING:
    from data.reading.members import Members

_BRACKETS, _FLAGS = np.frombuffer(b"{[", np.uint8), np.frombuffer(b"tf", np.uint8)
_OBJECT = np.frombuffer(b"{n\0", np.uint8)


@dataclass
class ScannedRows(JsonRows):
    """Of a value that stands at some steps, the column `text_n` of `incoming` holds the text, and `json_n` the compact JSON."""

    wanted: dict[tuple[Step, ...], int] = field(default_factory=dict)

    @property
    def whole(self) -> str:
        return self._column("json", ())

    def sql(self, parameters: dict[str, list[str]], name: str) -> str:
        return self.table

    def parts(self, key: str, reading: Reading, names: tuple[str, ...]) -> tuple[str, ...] | None:
        """SQL for the texts of some members of the object that a field is read from; None where they do not stand in one place."""
        match reading.places.get(key, ()):
            case [Place(taken=steps, kind="")] if steps and key not in reading.given:
                return tuple(self._column("text", (*steps, *name.split("/"))) for name in names)
        return None

    def columns_of(self, sql: str, members: Members, texts: np.ndarray) -> dict[str, pa.Array]:
        """The columns that some SQL speaks of, for these of the texts."""
        asked = set(re.findall(r"\b(?:text|json)_\d+\b", sql))
        wanted = {f"{kind}_{number}": (tuple(map(str, steps)), kind == "json") for steps, number in self.wanted.items() for kind in ("text", "json")}
        names = [name for name in wanted if name in asked]
        return dict(zip(names, members.columns([wanted[name] for name in names], texts), strict=True))

    def _place(self, name: str, found: list[tuple[Document, tuple[Step, ...]]]) -> Place:
        place = super()._place(name, found)
        # Rows with a value of a kind that is none for its field are not among these.
        return replace(place, kind="") if all(document.parent is None for document, _ in found) else place

    def _read(self, document: Document, steps: tuple[Step, ...]) -> tuple[str, str, str]:
        if document.parent:
            return super()._read(document, steps)
        text = self._column("text", steps)
        return f"nullif({text}, '')", f"case when {text} is not null then 'VARCHAR' end", self._column("json", steps)

    def _root_text(self, steps: tuple[Step, ...]) -> str:
        return self._column("text", steps)

    def _column(self, kind: str, steps: tuple[Step, ...]) -> str:
        return f"{kind}_{self.wanted.setdefault(steps, len(self.wanted))}"


def is_scannable(mapping: Mapping) -> bool:
    """Whether all that a mapping speaks of stands in objects: what is in lists is not kept apart."""
    rules = mapping.rows
    paths = [*(path for path, _ in (*mapping.map, *(pair for rule in rules for pair in rule.map))),
             *(path for rule in rules for path, _ in rule.when), *mapping.id_from]
    return all(isinstance(step, str) for path in paths for step in path_of(path).steps)


def refused(members: Members, reading: Reading) -> np.ndarray:
    """The texts in which a field is read from a value that is none for it: their rows are to be told what is wrong."""
    found = np.zeros(len(members.plain), np.bool_)
    for key, places in reading.places.items():
        for place in places if key not in reading.given else ():
            if not place.taken:
                continue
            kinds = members.first_bytes(tuple(map(str, place.taken)))
            if key in OBJECTS:
                found |= ~np.isin(kinds, _OBJECT)
            else:
                found |= np.isin(kinds, _BRACKETS)
                if key not in reading.mapped:
                    found |= np.isin(kinds, _FLAGS)
    return found
