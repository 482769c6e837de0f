"""The mapping that would read a file, guessed from the names of its columns and what they hold, and the flags that say it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from data.mapping.fields import ENTITY_FIELDS, RECORD_FIELDS
from data.mapping.mapping import NO_MAPPING, Mapping
from data.mapping.money import amount_sql
from data.mapping.paths import path_of, plain
from data.mapping.presets import PRESETS, preset
from data.mapping.samples import Column, Sample, read_as
from data.mapping.synonyms import NAMES, nearness, type_meant, words_of
from data.mapping.time_remedies import formats_sql, number_remedy_sql
from data.mapping.times import time_sql

REQUIRED = ("id", "customerId", "interactionType", "timestamp")
# The texts of a column that are tried as times.
_TRIED = 100
_MOST_TYPES, _MOST_VALUES = 50, 12
_ENOUGH = 0.9
# What a column is worth whose name says nothing.
_CONTENT = 50


@dataclass(frozen=True)
class Suggestion:
    """A mapping that would read a file, or the preset that does, and the required fields that nothing was found for.

    `describes` is offers, creatives or channels where the file is no log and describes those.
    """

    mapping: Mapping
    preset: str = ""
    missing: tuple[str, ...] = ()
    describes: str = ""

    @property
    def flags(self) -> str:
        return f"--as {self.preset}" if self.preset else flags_of(self.mapping)

    def __str__(self) -> str:
        if self.describes:
            return f"it has neither times nor customers, and seems to describe {self.describes}; try: --{self.describes} FILE {self.flags}".rstrip()
        flags = " ".join([self.flags, *(f"--map COLUMN={field}" for field in self.missing)]).strip()
        given = " (or --set interactionType=convert, where all rows are of one type)" if "interactionType" in self.missing else ""
        return f"try: {flags}{given}" if flags else ""


@dataclass(frozen=True)
class _Times:
    """How a column's texts are written as times: the share that `time` reads."""

    time: str
    share: float


def suggestion(cursor: duckdb.DuckDBPyConnection, sample: Sample, mapping: Mapping = NO_MAPPING) -> Suggestion:
    """What would read a file of these first rows, also where each holds a list of records; what `mapping` says to read lists from is so."""
    found = suggestion_of(cursor, sample.columns(mapping.records))
    time = next((path for path, field in found.mapping.map if field == "timestamp"), "")
    records, _, within = time.rpartition("[0].")
    if mapping.records:
        return replace(found, mapping=replace(found.mapping, records=mapping.records))
    if not within or "[" in records or '"' in records:
        return found
    inner = suggestion_of(cursor, sample.columns(records))
    return replace(inner, mapping=replace(inner.mapping, records=records)) if not inner.preset else found


