"""How a file of another system is read: what each flag of a load says, from flags, from a TOML file, or from one that is shipped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from data.reading.options import ReadOptions

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RowRule:
    """One of several rows that a source row gives: `[[row]]` in a mapping file.

    It gives one where every path of `when` holds one of its texts, of which `*` is any and an empty one none, and the path that the rule
    itself maps to `timestamp` has a value. Its pairs come before the mapping's. `name` is part of the row's id.
    """

    name: str
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    map: Pairs = ()
    set: Pairs = ()
    time: str = ""


@dataclass(frozen=True)
class Mapping:
    """What each flag of a load says; empty where it is not given. `map` has (PATH, FIELD), `set` (FIELD, VALUE), `value` (TEXT, TYPE).

    `select` is the text of a statement, `id_from` is `("row",)` or paths. A `description` says what a file's mapping is for.
    """

    map: Pairs = ()
    set: Pairs = ()
    value: Pairs = ()
    time: str = ""
    timezone: str = ""
    id_from: tuple[str, ...] = ()
    rest: str = ""
    null: tuple[str, ...] = ()
    decimal: str = ""
    records: str = ""
    rows: tuple[RowRule, ...] = ()
    select: str = ""
    encoding: str = ""
    columns: tuple[str, ...] = ()
    pad: bool = False
    member: str = ""
    description: str = ""

    def gives(self, *names: str) -> bool:
        """Whether it gives all rows a field, which has these names."""
        return any(field in names for field, _ in (*self.set, *(pair for rule in self.rows for pair in rule.set)))

    def read_options(self) -> ReadOptions:
        """What it says of a file before any field is read."""
        return ReadOptions(self.encoding, self.columns, self.pad, self.member, self.records)

    def over(self, other: Mapping) -> Mapping:
        """What both say together; where they say different things of a field, a word or a flag, this one is right."""
        mapped, given = {field for _, field in self.map}, {field for field, _ in self.set}
        if self.id_from:
            mapped.add("id")
        words = {text.casefold() for text, _ in self.value}
        rows = self.rows or tuple(
            replace(row, map=_without(row.map, 1, mapped | given), set=_without(row.set, 0, mapped | given)) for row in other.rows
        )
        both = {field.name: getattr(self, field.name) or getattr(other, field.name) for field in fields(Mapping)}
        return Mapping(**both | {
            "map": self.map + _without(other.map, 1, mapped | given),
            "set": self.set + _without(other.set, 0, mapped | given),
            "value": self.value + tuple(pair for pair in other.value if pair[0].casefold() not in words),
            "id_from": () if "id" in (mapped | given) and not self.id_from else both["id_from"],
            "null": tuple(dict.fromkeys(self.null + other.null)),
            "rows": rows,
        })


NO_MAPPING = Mapping()


def _without(pairs: Pairs, place: int, taken: Iterable[str]) -> Pairs:
    """Pairs but those that have one of some names at a place."""
    return tuple(pair for pair in pairs if pair[place] not in taken)
