"""JSON: an array of records, records one after the other, or pages as the API answers them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from data.errors import StoreError
from data.lines import BATCH_ROWS, SCHEMA

_SPACE = re.compile(r"[ \t\r\n]*")


def document_batches(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    """The records of the document, each with the line it begins on; `StoreError` where the JSON itself is broken.

    The whole document is held in memory.
    """
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise StoreError(f"byte {problem.start + 1} is no UTF-8 text.") from problem
    lines: list[int] = []
    records: list[str] = []
    line, counted = 1, 0
    try:
        for start, end in _records(text):
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


def is_record(text: bytes) -> bool:
    """Whether this is one whole JSON object that is no page of records."""
    try:
        value = json.loads(text)
    except ValueError:
        return False
    return isinstance(value, dict) and not _is_page(value)


def _batch(lines: list[int], records: list[str]) -> pa.RecordBatch:
    return pa.record_batch([lines, pa.nulls(len(lines), pa.string()), records], schema=SCHEMA)


def _is_page(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("data"), list)


_DECODER = json.JSONDecoder()


def _records(text: str) -> Iterator[tuple[int, int]]:
    place = _after_space(text, 0)
    while place < len(text):
        value, end = _DECODER.raw_decode(text, place)
        yield from _within(text, place, end, value)
        place = _after_space(text, end)


def _within(text: str, start: int, end: int, value: Any) -> Iterator[tuple[int, int]]:
    """The records of a value: an array's elements, those of a page's `data`, or the value itself."""
    if isinstance(value, list):
        place = _after_space(text, start + 1)
        while text[place] != "]":
            element, end = _DECODER.raw_decode(text, place)
            yield from _within(text, place, end, element)
            place = _after_sign(text, end, ",")
    elif _is_page(value):
        place, data = _after_space(text, start + 1), (start, start, [])
        while text[place] != "}":
            name, end = _DECODER.raw_decode(text, place)
            place = _after_sign(text, end, ":")
            member, end = _DECODER.raw_decode(text, place)
            if name == "data":
                # Of several the last counts.
                data = (place, end, member)
            place = _after_sign(text, end, ",")
        yield from _within(text, *data)
    else:
        yield start, end


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _after_sign(text: str, place: int, sign: str) -> int:
    place = _after_space(text, place)
    return _after_space(text, place + 1) if text[place] == sign else place
