"""NDJSON and JSON documents, as batches of raw rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from data.reading.options import ReadOptions
from data.store.limits import StoreError

BATCH_ROWS = 250_000
# The first rows come soon: a file that cannot be used is found out by them.
FIRST_ROWS = 2_500
BATCH_BYTES = 1 << 26
FIRST_BYTES = 1 << 20

_FIRST_LINES = 10
# Lists of such names hold the records of an object that has more members than they have.
_WRAPPERS = {"events", "records", "results", "rows", "interactions"}

SCHEMA = pa.schema([("line", pa.int64()), ("problem", pa.string()), ("record", pa.string())])


def line_batches(file: BinaryIO, options: ReadOptions) -> Iterator[pa.RecordBatch]:
    """The non-blank lines, unparsed; a line that is not UTF-8 text has a problem."""
    line = 0
    while lines := file.readlines(BATCH_BYTES if line else FIRST_BYTES):
        if line == 0:
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
        yield _batch_of_lines(lines, line + 1)
        line += len(lines)


def _batch_of_lines(lines: list[bytes], first: int) -> pa.RecordBatch:
    numbers = range(first, first + len(lines))
    kept = [(number, line) for number, line in zip(numbers, lines, strict=True) if line.strip()]
    problems: list[str | None] = [None] * len(kept)
    try:
        records = [line.decode() for _, line in kept]
    except UnicodeDecodeError:
        records = []
        for place, (_, line) in enumerate(kept):
            try:
                records.append(line.decode())
            except UnicodeDecodeError as problem:
                problems[place] = f"byte {problem.start + 1} of the line is not UTF-8 text"
                records.append(line.decode(errors="replace"))
    return pa.record_batch([[number for number, _ in kept], problems, records], schema=SCHEMA)


_SPACE = re.compile(r"[ \t\r\n]*")


def document_batches(file: BinaryIO, options: ReadOptions) -> Iterator[pa.RecordBatch]:
    """The records of the document, each with the line it begins on; `StoreError` where the JSON itself is broken.

    The whole document is held in memory.
    """
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise StoreError(f"byte {problem.start + 1} is not UTF-8 text.") from problem
    lines: list[int] = []
    records: list[str] = []
    line, counted = 1, 0
    try:
        for start, end in _records(text, options):
            line += text.count("\n", counted, start)
            counted = start
            lines.append(line)
            records.append(text[start:end])
            if len(lines) == BATCH_ROWS:
                yield _batch(lines, records)
                lines, records = [], []
    except json.JSONDecodeError as problem:
        raise StoreError(f"the JSON is broken on line {problem.lineno}, column {problem.colno}: {problem.msg}.") from problem
    except RecursionError as problem:
        raise StoreError("the JSON is nested too deeply.") from problem
    if lines:
        yield _batch(lines, records)


def are_lines(start: str, is_called_so: bool) -> bool:
    """Whether JSON that begins so has a record a line, and is no document of records written over many lines or within another object."""
    try:
        value, end = _DECODER.raw_decode(start)
    except (ValueError, RecursionError):
        return is_called_so or any(map(_is_record, start.split("\n", _FIRST_LINES)[:_FIRST_LINES]))
    rest = start[end:]
    if _is_page(value) or (not rest.strip() and is_wrapper(value)) or "\n" in start[:end]:
        return False
    return is_called_so or "\n" in rest


def _is_record(line: str) -> bool:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not _is_page(value)


def _batch(lines: list[int], records: list[str]) -> pa.RecordBatch:
    return pa.record_batch([lines, pa.nulls(len(lines), pa.string()), records], schema=SCHEMA)


def is_wrapper(value: Any) -> bool:
    """Whether an object that is alone in its file is one around its records: its only list of objects."""
    if not isinstance(value, dict):
        return False
    lists = _lists_of_objects(value)
    return len(lists) == 1 and (lists[0] in _WRAPPERS or len(value) - 1 <= len(value[lists[0]][0]))


def _lists_of_objects(value: dict[str, Any]) -> list[str]:
    return [name for name, member in value.items() if isinstance(member, list) and member and all(isinstance(one, dict) for one in member)]


def _is_page(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("data"), list)


_DECODER = json.JSONDecoder()


def _records(text: str, options: ReadOptions) -> Iterator[tuple[int, int]]:
    place = _after_space(text, 0)
    while place < len(text):
        value, end = _DECODER.raw_decode(text, place)
        alone = not options.records and not text[:place].strip() and _after_space(text, end) == len(text)
        held = _lists_of_objects(value)[0] if alone and not _is_page(value) and is_wrapper(value) else "data"
        yield from _within(text, place, end, value, held)
        place = _after_space(text, end)


def _within(text: str, start: int, end: int, value: Any, held: str) -> Iterator[tuple[int, int]]:
    """The records of a value: an array's elements, those of the list `held` by an object around them, or the value itself."""
    if isinstance(value, list):
        place = _after_space(text, start + 1)
        while text[place] != "]":
            element, end = _DECODER.raw_decode(text, place)
            yield from _within(text, place, end, element, "data")
            place = _after_sign(text, end, ",")
    elif isinstance(value, dict) and isinstance(value.get(held), list):
        place = _after_space(text, start + 1)
        data: tuple[int, int, Any] = (start, start, [])
        while text[place] != "}":
            name, end = _DECODER.raw_decode(text, place)
            place = _after_sign(text, end, ":")
            member, end = _DECODER.raw_decode(text, place)
            if name == held:
                # Of several the last counts.
                data = (place, end, member)
            place = _after_sign(text, end, ",")
        yield from _within(text, *data, "data")
    else:
        yield start, end


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _after_sign(text: str, place: int, sign: str) -> int:
    place = _after_space(text, place)
    return _after_space(text, place + 1) if text[place] == sign else place
