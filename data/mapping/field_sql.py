"""The SQL that reads a batch's rows as fields, from JSON texts or typed columns, and their timestamps as UTC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace

from data.mapping.mapping import Mapping, RowRule
from data.mapping.object_sql import DESCRIBED, compact_object, merged, object_sql, parts_of, rest_of
from data.mapping.places import JsonRows, Place, quoted
from data.mapping.reading import OBJECTS, Reading
from data.mapping.scanned_rows import ScannedRows
from data.mapping.times import time_sql, typed_time_sql
from data.mapping.typed_places import ColumnRows, is_list, is_text
from data.store.limits import StoreError

_NO_TEXT = "'OBJECT', 'ARRAY', 'BOOLEAN'"
_NESTED = "'OBJECT', 'ARRAY'"


@dataclass(frozen=True)
class RawRows:
    """`sql` gives number, line, problem, each field as text under its name, and the timestamp also as `moment`.

    It reads the batch as table `incoming`, with the row's number, c0 (line), c1 (problem), c2 and so on. A timestamp that has a type
    keeps it. context, response and outcome are JSON objects in their compact form, null for anything else; what describes the offer and
    the creative stands in the lists `offer_parts` and `creative_parts`, by `DESCRIBED`. `text` is the SQL of the row's own text, out of
    the further column `own`. `time` says how timestamps are written, as `--time` does; where the rows are `timed`, each timestamp that
    there is has its moment. Rows that are `dear` take so long to read that it is done once.
    """

    sql: str
    text: str
    parameters: dict[str, list[str]] = field(default_factory=dict)
    time: str = ""
    dear: bool = False
    timed: bool = False

    def and_also(self, other: RawRows) -> RawRows:
        """The rows of both; what is not in their SQL they have in common."""
        sql = f"{self.sql}\n            union all by name{other.sql}"
        return replace(self, sql=sql, parameters=self.parameters | other.parameters,
                       dear=self.dear or other.dear, timed=self.timed and other.timed)


@dataclass(frozen=True)
class Prepared:
    """SQL for what columns of a batch hold ready.

    `compact` has it for fields whose objects are in their compact form already, or null, and `parted` for the members of some, by `DESCRIBED`.
    `moments` has it for times, by the SQL of their texts, and whether it gives all that are times; `sure` are the texts of columns of
    timestamps that all are.
    """

    compact: Table[str, str] = field(default_factory=dict)
    parted: Table[str, Sequence[str]] = field(default_factory=dict)
    moments: Table[str, tuple[str, bool]] = field(default_factory=dict)
    sure: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RowSet:
    """Which of the rows that a source row gives these are: the rule, its place among so many."""

    rule: RowRule | None = None
    nth: int = 0
    of: int = 1


def raw_rows(rows: JsonRows | ColumnRows, reading: Reading, mapping: Mapping, row_set: RowSet, prepared: Prepared) -> RawRows:
    """A batch's rows by a reading of them."""
    is_json, is_scanned = isinstance(rows, JsonRows), isinstance(rows, ScannedRows)
    rule = row_set.rule
    time = (rule.time if rule else "") or mapping.time
    texts = {key: _field_text(key, places, mapping) for key, places in reading.places.items()}
    moment = _first(_moment(place, time, mapping, prepared) for place in reading.places.get("timestamp", ()))
    match reading.places.get("timestamp"):
        case [Place(type=type_, sql=sql)] if type_ and not is_text(type_) and not rule:
            texts["timestamp"] = sql
    texts |= {key: quoted(value) for key, value in reading.given.items()}
    if value := reading.given.get("timestamp"):
        moment = f"coalesce({time_sql(quoted(value), '', mapping.timezone)}, {time_sql(quoted(value), time, mapping.timezone)})"
    if mapping.value and "interactionType" not in reading.given:
        texts |= _translated(texts, mapping, reading)
    if "interactionType" in texts:
        texts["id"] = _id(rows, reading, row_set, texts["id"])
        texts |= {key: _object(key, texts[key], rows, reading, mapping) for key in ("context", "response", "outcome")}
        texts |= {f"{key}_parts": f"[{', '.join(parts)}]" for key, parts in prepared.parted.items()}
        # Of these nothing else is asked.
        texts |= dict.fromkeys(prepared.parted, "null::varchar")
    texts |= prepared.compact

    parameters: dict[str, list[str]] = {}
    own, text = _own(rows, reading)
    complaint = _complaint(rows, reading)
    source = rows.sql(parameters, f"p{row_set.nth}") if isinstance(rows, JsonRows) else "incoming"
    fields = ",\n                ".join(f'{sql} as "{key}"' for key, sql in texts.items())
    sql = f"""
            select
                number * {row_set.of} + {row_set.nth} as number,
                c0 as line,
                {complaint} as problem,
                {own} as own,
                {fields},
                ({moment})::timestamp as moment
            from {source}{_condition(reading, mapping, row_set, is_json and not is_scanned)}"""
    if "interactionType" in texts:
        sql = _with_objects(sql, prepared)
    dear = bool(mapping.rows or mapping.records or (is_json and not is_scanned))
    timed = not time and "timestamp" not in reading.given and all(
        place.text in prepared.sure or prepared.moments.get(place.text, ("", False))[1] for place in reading.places.get("timestamp", ()))
    return RawRows(sql, text, parameters, time, dear, timed)


