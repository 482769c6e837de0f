"""The menus that say how a file is read: which column is which field, fixed values, how times and sums of money are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import available_timezones

import streamlit as st

from data.loading.preview import PreviewColumn
from data.mapping.mapping import Mapping
from ui.words.numbers import NOTHING

ROW = ("row",)
_NONE, _FIXED, _FROM_ROW = "", "\0fixed", "\0row"


@dataclass(frozen=True)
class MenuField:
    """A field that a menu gives a column; `may_be_fixed` is whether one value may stand for all rows."""

    name: str
    label: str
    required: bool = False
    may_be_fixed: bool = True


FIELDS = (
    MenuField("id", "Id", True, False),
    MenuField("customerId", "Customer", True),
    MenuField("interactionType", "Type", True),
    MenuField("timestamp", "Time", True, False),
    MenuField("offerId", "Offer"),
    MenuField("offerName", "Offer's name"),
    MenuField("creativeId", "Creative"),
    MenuField("channelId", "Channel"),
    MenuField("direction", "Direction"),
    MenuField("outcomeTypeKey", "Outcome"),
    MenuField("outcome.conversionValue", "Value"),
)

TIMES = {
    "": "ISO 8601",
    "seconds": "Seconds since 1970",
    "milliseconds": "Milliseconds since 1970",
    "microseconds": "Microseconds since 1970",
    "nanoseconds": "Nanoseconds since 1970",
    "excel": "Days of a spreadsheet",
}
COMMAND = "python -m data load FILE"
_FLAGS_ARE = f"Such a flag is for the command line: {COMMAND}"
ENCODINGS = {
    "": "UTF-8",
    "cp1252": "Windows (cp1252)",
    "cp1250": "Windows (cp1250)",
    "iso-8859-15": "ISO 8859-15",
    "mac-roman": "Mac",
}
DECIMALS = {"": "1234.56", ".": "1,234.56 $", ",": "1.234,56 €"}


class MappingForm:
    """The menus over a file's columns; `base` is the mapping that they begin with, `key` tells the file's menus from another's."""

    def __init__(self, base: Mapping, columns: Sequence[PreviewColumn], key: str):
        self._base = base
        self._columns = {column.path: column for column in columns}
        self._key = key

    def draw(self) -> Mapping:
        """Draws the menus, and answers with the mapping that they say."""
        mapping = self._base
        with st.container(key="mapping_fields"):
            for field in FIELDS:
                mapping = self._draw_field(field, mapping)
        with st.container(key="mapping_ways"):
            return self._draw_ways(mapping)

    def _draw_field(self, field: MenuField, mapping: Mapping) -> Mapping:
        begins = self._begins_with(field)
        options = [*self._columns, *([_FROM_ROW] if field.name == "id" else []), *([_FIXED] if field.may_be_fixed else []), _NONE]
        if begins not in options:
            options.insert(0, begins)
        chosen = st.selectbox(
            field.label, options, index=options.index(begins), key=f"{self._key}_{field.name}", format_func=self._option_label,
        )
        fixed = dict(self._base.set).get(field.name, "")
        if chosen == _FIXED:
            value = st.text_input(f"{field.label} of every row", fixed, key=f"{self._key}_{field.name}_fixed")
            return with_field(mapping, field.name, value=value)
        if chosen == begins:
            return mapping
        if chosen == _FROM_ROW:
            unmapped = with_field(mapping, "id")
            return replace(unmapped, set=tuple(pair for pair in unmapped.set if pair[0] != "id"), id_from=ROW)
        return with_field(mapping, field.name, path=chosen or None)

    def _begins_with(self, field: MenuField) -> str:
        """What the menu of a field shows at first."""
        if field.name in dict(self._base.set):
            return _FIXED if dict(self._base.set)[field.name] else _NONE
        if field.name == "id" and self._base.id_from:
            return _FROM_ROW if self._base.id_from == ROW else f"\0{', '.join(self._base.id_from)}"
        mapped = [path.removesuffix("?") for path, name in self._base.map if name == field.name]
        if mapped:
            return next((path for path in mapped if path in self._columns), mapped[0])
        taken = {path.removesuffix("?") for path, _ in self._base.map}
        named = (column.path for column in self._columns.values() if field.name in (*column.fields, column.path))
        return next((path for path in named if path not in taken), _NONE)

    def _option_label(self, option: str) -> str:
        match option:
            case str(_) if option == _NONE:
                return NOTHING
            case str(_) if option == _FIXED:
                return "The same in all …"
            case str(_) if option == _FROM_ROW:
                return "From the whole row"
            case str(_) if option.startswith("\0"):
                return f"From {option[1:]}"
        column = self._columns.get(option)
        return f"{option} · {', '.join(column.examples[:2])}" if column and column.examples else option

    def _draw_ways(self, mapping: Mapping) -> Mapping:
        """How the texts of columns are read."""
        times = list(dict.fromkeys([*TIMES, mapping.time]))
        time = st.selectbox("Times are written", times, index=times.index(mapping.time), key=f"{self._key}_time", accept_new_options=True,
                            format_func=lambda option: TIMES.get(option, option),
                            help="Or write a format, such as %d.%m.%Y %H:%M, or: hours since 2018-01-01")
        zones = list(dict.fromkeys(["", mapping.timezone, *sorted(available_timezones())]))
        zone = st.selectbox("Zone of times", zones, index=zones.index(mapping.timezone), key=f"{self._key}_zone",
                            format_func=lambda option: option or "UTC", help="Of those that name none.")
        marks = list(dict.fromkeys([*DECIMALS, mapping.decimal]))
        decimal = st.selectbox("Values are written", marks, index=marks.index(mapping.decimal), key=f"{self._key}_decimal",
                               format_func=lambda option: DECIMALS.get(option, option), filter_mode=None)
        encodings = list(dict.fromkeys([*ENCODINGS, mapping.encoding]))
        encoding = st.selectbox("Text is written in", encodings, index=encodings.index(mapping.encoding), key=f"{self._key}_encoding",
                                format_func=lambda option: ENCODINGS.get(option, option), filter_mode=None)
        rest = st.checkbox("Keep the other columns in the context", mapping.rest == "context", key=f"{self._key}_rest")
        return replace(mapping, time=time or "", timezone=zone, decimal=decimal, encoding=encoding, rest="context" if rest else "")


