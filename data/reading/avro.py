"""Avro: records with a schema of their own, as typed columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import fastavro
import pyarrow as pa
from fastavro.read import SchemaResolutionError

from data.reading.batches import BATCH_ROWS, FIRST_ROWS
from data.reading.columnar import numbered
from data.store.limits import StoreError

# Types of one size or text, as they stand in a column; a logical type comes first.
_LOGICAL = {
    "timestamp-millis": pa.timestamp("ms", "UTC"), "timestamp-micros": pa.timestamp("us", "UTC"), "timestamp-nanos": pa.timestamp("ns", "UTC"),
    "local-timestamp-millis": pa.timestamp("ms"), "local-timestamp-micros": pa.timestamp("us"), "date": pa.date32(),
    "time-millis": pa.time32("ms"), "time-micros": pa.time64("us"), "uuid": pa.string(),
}
_PLAIN = {
    "null": pa.null(), "boolean": pa.bool_(), "int": pa.int64(), "long": pa.int64(), "float": pa.float64(), "double": pa.float64(),
    "string": pa.string(), "enum": pa.string(), "bytes": pa.binary(),
}


def avro_batches(file: Any) -> Iterator[pa.RecordBatch]:
    """The rows under the names of the schema's fields; a field that may be of several types is text."""
    yield from numbered(_batches(file))


def _batches(file: Any) -> Iterator[pa.RecordBatch]:
    try:
        reader: Any = fastavro.reader(file)
        schema = reader.writer_schema
        if not isinstance(schema, dict) or schema.get("type") != "record":
            raise StoreError("its schema is not one of records.")
        columns = pa.schema([(field["name"], _type(field["type"])) for field in schema["fields"]])
        size = FIRST_ROWS
        while rows := list(islice(reader, size)):
            yield pa.record_batch([_column([row[field.name] for row in rows], field.type) for field in columns], schema=columns)
            size = BATCH_ROWS
    except (ValueError, EOFError, KeyError, IndexError, SchemaResolutionError, pa.ArrowException) as problem:
        raise StoreError(f"this Avro file cannot be read to the end: {problem}") from problem


def _type(schema: Any) -> pa.DataType:
    if isinstance(schema, list):
        kinds = [one for one in schema if one != "null"]
        return _type(kinds[0]) if len(kinds) == 1 else pa.string()
    if not isinstance(schema, dict):
        return _PLAIN.get(schema, pa.string())
    if schema.get("logicalType") in _LOGICAL:
        return _LOGICAL[schema["logicalType"]]
    if schema.get("logicalType") == "decimal":
        return pa.decimal128(min(schema["precision"], 38), schema.get("scale", 0))
    match schema["type"]:
        case "record":
            return pa.struct([(field["name"], _type(field["type"])) for field in schema["fields"]])
        case "array":
            return pa.list_(_type(schema["items"]))
        case "map":
            return pa.map_(pa.string(), _type(schema["values"]))
        case "fixed":
            return pa.binary()
        case kind:
            return _type(kind)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        values = [value if value is None or isinstance(value, str) else str(value) for value in values]
    elif pa.types.is_map(kind):
        values = [None if value is None else list(value.items()) for value in values]
    return pa.array(values, kind)