def suggestion_of(cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> Suggestion:
    """What would read a file of these columns; of its flags only those that are needed."""
    times = _times(cursor, columns)
    if fitting := _fitting_preset(columns, times):
        return Suggestion(preset(fitting), fitting)
    chosen: dict[str, Column] = {}
    for field in ("timestamp", "interactionType", "customerId", "id", "offerId", "creativeId", "channelId", "direction", "outcome.conversionValue"):
        best = max(((_score(column, field, times), column) for column in columns if column not in chosen.values()),
                   key=lambda scored: scored[0], default=None)
        if best and best[0] > 0:
            chosen[field] = best[1]
    mapping = Mapping(
        map=tuple((column.path, field) for field in NAMES if (column := chosen.get(field)) and not _is_read_anyway(column, field, columns)),
        value=_values(chosen.get("interactionType")),
        time=times[chosen["timestamp"].path].time if "timestamp" in chosen and chosen["timestamp"].path in times else "",
        id_from=() if "id" in chosen else ("row",),
        decimal=_decimal(cursor, chosen.get("outcome.conversionValue")),
    )
    read = {field for fields in read_as(columns, NO_MAPPING).values() for field in fields} | {*chosen}
    if not {"customerId", "timestamp"} & read and (entities := _entities(columns)):
        return entities
    return Suggestion(mapping, missing=tuple(field for field in REQUIRED if field != "id" and field not in read))


def _entities(columns: Sequence[Column]) -> Suggestion | None:
    """How to read a file whose rows describe offers, creatives or channels, each once."""
    by_path = {plain(column.path): column for column in columns}
    for name in PRESETS:
        own = [(path, field) for path, field in preset(name).map if field.partition(".")[0] in ENTITY_FIELDS]
        if own and all(plain(path.removesuffix("?")) in by_path for path, _ in own):
            return Suggestion(preset(name), name, describes=own[0][1].partition(".")[0])
    ids = [column for column in columns if nearness(column.name, "id") and len({*column.texts}) == len(column.values)]
    names = [column for column in columns if words_of(column.name)[-1:] in (("name",), ("title",), ("label",), ("description",))]
    if not ids or not names:
        return None
    id = max(ids, key=lambda column: nearness(column.name, "id"))
    kind = next((kind for kind in ("channels", "creatives") if words_of(id.name)[0] == kind.removesuffix("s")), "offers")
    chosen = [(column, field) for column, field in ((id, "id"), (names[0], "name")) if plain(column.path) != field]
    return Suggestion(Mapping(map=tuple((column.path, f"{kind}.{field}") for column, field in chosen)), describes=kind)


def flags_of(mapping: Mapping) -> str:
    """The flags that say a mapping, as one writes them in a shell."""
    words = [word for path, field in mapping.map for word in ("--map", f"{path}={field}")]
    words += [word for field, value in mapping.set for word in ("--set", f"{field}={value}")]
    words += [word for text, type in mapping.value for word in ("--value", f"{text}={type}")]
    for flag in ("time", "timezone", "decimal", "rest", "records", "encoding"):
        words += [f"--{flag}", getattr(mapping, flag)] if getattr(mapping, flag) else []
    words += ["--id-from", ",".join(mapping.id_from)] if mapping.id_from else []
    words += [word for text in mapping.null for word in ("--null", text)]
    return shlex.join(words)


def _times(cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> dict[str, _Times]:
    """Of each column that holds times, how they are written."""
    tried = [(place, text) for place, column in enumerate(columns) for text in column.texts[:_TRIED] if any(sign.isdigit() for sign in text)]
    if not tried:
        return {}
    places, texts = zip(*tried, strict=True)
    cursor.register("tried", pa.table({"place": pa.array(places, pa.int32()), "text": pa.array(texts, pa.string())}))
    ways = cursor.execute(f"""
        with ways as (
            select place, case
                when {time_sql("text")} is not null then ['']
                when {number_remedy_sql("text")} is not null then [trim({number_remedy_sql("text")}, '''')]
                else list_distinct({formats_sql("text")})
            end as ways
            from tried
        )
        select place, way, count(*)
        from (select place, unnest(ways) as way from ways)
        group by place, way
        order by place, count(*) desc, contains(way, '%p') = starts_with(way, '%m') desc, way
    """).fetchall()
    cursor.unregister("tried")
    found: dict[str, _Times] = {}
    for place, way, count in ways:
        column = columns[place]
        if column.path not in found:
            found[column.path] = _Times(way, count / min(len(column.texts), _TRIED))
    return found


def _score(column: Column, field: str, times: dict[str, _Times]) -> int:
    """How well a column is this field: by its name, and by what it holds; none where that speaks against it."""
    texts = column.texts
    if not texts or texts[0].startswith("{"):
        return 0
    name = nearness(column.name, field) or _speaks_for_itself(column, field, times)
    if not name:
        return 0
    # Of two columns with names as near, the one less deep.
    score = name - column.path.count(".") - (0 if column.path.rpartition(".")[0] == "" else 3)
    distinct, full = len(set(texts)), len(texts) / len(column.values)
    is_time = column.path in times and times[column.path].share >= _ENOUGH
    numeric = all(text.lstrip("-+").replace(".", "", 1).isdigit() for text in texts)
    match field:
        case "timestamp":
            return score + 400 if is_time else score - 400
        case "id":
            return score if distinct == len(column.values) and (distinct > 1 or plain(column.path) == "id") else 0
        case "interactionType":
            few = distinct <= _MOST_TYPES and not (is_time or numeric)
            said = any(type_meant(text) for text in set(texts))
            return (score + 300 * said - 300 * (distinct == 1 and not said)) if few and full >= _ENOUGH else 0
        case "customerId":
            return score if full >= _ENOUGH and not is_time else score // 10
        case "outcome.conversionValue" if "unit" in words_of(column.name):
            return 0
        case "outcome.conversionValue":
            return score if sum(any(sign.isdigit() for sign in text) for text in texts) == len(texts) and not is_time else 0
        case _:
            return score if not is_time else 0


def _speaks_for_itself(column: Column, field: str, times: dict[str, _Times]) -> int:
    """How well a column is this field by what it holds alone: times that are no bare numbers, or words of which most mean a type."""
    words = set(column.texts)
    if field == "timestamp":
        return _CONTENT if not all(text.replace(".", "", 1).isdigit() for text in words) else 0
    meant = [word for word in words if type_meant(word)]
    return _CONTENT if field == "interactionType" and len(meant) * 2 > len(words) and column.path not in times else 0


def _is_read_anyway(column: Column, field: str, columns: Sequence[Column]) -> bool:
    """Whether a column is read as this field without being mapped, and before any other."""
    known = next((one for one in RECORD_FIELDS if one.name == field), None)
    if known is None:
        return column.path == field
    names = [plain(name) for name in known.names]
    present = [one.path for one in columns if plain(one.path) in names]
    return bool(present) and column.path == min(present, key=lambda path: names.index(plain(path)))


def _values(column: Column | None) -> tuple[tuple[str, str], ...]:
    """The words of the types that mean one that counts, and are not that word already."""
    words = sorted(set(column.texts)) if column else []
    meant = [(word, type) for word in words if (type := type_meant(word)) and word != type]
    return tuple(meant[:_MOST_VALUES])


def _decimal(cursor: duckdb.DuckDBPyConnection, column: Column | None) -> str:
    if column is None or not column.texts:
        return ""
    cursor.register("tried", pa.table({"text": pa.array(column.texts, pa.string())}))
    [(as_they_are, comma, point)] = cursor.execute(f"""
        select count({amount_sql("text")}), count({amount_sql("text", ",")}), count({amount_sql("text", ".")})
        from tried
    """).fetchall()
    cursor.unregister("tried")
    if as_they_are == len(column.texts) or max(comma, point) <= as_they_are:
        return ""
    return "," if comma > point else "."


def _fitting_preset(columns: Sequence[Column], times: dict[str, _Times]) -> str:
    """The shipped mapping that most paths of a file fit; nothing where none fits wholly."""
    fits = [(count, name) for name in PRESETS if (count := _fit(preset(name), columns, times))]
    return max(fits)[1] if fits else ""


def _fit(mapping: Mapping, columns: Sequence[Column], times: dict[str, _Times]) -> int:
    """How many paths of a mapping a file has; none where it lacks one that it must have, or the texts are others."""
    by_path = {plain(column.path): column for column in columns}
    own = [(path, field) for path, field in mapping.map if field.partition(".")[0] not in ("offers", "creatives", "channels")]
    paths = [path_of(path) for path, _ in own] + [path_of(path) for rule in mapping.rows for path, _ in (*rule.map, *rule.when)]
    found = [path for path in paths if path.position or plain(path.text.removesuffix("?")) in by_path]
    if any(path not in found for path in paths if not path.optional):
        return 0
    read = [(field, column) for path, field in own if (column := by_path.get(plain(path.removesuffix("?"))))]
    words = {text.casefold() for text, _ in mapping.value}
    if words and not words & {text.casefold() for field, column in read if field == "interactionType" for text in column.texts}:
        return 0
    if any(not _reads(mapping.time, times.get(column.path)) for field, column in read if field == "timestamp" and column.texts):
        return 0
    return len(found)


def _reads(time: str, found: _Times | None) -> bool:
    return "since" in time or (found is not None and found.share >= _ENOUGH and (found.time == time or {found.time, time} <= {"", "milliseconds"}))

