"""Where a path leads in rows that are columns with types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from data.mapping.paths import Path, Step
from data.mapping.places import Document, Documents, Place, fitting, place_of_constant, quoted, read_in_text
from data.store.limits import StoreError


@dataclass(frozen=True)
class Part:
    """A column, or what stands within it: its SQL and its type, or SQL for text, kind and JSON of a value in a text."""

    sql: str
    type: pa.DataType
    read: tuple[str, str, str] | None = None


@dataclass
class ColumnRows:
    """Rows in the columns c2 and on of `incoming`, which `schema` names and types."""

    documents: Documents
    place: dict[str, str]
    schema: pa.Schema

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*map(self.label, self.numbers()), *self.place]))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.schema.names[2:], *self.place]))

    def numbers(self) -> range:
        """The numbers of the file's own columns."""
        return range(2, len(self.schema))

    def label(self, number: int) -> str:
        """What a column is called: its name, or its position where it has none of its own."""
        name = self.schema.names[number]
        return name if name and self.schema.names[2:].count(name) == 1 else f"#{number - 1}"

    def type(self, number: int) -> pa.DataType:
        return plain_type(self.schema.field(number).type)

    def find(self, path: Path) -> Place | None:
        if path.position:
            number = path.position + 1
            if number not in self.numbers():
                raise StoreError(f"{path.text}: there are {len(self.numbers())} columns.")
            return self._column(path.text, number)
        for whole in (path.text, path.whole):
            if whole and (number := self._number(whole)):
                return self._column(path.text, number)
            if whole in self.place:
                return place_of_constant(path.text, self.place[whole])
        names = [*self.schema.names[2:], *self.place]
        if path.whole and (fit := fitting(path.whole, names)):
            return self._column(path.text, self._number(fit)) if self._number(fit) else place_of_constant(fit, self.place[fit])
        first, *rest = path.steps
        fit = fitting(str(first), names)
        if fit is None or not (number := self._number(fit)):
            return None
        for part, taken in self._walk(Part(f"c{number}", self.type(number)), tuple(rest), ()):
            return self._place(path.text, number, part, (self.label(number), *taken) if not part.read else ())
        return None

    def _number(self, name: str) -> int:
        """The number of the column of a name, 0 for none."""
        numbers = [number for number in self.numbers() if self.schema.names[number] == name]
        if len(numbers) > 1:
            raise StoreError(f"there are columns {' and '.join(f'#{number - 1}' for number in numbers)} of the name '{name}': "
                             f"map the one that is meant by its position, as '#{numbers[0] - 1}'.")
        return numbers[0] if numbers else 0

    def _column(self, name: str, number: int) -> Place:
        return self._place(name, number, Part(f"c{number}", self.type(number)), (self.label(number),))

    def _place(self, name: str, number: int, part: Part, taken: tuple[Step, ...]) -> Place:
        if part.read:
            text, kind, value = part.read
            return Place(name, self.label(number), text, value, kind=kind)
        return Place(name, self.label(number), text_of(part.sql, part.type), json_of(part.sql, part.type), taken, part.type, part.sql)

    def _walk(self, part: Part, left: tuple[Step, ...], taken: tuple[Step, ...]) -> Iterator[tuple[Part, tuple[Step, ...]]]:
        if not left:
            yield part, taken
            return
        kind, step = part.type, left[0]
        if pa.types.is_struct(kind):
            fit = fitting(str(step), [field.name for field in kind])
            if fit is not None:
                yield from self._walk(
                    Part(f"struct_extract({part.sql}, {quoted(fit)})", plain_type(kind.field(fit).type)), left[1:], (*taken, fit))
        elif pa.types.is_map(kind):
            yield from self._walk(Part(f"{part.sql}[{quoted(str(step))}]", plain_type(kind.item_type)), left[1:], (*taken, step))
        elif is_list(kind) and isinstance(step, int):
            yield from self._walk(Part(f"{part.sql}[{step + 1}]", plain_type(kind.value_type)), left[1:], (*taken, step))
        elif is_text(kind):
            text = text_of(part.sql, kind)
            root = Document(f"case when regexp_matches({text}, '^\\s*[{{\\[]') then {text} end")
            for document, steps in self.documents.walk(root, (), left):
                yield Part(text, pa.string(), read_in_text(document.sql, steps)), ()


def plain_type(type_: pa.DataType) -> pa.DataType:
    return type_.value_type if pa.types.is_dictionary(type_) else type_


def is_text(type_: pa.DataType) -> bool:
    """Whether a column of this type, or a dictionary's values, are texts."""
    type_ = plain_type(type_)
    return is_binary(type_) or any(test(type_) for test in (
        pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null,
    ))


def is_binary(type_: pa.DataType) -> bool:
    return any(test(type_) for test in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_fixed_size_binary))


def is_list(type_: pa.DataType) -> bool:
    return any(test(type_) for test in (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list))


def text_of(sql: str, type_: pa.DataType) -> str:
    """SQL for a value as text; null for none and an empty one."""
    if pa.types.is_nested(type_):
        text = f"to_json({sql})::varchar"
        # A struct has every member in every row: one that is null was not logged.
        return f"json_merge_patch('{{}}', {text})::varchar" if pa.types.is_struct(type_) else text
    return f"nullif(decode({sql}), '')" if is_binary(type_) else f"nullif({sql}::varchar, '')"


def json_of(sql: str, type_: pa.DataType) -> str:
    """SQL for a value as JSON text; null for none and an empty one, and for a number that JSON has not."""
    if pa.types.is_nested(type_):
        return f"nullif({text_of(sql, type_)}, 'null')"
    if is_text(type_):
        return f"to_json(try({text_of(sql, type_)}))::varchar"
    return f"case when isfinite({sql}) then to_json({sql})::varchar end" if pa.types.is_floating(type_) else f"to_json({sql})::varchar"
