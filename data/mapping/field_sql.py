"""The SQL that reads a batch's rows as fields, from JSON texts or typed columns, and their timestamps as UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from data.mapping.fields import ColumnMapping
from data.mapping.times import time_sql, typed_time_sql
from data.store.limits import StoreError

OBJECTS = {"context", "response", "outcome", "offer", "creative"}

_NO_TEXT = "'OBJECT', 'ARRAY', 'BOOLEAN'"


@dataclass(frozen=True)
class RawRows:
    """`sql` gives line, problem, each field as text under its name, and the timestamp also as `moment`.

    It reads the batch as table `incoming`, with columns c0 (line), c1 (problem), c2 and so on. A timestamp that has a type
    keeps it. `text` is the SQL of the row's own text, out of the further column `own`. The fields in `compact` are JSON objects in their
    compact form already, or null.
    """

    sql: str
    text: str
    compact: frozenset[str] = frozenset()
    parameters: dict[str, list[str]] = field(default_factory=dict)


def record_rows(reading: ColumnMapping) -> RawRows:
    """Of rows that are JSON texts."""
    scalars = [name for key, columns in reading.columns.items() if key not in OBJECTS for name in columns]
    names = scalars + [name for key in reading.columns if key in OBJECTS for name in reading.columns[key]]
    place = {name: position for position, name in enumerate(names, 2)}
    texts = {
        key: _first(f"nullif(texts[{place[name]}], '')" for name in columns) for key, columns in reading.columns.items()
    }
    complaints = ", ".join(
        f"case when kinds[{place[name]}] in ({_NO_TEXT}) then {_literal(name + ' is not text')} end" for name in scalars
    )
    sql = f"""
            select
                line,
                case
                    when problem is not null then problem
                    when kinds is null then 'this is not JSON'
                    when kinds[1] != 'OBJECT' then 'this is not a JSON object'
                    when list_has_any(kinds[2:{len(scalars) + 1}], [{_NO_TEXT}]) then concat_ws('; ', {complaints or "''"})
                end as problem,
                own,
                {_selected(texts, time_sql(texts.get("timestamp", "null")))}
            from (
                select
                    c0 as line,
                    c1 as problem,
                    c2 as own,
                    try(json_extract_string(c2, $pointers::varchar[])) as texts,
                    try(json_type(c2, $pointers::varchar[])) as kinds
                from incoming
            )"""
    return RawRows(sql, "own", parameters={"pointers": ["", *map(_pointer, names)]})


def column_rows(reading: ColumnMapping, schema: pa.Schema, compact: frozenset[str]) -> RawRows:
    """Of rows that are columns with types; those of `compact` stand once more in columns named `compact_` and the field."""
    texts = {key: _first(_text(schema, name, key) for name in columns) for key, columns in reading.columns.items()}
    texts |= {key: f"compact_{key}" for key in compact}
    match reading.columns.get("timestamp"):
        case [name] if not is_text(_kind(schema, name)):
            texts["timestamp"] = _place(schema, name)
    moment = _first(_time(schema, name) for name in reading.columns.get("timestamp", ()))
    read = [name for columns in reading.columns.values() for name in columns]
    shown = ", ".join(f"{_literal(name)}: {_place(schema, name)}" for name in read) or "line: c0"
    sql = f"""
            select
                c0 as line,
                c1 as problem,
                {{{shown}}} as own,
                {_selected(texts, moment)}
            from incoming"""
    return RawRows(sql, "to_json(own)::varchar", compact)


def _selected(texts: dict[str, str], moment: str) -> str:
    fields = [f'{text} as "{key}"' for key, text in texts.items()]
    return ",\n                ".join([*fields, f"({moment})::timestamp as moment"])


def _text(schema: pa.Schema, name: str, key: str) -> str:
    kind, place = _kind(schema, name), _place(schema, name)
    if pa.types.is_nested(kind):
        if key not in OBJECTS or pa.types.is_list(kind) or pa.types.is_large_list(kind):
            raise StoreError(f"column {name} holds {kind}, from which {key} cannot be read.")
        text = f"to_json({place})::varchar"
        # A struct has every member in every row: one that is null was not logged.
        return f"json_merge_patch('{{}}', {text})::varchar" if pa.types.is_struct(kind) else text
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return f"nullif(decode({place}), '')"
    return f"nullif({place}::varchar, '')"


def _time(schema: pa.Schema, name: str) -> str:
    kind, place = _kind(schema, name), _place(schema, name)
    if is_text(kind):
        return time_sql(_text(schema, name, "timestamp"))
    if moment := typed_time_sql(place, kind):
        return moment
    raise StoreError(f"column {name} holds {kind}, from which timestamp cannot be read.")


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type, or a dictionary's values, are texts."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return any(test(kind) for test in (
        pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_binary, pa.types.is_large_binary,
        pa.types.is_null,
    ))


def _kind(schema: pa.Schema, name: str) -> pa.DataType:
    kind = schema.field(schema.names.index(name, 2)).type
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _place(schema: pa.Schema, name: str) -> str:
    return f"c{schema.names.index(name, 2)}"


def _first(texts: Iterable[str]) -> str:
    texts = list(texts)
    return f"coalesce({', '.join(texts)})" if texts else "null::varchar"


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
