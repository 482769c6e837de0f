"""A mapping as tables: what a TOML file holds, and what is sent as JSON."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from data.mapping.mapping import Mapping, Pairs, RowRule
from data.store.limits import StoreError

_PAIRS = ("map", "set", "value")
_TEXTS = ("time", "timezone", "rest", "decimal", "records", "select", "encoding", "member", "description")
_LISTS = ("id_from", "null", "columns")


def mapping_of_file(path: Path) -> Mapping:
    """The mapping that a TOML file holds; `StoreError` where it holds none."""
    try:
        return mapping_of(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as problem:
        raise StoreError(f"--mapping {path} cannot be read: {problem.strerror}.") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, StoreError) as problem:
        raise StoreError(f"{path}: {problem}") from problem


def mapping_of(tables: Any) -> Mapping:
    """The mapping of such tables; pairs may be tables or lists of two. `StoreError` names what is none of it."""
    if not isinstance(tables, dict):
        raise StoreError("a mapping is a table of its flags.")
    _check_names(tables, {field.name for field in fields(Mapping)} | {"row"}, "a mapping")
    values: dict[str, Any] = {name: _pairs(tables[name], name) for name in _PAIRS if name in tables}
    values |= {name: _text(tables[name], name) for name in _TEXTS if name in tables}
    values |= {name: _texts(tables[name], name) for name in _LISTS if name in tables}
    values["pad"] = tables.get("pad", False) is True
    rows = tables.get("row", tables.get("rows", ()))
    if not isinstance(rows, list | tuple):
        raise StoreError("row is not a list of tables: write [[row]].")
    rules = tuple(_rule(row, number) for number, row in enumerate(rows, 1))
    if len({rule.name for rule in rules}) < len(rules):
        raise StoreError("two [[row]] have one name, which is part of their ids.")
    return Mapping(**values, rows=rules)


def _rule(row: Any, number: int) -> RowRule:
    if not isinstance(row, dict):
        raise StoreError("row is not a list of tables: write [[row]].")
    _check_names(row, {field.name for field in fields(RowRule)}, "a [[row]]")
    when = row.get("when", {})
    conditions = _flat(when) if isinstance(when, dict) else when
    return RowRule(
        name=_text(row.get("name", str(number)), "name"),
        when=tuple((path, _texts(texts, f"when {path}")) for path, texts in conditions),
        map=_pairs(row.get("map", {}), "map"),
        set=_pairs(row.get("set", {}), "set"),
        time=_text(row.get("time", ""), "time"),
    )


def _check_names(table: dict[str, Any], known: Iterable[str], what: str) -> None:
    unknown = sorted(table.keys() - set(known))
    if unknown:
        raise StoreError(f"{what} has no '{unknown[0]}', only {', '.join(sorted(known))}.")


def _pairs(value: Any, name: str) -> Pairs:
    """Of a table, whose values may be lists, and tables within are paths: `a.b = "id"`."""
    pairs = _flat(value) if isinstance(value, dict) else value
    try:
        return tuple((str(left), one) for left, right in pairs for one in _texts(right, f"{name} {left}"))
    except (TypeError, ValueError) as problem:
        raise StoreError(f"{name} is not a table of texts.") from problem


def _flat(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _texts(value: Any, name: str) -> tuple[str, ...]:
    return tuple(_text(one, name) for one in (value if isinstance(value, list | tuple) else [value]))


def _text(value: Any, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise StoreError(f"{name} is not text: {value}")
    return str(value)


def mapping_text(mapping: Mapping) -> str:
    """A mapping as the text of a TOML file."""
    lines = [f"{name} = {_quoted(value)}" for name in ("description", *_TEXTS[:-1]) if (value := getattr(mapping, name))]
    lines += [f"{name} = {_list(value)}" for name in _LISTS if (value := getattr(mapping, name))]
    lines += ["pad = true"] if mapping.pad else []
    for name in _PAIRS:
        lines += _table(f"[{name}]", getattr(mapping, name))
    for row in mapping.rows:
        lines += ["", "[[row]]", f"name = {_quoted(row.name)}", *([f"time = {_quoted(row.time)}"] if row.time else [])]
        lines += _table("[row.when]", row.when) + _table("[row.map]", row.map) + _table("[row.set]", row.set)
    return "\n".join(lines).lstrip("\n") + "\n"


def _table(title: str, pairs: Iterable[tuple[str, str | Sequence[str]]]) -> list[str]:
    gathered: dict[str, list[str]] = {}
    for left, right in pairs:
        gathered.setdefault(left, []).extend([right] if isinstance(right, str) else right)
    lines = [f"{_quoted(left)} = {_quoted(right[0]) if len(right) == 1 else _list(right)}" for left, right in gathered.items()]
    return ["", title, *lines] if lines else []


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    # The escapes of JSON are TOML's.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
