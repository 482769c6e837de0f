"""Where a value goes: a field, a member of one that holds an object, or a field of a file that describes entities."""

from __future__ import annotations

from dataclasses import dataclass, replace

from data.mapping.fields import ENTITY_FIELDS, RECORD_FIELDS, Field
from data.mapping.mapping import Mapping, Pairs
from data.mapping.money import checked_decimal
from data.mapping.paths import names_of, path_of
from data.mapping.times import checked_time, checked_zone
from data.store.limits import StoreError

MEMBERS_OF = ("context", "response", "outcome")


@dataclass(frozen=True)
class Target:
    field: str
    members: tuple[str, ...] = ()


def target_of(text: str, fields: tuple[Field, ...], flag: str) -> Target:
    """What a FIELD means in a file of these fields; `StoreError` where it means none."""
    known = {name: field.name for field in fields for name in field.names}
    if text in known:
        return Target(known[text])
    whole, dot, member = text.partition(".")
    if dot and whole in MEMBERS_OF and whole in known:
        return Target(whole, names_of(member))
    objects = f", and context.NAME, response.NAME, outcome.NAME such as outcome.conversionValue, {_KINDS}" if fields is RECORD_FIELDS else ""
    raise StoreError(f"{flag}: there is no field '{text}'. Fields: {', '.join(dict.fromkeys(field.name for field in fields))}{objects}.")


_KINDS = "or offers.NAME, creatives.NAME, channels.NAME for the files of those"


def mapping_of_log(mapping: Mapping) -> Mapping:
    """What a mapping says of the log itself."""
    return replace(mapping, map=_own(mapping.map, 1), set=_own(mapping.set, 0))


def mapping_of_kind(mapping: Mapping, kind: str, *, alone: bool) -> Mapping:
    """What a mapping says of the files of a kind: of its own fields, and where no log is loaded beside them also of fields without the kind.

    Where it tells the kind's fields from the log's, as presets do, those of the log are left out. How texts and files are read holds for them too.
    """
    prefix = f"{kind}."
    both = replace(
        mapping,
        map=tuple((path, field.removeprefix(prefix)) for path, field in mapping.map if field.startswith(prefix)),
        set=tuple((field.removeprefix(prefix), value) for field, value in mapping.set
                  if field.startswith(prefix) or target_is(field, "tenantId")),
        value=(), id_from=(), rest="", rows=(), time="", select="" if not alone else mapping.select,
    )
    if not alone:
        return replace(both, records="", member="")
    own = mapping_of_log(mapping)
    if both.map:
        names = {name for field in ENTITY_FIELDS[kind] for name in field.names}
        own = replace(own, map=tuple(pair for pair in own.map if pair[1] in names), set=tuple(pair for pair in own.set if pair[0] in names))
    return replace(both, map=both.map + own.map, set=both.set + own.set)


def _own(pairs: Pairs, place: int) -> Pairs:
    return tuple(pair for pair in pairs if pair[place].partition(".")[0] not in ENTITY_FIELDS)


def target_is(field: str, name: str) -> bool:
    return any(field in known.names for known in RECORD_FIELDS if known.name == name)


def check_mapping(mapping: Mapping, kinds: tuple[str, ...]) -> None:
    """`StoreError` where a pair is none, a field does not exist, or flags do not go together; `kinds` are those of the files beside no log."""
    fields = tuple(field for kind in kinds for field in ENTITY_FIELDS[kind]) or RECORD_FIELDS
    if any(field.partition(".")[0] in kinds for _, field in mapping.map):
        # It tells the fields of both apart.
        fields = (*fields, *RECORD_FIELDS)
    rules = mapping.rows
    for path, field in (*mapping.map, *(pair for rule in rules for pair in rule.map)):
        path_of(path)
        _check_field(field, fields, f"--map {path}={field}")
    for field, value in (*mapping.set, *(pair for rule in rules for pair in rule.set)):
        _check_field(field, fields, f"--set {field}={value}")
    for path in (*(path for rule in rules for path, _ in rule.when), *(() if mapping.id_from == ("row",) else mapping.id_from)):
        path_of(path)
    if mapping.rest not in ("", "context"):
        raise StoreError(f"--rest takes context, not '{mapping.rest}'.")
    for time in filter(None, (mapping.time, *(rule.time for rule in rules))):
        checked_time(time)
    if mapping.timezone:
        checked_zone(mapping.timezone)
    if mapping.decimal:
        checked_decimal(mapping.decimal)


def _check_field(text: str, fields: tuple[Field, ...], flag: str) -> None:
    kind, dot, name = text.partition(".")
    if dot and kind in ENTITY_FIELDS:
        target_of(name, ENTITY_FIELDS[kind], flag)
    else:
        target_of(text, fields, flag)
