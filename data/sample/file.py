"""Writes a sample log to a file, each row in the shape of the API's record."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.sample.log import SCHEMA
from data.sample.placements import SampleEntities
from data.store.limits import StoreError

JSON_FIELDS = ("context", "response", "outcome", "offer", "creative")
FILE_SCHEMA = SCHEMA.append(pa.field("offer", pa.string())).append(pa.field("creative", pa.string()))


def write_sample(batches: Iterator[pa.RecordBatch], entities: SampleEntities, path: Path) -> int:
    """Write .parquet, .ndjson or .csv, as the name says, and count the rows; no file stays where that fails."""
    writers: dict[str, Callable[[Iterator[pa.RecordBatch], Path], int]] = {
        ".parquet": _write_parquet, ".ndjson": _write_ndjson, ".csv": _write_csv,
    }
    if path.suffix not in writers:
        raise StoreError(f"{path} must end in .parquet, .ndjson or .csv.")
    part = path.with_name(path.name + ".part")
    try:
        rows = writers[path.suffix](_described(batches, entities), part)
        part.replace(path)
    except OSError as problem:
        raise StoreError(f"{path} cannot be written: {problem.strerror}.") from problem
    finally:
        part.unlink(missing_ok=True)
    return rows


def _described(batches: Iterator[pa.RecordBatch], entities: SampleEntities) -> Iterator[pa.RecordBatch]:
    channels = {channel["id"]: channel for channel in entities.channels}
    offers = {offer["id"]: offer for offer in entities.offers}
    creatives = {
        creative["id"]: {"id": creative["id"], "name": creative["name"], "channel": channels[creative["channelId"]]}
        for creative in entities.creatives
    }
    for batch in batches:
        offer, creative = _texts(batch["offerId"], offers), _texts(batch["creativeId"], creatives)
        yield pa.record_batch([*batch.columns, offer, creative], schema=FILE_SCHEMA)


def _texts(ids: pa.Array, entities: Mapping[str | None, Mapping[str, Any]]) -> pa.Array:
    texts = pa.array([json.dumps(entity, ensure_ascii=False, separators=(",", ":")) for entity in entities.values()])
    return texts.take(pc.index_in(ids, pa.array(list(entities))))


def _write_parquet(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    rows = 0
    with pq.ParquetWriter(path, FILE_SCHEMA) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += len(batch)
    return rows


def _write_ndjson(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    def line(row: dict[str, str | None]) -> str:
        members = (
            f"{json.dumps(name)}:{value if name in JSON_FIELDS and value else json.dumps(value, ensure_ascii=False)}"
            for name, value in row.items()
        )
        return "{" + ",".join(members) + "}\n"

    with path.open("w", encoding="utf-8", newline="") as text:
        return _write_rows(batches, lambda row: text.write(line(row)))


def _write_csv(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, FILE_SCHEMA.names)
        writer.writeheader()
        return _write_rows(batches, writer.writerow)


def _write_rows(batches: Iterator[pa.RecordBatch], write: Callable[[dict[str, str | None]], object]) -> int:
    rows = 0
    timestamp = FILE_SCHEMA.get_field_index("timestamp")
    for batch in batches:
        spelled = pc.strftime(batch.column(timestamp), "%Y-%m-%dT%H:%M:%SZ")
        for row in batch.set_column(timestamp, "timestamp", spelled).to_pylist():
            write(row)
        rows += len(batch)
    return rows
