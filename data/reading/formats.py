"""The rows of one file's or member's bytes, whatever their format."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from data.reading.archives import kind_of_zip
from data.reading.avro import avro_batches
from data.reading.columnar import columnar_batches
from data.reading.delimited import delimited_batches, sheet_batches
from data.reading.documents import document_batches
from data.reading.encodings import as_utf8
from data.reading.first_bytes import ENOUGH, kind_of
from data.reading.json_shape import are_lines
from data.reading.lines import line_batches
from data.reading.options import ReadOptions
from data.reading.places import suffix_of
from data.reading.sheets import sheet_rows
from data.reading.unpacking import PEEK
from data.store.limits import StoreError

_NOT_ON_ONE_WAY = ("parquet", "orc", "arrow", "feather", "zip")
_MOST_IN_MEMORY = 1 << 30


def looked_at(name: str, content: io.BufferedReader[Any], in_place: bool) -> tuple[str, io.BufferedReader[Any]]:
    """What a file's bytes are, a name of `kind_of` or what a zip archive is for, and the bytes as that is read.

    Bytes that do not lie in a file of their own, `in_place`, are held in memory where their format is not read from start to end.
    """
    kind = kind_of(content.peek(ENOUGH)[:ENOUGH])
    if kind in _NOT_ON_ONE_WAY and not in_place:
        held = content.read(_MOST_IN_MEMORY + 1)
        if len(held) > _MOST_IN_MEMORY:
            raise StoreError("a file of this format may have 1 GB at most within another: unpack it, and load what is in it.")
        content = io.BufferedReader(io.BytesIO(held), PEEK)
    if kind == "zip":
        return kind_of_zip(content), content
    return ("tar" if kind == "text" and suffix_of(name) == ".tar" else kind), content


def rows_of(kind: str, name: str, content: io.BufferedReader[Any], options: ReadOptions) -> tuple[Iterator[pa.RecordBatch], bool]:
    """The batches of rows, and whether they are JSON texts."""
    match kind:
        case "parquet" | "orc" | "arrow" | "arrow stream" | "feather":
            return columnar_batches(kind, content), False
        case "avro":
            return avro_batches(content), False
        case "xlsx" | "ods":
            return sheet_batches(sheet_rows(content, options), options), False
        case "docx" | "pptx" | "odt":
            raise StoreError("this is a text document or a presentation: load the log itself, as CSV, NDJSON, JSON or Parquet.")
        case "zip" | "tar":
            raise StoreError("this is an archive within an archive: unpack the outer one, and load what is in it.")
    if suffix_of(name) == ".json" and not content.peek(1):
        raise StoreError("this file is empty.")
    text = as_utf8(content, options.encoding, PEEK)
    match _text_format(suffix_of(name), text):
        case "csv":
            return delimited_batches(text, options), False
        case "ndjson":
            return line_batches(text, options), True
        case _:
            return document_batches(text, options), True


def _text_format(suffix: str, text: io.BufferedReader[Any]) -> str:
    if suffix in (".csv", ".tsv", ".psv"):
        return "csv"
    start = text.peek(PEEK).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        return "json"
    has_lines = suffix in (".ndjson", ".jsonl")
    if start.startswith(b"{"):
        return "ndjson" if are_lines(start.decode(errors="replace"), has_lines) else "json"
    return "ndjson" if has_lines else "csv"
