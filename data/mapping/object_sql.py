"""The SQL of JSON objects: one in its compact form, what describes an entity, one with members from anywhere, and what is left of a row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data.mapping.places import JsonRows, Place, pointer, quoted
from data.mapping.typed_places import ColumnRows, json_of

Tree = dict[str, Any]

DESCRIBED = {"offer": ("id", "name", "status"), "creative": ("id", "name", "channel/id", "channel/name")}
"""Where in the objects that a row may have of its entities their description stands."""

# JSON text as it stands in a row: outside of strings only numbers hold such letters.
_STRING = r'"(?:[^"\\]|\\.)*"'


def compact_object(text: str) -> str:
    """The SQL of a JSON object in its compact form, `{}` for none; null for anything else."""
    # The engine's JSON reader allows numbers that are none, which JSON does not.
    return f"""case
                    when {text} is null or {text} in ('{{}}', 'null') then '{{}}'
                    when starts_with(ltrim({text}, e' \\t\\r\\n'), '{{')
                        and not ((contains({text}, 'NaN') or contains({text}, 'Infinity'))
                            and regexp_matches(regexp_replace({text}, '{_STRING}', '', 'g'), 'NaN|Infinity'))
                    then try(json({text})::varchar)
                end"""


def parts_of(text: str, key: str) -> str:
    """The texts of what describes an entity in a JSON object; null where it is none."""
    places = ", ".join(f"'/{name}'" for name in DESCRIBED[key])
    return f"""case
                    when starts_with(ltrim({text}, e' \\t\\r\\n'), '{{') then try(json_extract_string({text}, [{places}]))
                end"""


def object_sql(members: Iterable[tuple[Sequence[str], str]]) -> str:
    """A JSON object with a member for each value, the SQL of JSON text, that is not null; of several under one name the first."""
    tree: Tree = {}
    for names, value in members:
        branch = tree
        for name in names[:-1]:
            inner = branch.setdefault(name, {})
            branch = inner if isinstance(inner, dict) else {}
        known = branch.get(names[-1])
        branch[names[-1]] = f"coalesce({known}, {value})" if isinstance(known, str) else value
    return _tree_sql(tree, empty="'{}'")


def _tree_sql(tree: Tree, empty: str = "null") -> str:
    if not tree:
        return empty
    parts = []
    for name, value in tree.items():
        sql = _tree_sql(value) if isinstance(value, dict) else value
        parts.append(f"{quoted(json.dumps(name, ensure_ascii=False) + ':')} || {sql}")
    joined = f"nullif(concat_ws(',', {', '.join(parts)}), '')"
    return f"coalesce('{{' || {joined} || '}}', {empty})"


def merged(base: str, over: str) -> str:
    """Two JSON objects as one, in which the members of the second count; what is no object stays as it is, to be told of."""
    text = f"nullif(nullif({base}, 'null'), '{{}}')"
    return f"""case
                    when {text} is null or try(json_type({over})) is distinct from 'OBJECT' then {over}
                    when {over} = '{{}}' or try(json_type({text})) is distinct from 'OBJECT' then {text}
                    else json_merge_patch({text}, {over})::varchar
                end"""


def rest_of(rows: JsonRows | ColumnRows, taken: Iterable[Place]) -> str:
    """A JSON object of what is left in a row beside the places taken; a list stays whole."""
    tree: Tree = {}
    for place in taken:
        names = [step for step in place.taken if isinstance(step, str)]
        if not names or len(names) < len(place.taken):
            continue
        branch: Any = tree
        for name in names[:-1]:
            branch = branch.setdefault(name, {}) if branch is not None else None
        if branch is not None:
            branch[names[-1]] = None
    return _rest_of_json(rows, tree) if isinstance(rows, JsonRows) else _rest_of_columns(rows, tree)


def _rest_of_json(rows: JsonRows, tree: Tree) -> str:
    whole = {name: None for name, inner in tree.items() if inner is None}
    text = f"json_merge_patch(c2, {_patch(whole)})" if whole else "json(c2)"
    for name, inner in tree.items():
        if inner is not None:
            # A patch makes an object of what is none.
            is_object = f"json_type(c2, {quoted(pointer([name]))}) = 'OBJECT'"
            text = f"json_merge_patch({text}, case when {is_object} then {_patch({name: inner})} else '{{}}' end)"
    text = f"try(({text})::varchar)"
    keys = _keys(rows.place, tree)
    return merged(object_sql(keys), text) if keys else text


def _patch(tree: Tree) -> str:
    return quoted(json.dumps(tree, ensure_ascii=False))


def _rest_of_columns(rows: ColumnRows, tree: Tree) -> str:
    members = []
    for number in rows.numbers():
        label = rows.label(number)
        value = json_of(f"c{number}", rows.type(number))
        inner = tree.get(label, {})
        if inner is not None:
            members.append(((label,), f"json_merge_patch({value}, {_patch(inner)})::varchar" if inner else value))
    return object_sql([*members, *_keys(rows.place, tree)])


def _keys(place: Mapping[str, str], tree: Tree) -> list[tuple[tuple[str], str]]:
    """The `key=` parts of a path that no field takes."""
    return [((name,), f"to_json({quoted(value)})::varchar") for name, value in place.items()
            if not name.startswith("#") and tree.get(name, {}) is not None]
