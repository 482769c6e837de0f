"""The fields of a logged interaction: what each is called in the API, and by which other names a file may call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.store.limits import StoreError


@dataclass(frozen=True)
class Field:
    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a file may use, the best first."""
        snake = re.sub(r"[A-Z]", lambda capital: "_" + capital.group().lower(), self.name)
        return tuple(dict.fromkeys((self.name, snake, *self.aliases)))


RECORD_FIELDS = (
    Field("id", required=True),
    Field("tenantId"),
    Field("customerId", required=True),
    Field("offerId", aliases=("actionId", "action_id")),
    Field("creativeId", aliases=("treatmentId", "treatment_id")),
    Field("channelId"),
    Field("interactionType", required=True, aliases=("type",)),
    Field("outcomeTypeKey"),
    Field("direction"),
    Field("timestamp", required=True),
    Field("context"),
    Field("response"),
    Field("outcome"),
    Field("offer"),
    Field("creative"),
    Field("offerName"),
    Field("offerStatus"),
    Field("creativeName"),
    Field("channelName"),
)

ENTITY_FIELDS = {
    "offers": (Field("id", required=True), Field("tenantId"), Field("name", required=True), Field("status")),
    "creatives": (Field("id", required=True), Field("tenantId"), Field("name", required=True), Field("channelId")),
    "channels": (Field("id", required=True), Field("tenantId"), Field("name", required=True)),
}


@dataclass(frozen=True)
class ColumnMapping:
    """Which of a file's columns are read, the best first, for each field; and which are not."""

    columns: Mapping[str, tuple[str, ...]]
    ignored: tuple[str, ...]


def column_mapping(fields: tuple[Field, ...], columns: Iterable[str], renamed: Mapping[str, str]) -> ColumnMapping:
    """What a file with these columns is read as; `renamed` gives the field of a column that has a name of its own."""
    present = list(dict.fromkeys(columns))
    chosen = {}
    for field in fields:
        mapped = [column for column in present if renamed.get(column) == field.name]
        named = [column for column in field.names if column in present and column not in renamed]
        chosen[field.name] = tuple(mapped + named)
    read = {column for columns in chosen.values() for column in columns}
    return ColumnMapping(chosen, tuple(column for column in present if column not in read))


def renamed_columns(pairs: Iterable[str], fields: tuple[Field, ...] = RECORD_FIELDS) -> dict[str, str]:
    """The field's API name for each column of pairs `column=field`; `StoreError` for a pair or a field that is none."""
    known = {name: field.name for field in fields for name in field.names}
    renamed = {}
    for pair in pairs:
        column, sign, name = pair.rpartition("=")
        if not sign or not column:
            raise StoreError(f"--map takes COLUMN=FIELD, not '{pair}'.")
        if name not in known:
            raise StoreError(f"--map {pair}: there is no field '{name}'. Fields: {', '.join(f.name for f in fields)}.")
        renamed[column] = known[name]
    return renamed
