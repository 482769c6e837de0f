"""Files loaded by the command line, and the records that the store then has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.commands import main
from data.store.home import home
from data.store.store import Store

Row = dict[str, Any]


def write_rows(file: Path, rows: list[Row]) -> Path:
    """NDJSON, CSV or Parquet, by the file's name; in CSV what is no text is JSON."""
    if file.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), file)
    elif file.suffix == ".csv":
        names = list(dict.fromkeys(name for row in rows for name in row))
        cells = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
        file.write_text("".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) + "\n" for line in cells), encoding="utf-8")
    else:
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def load(file: Path | str, *flags: str) -> int:
    """The exit code of a load for tenant acme."""
    return main(["load", str(file), *(() if "--tenant" in flags else ("--tenant", "acme")), *flags])


def records() -> list[Row]:
    """All records, the oldest first, by the words of the API."""
    store = Store.open(home())
    try:
        with store.snapshot() as snapshot:
            rows = snapshot.rows("""
                select tenants.id, i.id, i."timestamp", customers.id, types.id, outcomes.id, offers.id, creatives.id, channels.id, directions.id,
                    i.value, i.context, i.response, i.outcome
                from interactions i
                join tenants using (tenant)
                join customers on customers.tenant = i.tenant and customers."key" = i.customer
                join types on types.tenant = i.tenant and types."key" = i.type
                join outcomes on outcomes.tenant = i.tenant and outcomes."key" = i.outcome_type
                left join offers on offers.tenant = i.tenant and offers."key" = i.offer
                left join creatives on creatives.tenant = i.tenant and creatives."key" = i.creative
                left join channels on channels.tenant = i.tenant and channels."key" = i.channel
                left join directions on directions.tenant = i.tenant and directions."key" = i.direction
                order by i."timestamp", i.id
            """)
    finally:
        store.close()
    names = ("tenantId", "id", "timestamp", "customerId", "interactionType", "outcomeTypeKey", "offerId", "creativeId", "channelId",
             "direction", "value", "context", "response", "outcome")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for row in found:
        row["timestamp"] = row["timestamp"].isoformat(timespec="milliseconds")
        row |= {name: json.loads(row[name]) for name in ("context", "response", "outcome")}
    return found


def counts(name: str = "interactionType") -> dict[str, int]:
    """How many records have each value."""
    values = [row[name] for row in records()]
    return {value: values.count(value) for value in sorted(set(values), key=str)}


def refusal(capsys: pytest.CaptureFixture[str], file: Path | str, *flags: str) -> str:
    """What is said of a file that is not loaded."""
    capsys.readouterr()
    assert load(file, *flags) == 1
    return capsys.readouterr().err
