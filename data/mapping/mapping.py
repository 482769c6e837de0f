"""How a file of another system is read: a mapping, as flags, as a TOML file, or as one that is shipped."""

from __future__ import annotations

from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RowRule:
    """One of several rows that a source row gives: `[[row]]` in a mapping file.

    It gives one where every path of `when` holds one of its texts, and the path that the rule itself maps to `timestamp` has a value. Its
    pairs come before the mapping's. `name` is part of an id made from the row.
    """

    name: str
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    map: Pairs = ()
    set: Pairs = ()
    time: str = ""


@dataclass(frozen=True)
class Mapping:
    """What each flag of a load says; empty where it is not given. `map` has (PATH, FIELD), `set` (FIELD, VALUE), `value` (TEXT, TYPE)."""

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
