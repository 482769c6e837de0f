"""JSON documents, read piece by piece: their records as batches of raw rows."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from data.reading.batches import BATCH_BYTES, BATCH_ROWS, FIRST_ROWS, JSON_ROWS, LONGEST_ROW, not_text
from data.reading.json_shape import DECODER, DEEPEST, end_of_value, is_page, wrapped
from data.reading.options import ReadOptions
from data.store.limits import StoreError

_SPACE = re.compile(r"[ \t\r\n]*")
_PIECE = 1 << 22
# A record has less text than that. An object that has more is around its records, and is walked through.
_LONGEST_VALUE = 1 << 24
TOO_DEEP = f"the JSON is nested deeper than {DEEPEST} levels"

Record = tuple[int, str, str | None]


def document_batches(file: BinaryIO, options: ReadOptions) -> Iterator[pa.RecordBatch]:
    """The records of the document, each with the line it begins on; `StoreError` where the JSON itself is broken."""
    document = _Document(file, options)
    rows: list[Record] = []
    size, most = 0, FIRST_ROWS
    for record in document.records():
        rows.append(record)
        size += len(record[1])
        if len(rows) == most or size > BATCH_BYTES:
            yield _batch(rows)
            rows, size, most = [], 0, BATCH_ROWS
    if rows:
        yield _batch(rows)


def _batch(rows: list[Record]) -> pa.RecordBatch:
    lines, records, problems = zip(*rows, strict=True)
    return pa.record_batch([lines, problems, records], schema=JSON_ROWS)


class _Document:
    """The text from a place on, as much of it as is needed."""

    def __init__(self, file: BinaryIO, options: ReadOptions):
        self._file = file
        self._options = options
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._bytes = 0
        self._ended = False
        self._text = ""
        self._place = 0
        # The line and column of where the text begins, and how far lines have been counted.
        self._line, self._column = 1, 1
        self._counted = 0

    def records(self) -> Iterator[Record]:
        """The line and text of each record, and its problem."""
        first = True
        while sign := self._sign():
            if sign == "[":
                yield from self._array(1)
            else:
                yield from self._object(first) if sign == "{" else self._other()
            first = False

    def _array(self, depth: int) -> Iterator[Record]:
        """The records of an array, also of arrays and pages in it."""
        if depth > DEEPEST:
            raise StoreError("the JSON is nested too deeply.")
        self._place += 1
        if self._sign() == "]":
            self._place += 1
            return
        while True:
            match self._sign():
                case "[":
                    yield from self._array(depth + 1)
                case "{":
                    yield from self._object(False)
                case _:
                    yield from self._other()
            if self._closed("]"):
                return

    def _closed(self, bracket: str) -> bool:
        """Step over a comma, or the bracket."""
        sign = self._sign()
        if sign != "," and sign != bracket:
            raise self._broken("Expecting ',' delimiter", self._place)
        self._place += 1
        return sign == bracket

    def _other(self) -> Iterator[Record]:
        _, start = self._value()
        yield self._line_of(start), self._text[start:self._place], None

    def _object(self, may_be_alone: bool) -> Iterator[Record]:
        try:
            value, start = self._value()
        except RecursionError:
            yield self._deep()
            return
        except _LongerThanAValue:
            yield from self._members(may_be_alone)
            return
        end, held = self._place, "data" if is_page(value) else ""
        if not held and may_be_alone and not self._options.records and not self._sign():
            held = wrapped(value)
        self._place = end
        if held:
            for place, element_end in _elements(self._text, start, held):
                yield self._line_of(place), self._text[place:element_end], None
        else:
            yield self._line_of(start), self._text[start:end], None

    def _members(self, may_be_alone: bool) -> Iterator[Record]:
        """The records of an object that is too long to be one: those of its list of objects."""
        self._place += 1
        held = ""
        while True:
            if self._sign() != '"':
                raise self._broken("Expecting property name enclosed in double quotes", self._place)
            name, _ = self._value()
            if self._sign() != ":":
                raise self._broken("Expecting ':' delimiter", self._place)
            self._place += 1
            if self._sign() == "[" and (name == "data" or (may_be_alone and self._holds_objects())):
                if held:
                    raise StoreError(f"it holds two lists of records, '{held}' and '{name}': write the one that is the log to a file of its own.")
                held = name
                yield from self._array(1)
            else:
                self._value()
            if self._closed("}"):
                break
        if not held:
            raise StoreError(f"it is one object of more than {_LONGEST_VALUE:,} signs, and holds no list of records.")

    def _holds_objects(self) -> bool:
        after = _SPACE.match(self._text, self._place + 1)
        assert after
        return self._text[after.end():after.end() + 1] == "{"

    def _deep(self) -> Record:
        while (end := end_of_value(self._text, self._place)) < 0:
            if self._ended or len(self._text) - self._place > LONGEST_ROW:
                raise StoreError("the JSON is nested too deeply.")
            self._more()
        start, self._place = self._place, end
        return self._line_of(start), self._text[start:end], TOO_DEEP

    def _value(self) -> tuple[Any, int]:
        """The value at the place, which moves behind it, and where it began."""
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._place)
            except json.JSONDecodeError as problem:
                if self._ended:
                    raise self._broken(problem.msg, problem.pos) from problem
                if len(self._text) - self._place > _LONGEST_VALUE:
                    raise _LongerThanAValue(f"it holds a value of more than {_LONGEST_VALUE:,} signs that is no list of records.") from problem
            else:
                # A number may go on.
                if end < len(self._text) or self._ended:
                    start, self._place = self._place, end
                    return value, start
            self._more()

    def _sign(self) -> str:
        """The sign that comes next, behind white space; empty at the end."""
        if self._place > _PIECE:
            self._forget()
        while True:
            match = _SPACE.match(self._text, self._place)
            assert match
            self._place = match.end()
            if self._place < len(self._text) or self._ended:
                return self._text[self._place:self._place + 1]
            self._more()

    def _more(self) -> None:
        # As much again as there is: what is read anew in vain stays a share of it all.
        data = self._file.read(max(_PIECE, len(self._text) - self._place))
        self._ended = not data
        try:
            self._text += self._decoder.decode(data, self._ended)
        except UnicodeDecodeError as problem:
            held = len(problem.object) - len(data)
            raise StoreError(f"byte {self._bytes - held + problem.start + 1} {not_text(self._options.encoding)}.") from problem
        self._bytes += len(data)

    def _forget(self) -> None:
        """Drop the text before the place."""
        line = self._line_of(self._place)
        self._column = self._column_of(self._place)
        self._line, self._text, self._counted, self._place = line, self._text[self._place:], 0, 0

    def _line_of(self, place: int) -> int:
        """The line of a place; to be asked of places that ascend."""
        self._line += self._text.count("\n", self._counted, place)
        if self._text.rfind("\n", self._counted, place) >= 0:
            self._column = 1
        self._counted = max(place, self._counted)
        return self._line

    def _column_of(self, place: int) -> int:
        start = self._text.rfind("\n", 0, place)
        return place - start if start >= 0 else self._column + place

    def _broken(self, what: str, place: int) -> StoreError:
        line = self._line + self._text.count("\n", self._counted, place)
        return StoreError(f"the JSON is broken on line {line}, column {self._column_of(place)}: {what}.")


class _LongerThanAValue(StoreError):
    """A value is not over where any record would be."""


def _elements(text: str, start: int, held: str) -> Iterator[tuple[int, int]]:
    """Where the elements of the list `held` by the object at a place begin and end; pages among them give theirs."""
    place, found = _after(text, start + 1), -1
    while text[place] != "}":
        name, end = DECODER.raw_decode(text, place)
        place = _after(text, _after(text, end) + 1)
        if name == held:
            # Of several the last counts.
            found = place
        _, end = DECODER.raw_decode(text, place)
        place = _after_comma(text, end)
    place = _after(text, found + 1)
    while text[place] != "]":
        element, end = DECODER.raw_decode(text, place)
        if is_page(element):
            yield from _elements(text, place, "data")
        else:
            yield place, end
        place = _after_comma(text, end)


def _after(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _after_comma(text: str, place: int) -> int:
    place = _after(text, place)
    return _after(text, place + 1) if text[place] == "," else place