def in_menu_words(problem: str) -> str:
    """What is wrong with a file, with the menus' words in place of flags and fields, and what is left for the command line."""
    if "not like the names of columns" in problem:
        said, _, _ = problem.partition("\n")
        return f"{said} Write the columns' names into a first row, or name them with the command line: {COMMAND} --columns NAME,NAME"
    said = re.split(r"\n| (?:The|Its) columns are ", problem)[0]
    said = re.sub(r"(?<=no column is read as )[^,]*", _named, said)
    said = said.replace("so nothing can be loaded.", "so nothing can be loaded. Choose one in the menus.")
    said = re.sub(r"\S+(?= is missing)", _named, said)
    for time, label in TIMES.items():
        if time:
            said = re.sub(rf"(give|Say with) --time {time}\b", f"choose “{label}” under “Times are written”", said)
    said = re.sub(r"--time ('[^']+'|\S+?)(?=[,;:.)]|\s|$)", r"\1 under “Times are written”", said)
    said = re.sub(r"give --encoding.*", "choose another under “Text is written in”", said)
    said = re.sub(r", but --tenant is '([^']*)'.*", r", and this page loads rows of '\1' alone; --set tenantId=\1 makes all rows such.", said)
    said = said.replace("--decimal", "“Values are written”").replace("--timezone", "“Zone of times”")
    return f"{said} {_FLAGS_ARE}" if re.search(r"(^|\s)--[a-z]", said) else said


def _named(fields: re.Match[str]) -> str:
    """Names of fields as the menus call them."""
    labels = {field.name: f"“{field.label}”" for field in FIELDS}
    return " or ".join(labels.get(name, name) for name in fields.group().split(" or "))


def with_field(mapping: Mapping, name: str, path: str | None = None, value: str = "") -> Mapping:
    """The mapping with one field read from a path, or the same in all rows, and none where it is empty: also not from a column of its name."""
    return replace(
        mapping,
        map=(*(pair for pair in mapping.map if pair[1] != name), *([(path, name)] if path else [])),
        set=(*(pair for pair in mapping.set if pair[0] != name), *([] if path else [(name, value)])),
        id_from=() if name == "id" else mapping.id_from,
    )