def _with_objects(sql: str, prepared: Prepared) -> str:
    """The same rows with objects as `RawRows` has them."""
    objects = {
        key: f"coalesce({key}, '{{}}')" if key in prepared.compact else compact_object(key) for key in ("context", "response", "outcome")
    }
    parts = ", ".join(f"{key}_parts" if key in prepared.parted else f"{parts_of(key, key)} as {key}_parts" for key in DESCRIBED)
    parted = ", ".join(f"{key}_parts" for key in prepared.parted)
    return f"""
            select * {f"exclude ({parted}) " if parted else ""}replace ({', '.join(f'{sql} as {key}' for key, sql in objects.items())}), {parts}
            from ({sql})"""


def _field_text(key: str, places: tuple[Place, ...], mapping: Mapping) -> str:
    for place in places:
        if place.type and (is_list(place.type) or (key not in OBJECTS and place.type.num_fields)):
            raise StoreError(f"column {place.name} holds {place.type}, from which {key} cannot be read.")
    return _first(_without_words(place.text, mapping) for place in places)


def _without_words(text: str, mapping: Mapping) -> str:
    return f"case when {text} not in ({', '.join(map(quoted, mapping.null))}) then {text} end" if mapping.null else text


def _moment(place: Place, time: str, mapping: Mapping, prepared: Prepared) -> str:
    if place.type and not is_text(place.type):
        moment = typed_time_sql(place.sql, place.type, time, mapping.timezone)
        if not moment:
            raise StoreError(f"column {place.name} holds {place.type}, from which timestamp cannot be read.")
        return moment
    text = _without_words(place.text, mapping)
    # Named, so that it stands once in what speaks of it many times.
    moment = f"list_transform([{text}], lambda spelled_time: {time_sql('spelled_time', time, mapping.timezone)})[1]"
    if time or place.text not in prepared.moments:
        return moment
    known, is_complete = prepared.moments[place.text]
    if mapping.null:
        known = f"case when {text} is not null then {known} end"
    return known if is_complete else f"coalesce({known}, {moment})"


def _translated(texts: dict[str, str], mapping: Mapping, reading: Reading) -> dict[str, str]:
    """The type in the words of the mapping; the outcome key follows it unless it is mapped itself."""
    text = texts["interactionType"]
    folded: dict[str, set[str]] = {}
    for word, type_ in mapping.value:
        folded.setdefault(word.lower(), set()).add(type_)
    exact = " ".join(f"when {quoted(word)} then {quoted(type_)}" for word, type_ in mapping.value)
    alike = " ".join(f"when {quoted(word)} then {quoted(min(types))}" for word, types in folded.items() if len(types) == 1)
    word = f"coalesce(case {text} {exact} end, {f'case lower({text}) {alike} end' if alike else 'null'})"
    translated = {"interactionType": f"coalesce({word}, {text})"}
    if "outcomeTypeKey" not in reading.mapped:
        translated["outcomeTypeKey"] = f"case when {word} is null then {texts['outcomeTypeKey']} end"
    return translated


def _id(rows: JsonRows | ColumnRows, reading: Reading, row_set: RowSet, text: str) -> str:
    name = f" || {quoted('-' + row_set.rule.name)}" if row_set.rule else ""
    if reading.ids is None:
        own = row_set.rule and any(field == "id" for field in (*(f for _, f in row_set.rule.map), *(f for f, _ in row_set.rule.set)))
        return text if own else f"{text}{name}"
    if reading.ids:
        key = f"to_json([{', '.join(f'({place.text})::varchar' for place in reading.ids)}])"
    elif isinstance(rows, JsonRows):
        key = rows.whole
    else:
        key = f"to_json([{', '.join(f'c{number}::varchar' for number in rows.numbers())}])"
    return f"md5({key}::varchar){name}"


def _object(key: str, base: str, rows: JsonRows | ColumnRows, reading: Reading, mapping: Mapping) -> str:
    """The text of a field that holds an object: what is read as it, what is left of the row, and what is mapped to its members."""
    members = [(target.members, f"to_json({quoted(value)})::varchar") for target, value in reading.given_members if target.field == key]
    members += [(target.members, place.json) for target, place in reading.members if target.field == key]
    if key == mapping.rest:
        rest = rest_of(rows, reading.kept)
        base = rest if base == "null::varchar" else merged(rest, f"coalesce({base}, '{{}}')")
    if not members:
        return base
    named = object_sql(members)
    return named if base == "null::varchar" else merged(base, named)


def _own(rows: JsonRows | ColumnRows, reading: Reading) -> tuple[str, str]:
    """SQL for what a row's own text is made from, and for that text out of it."""
    if isinstance(rows, JsonRows):
        return "c2", "own"
    shown = [number for number in rows.numbers() if rows.label(number) in {place.column for place in reading.taken}]
    columns = ", ".join(f"c{number} := c{number}" for number in shown) or "line := c0"
    texts = ", ".join(f"{quoted(rows.label(number))}, own.c{number}" for number in shown) or "'line', own.line"
    return f"struct_pack({columns})", f"json_object({texts})::varchar"


def _complaint(rows: JsonRows | ColumnRows, reading: Reading) -> str:
    """SQL for what is wrong with a row, or null."""
    complaints: list[str] = []
    kinds: list[str] = []
    in_texts: list[str] = []
    for key, places in reading.places.items():
        for place in places if key not in OBJECTS and key not in reading.given else ():
            if place.kind:
                refused = _NESTED if key in reading.mapped else _NO_TEXT
                complaints.append(f"case when {place.kind} in ({refused}) then {quoted(place.name + ' is not text')} end")
                (kinds if place.kind.startswith("kinds[") else in_texts).append(place.kind)
    told = f"nullif(concat_ws('; ', {', '.join(complaints)}), '')" if complaints else "null"
    cases = ["when c1 is not null then c1"]
    if isinstance(rows, JsonRows) and not isinstance(rows, ScannedRows):
        cases += ["when kinds is null then 'this is not JSON'", "when kinds[1] != 'OBJECT' then 'this is not a JSON object'"]
        if kinds:
            last = max(int(kind[len("kinds["):-1]) for kind in kinds)
            cases.append(f"when list_has_any(kinds[2:{last}], [{_NO_TEXT}]) then {told}")
    if in_texts:
        cases.append(f"when {' or '.join(f'({kind}) in ({_NO_TEXT})' for kind in in_texts)} then {told}")
    return f"case {' '.join(cases)} end"


def _condition(reading: Reading, mapping: Mapping, row_set: RowSet, is_json: bool) -> str:
    if not row_set.rule:
        return ""
    conditions = [_holds(place.text if place else "null::varchar", texts, mapping) for place, texts in reading.when]
    if reading.timed is not None:
        conditions.append(f"({' or '.join(f'{_without_words(place.text, mapping)} is not null' for place in reading.timed) or 'false'})")
    broken = "c1 is not null" + (" or kinds is null or kinds[1] != 'OBJECT'" if is_json else "")
    taken = " and ".join(conditions) or "true"
    # A row that cannot be read at all is told of once.
    return f"\n            where {broken} or {taken}" if row_set.nth == 0 else f"\n            where not ({broken}) and {taken}"


def _holds(text: str, texts: tuple[str, ...], mapping: Mapping) -> str:
    value = _without_words(text, mapping)
    if "*" in texts:
        return f"{value} is not null"
    none = f" or {value} is null" if "" in texts else ""
    return f"(coalesce({text}, '') in ({', '.join(map(quoted, texts))}){none})"


def _first(texts: Iterable[str]) -> str:
    texts = list(texts)
    return f"coalesce({', '.join(texts)})" if len(texts) > 1 else texts[0] if texts else "null::varchar"
