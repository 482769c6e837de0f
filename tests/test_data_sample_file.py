from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from data.loading.transaction import Stop
from data.orders.orders import SampleCommand
from data.sample.file import write_sample
from data.sample.log import sample_batches
from data.sample.placements import sample_entities
from data.store.limits import StoreError
from tests.logs import Log
from tests.store_checks import contents, faults, loaded

UNTIL = datetime.date(2026, 6, 30)


def sample(file: Path, seed: int = 3, rows: int = 2000) -> Path:
    assert write_sample(sample_batches(rows, seed, "t'ü", UNTIL), sample_entities(seed), file) == rows
    return file


def test_a_sample_is_the_same_log_in_every_format_and_in_the_store(tmp_path: Path) -> None:
    stores = []
    for suffix in (".parquet", ".ndjson", ".csv"):
        with Log(tmp_path / suffix[1:]) as log:
            assert loaded(log.store, sample(tmp_path / f"sample{suffix}")).loaded == 2000
            stores.append(contents(log.store))
    with Log(tmp_path / "direct") as log:
        SampleCommand(2000, 3, "t'ü", UNTIL.isoformat()).carry_out(log.store, tmp_path, lambda _: None, Stop())
        assert faults(log.store) == []
        direct = contents(log.store)
    assert stores[0] == stores[1] == stores[2]
    assert direct["interactions"] == stores[0]["interactions"]
    # A file's rows describe what they name; the sample itself describes all there is.
    assert {row[:5] for row in stores[0]["offers"]} <= {row[:5] for row in direct["offers"]}


@pytest.mark.parametrize("suffix", [".parquet", ".ndjson", ".csv"])
def test_the_same_seed_makes_the_same_bytes_and_another_makes_others(tmp_path: Path, suffix: str) -> None:
    first, second, other = (
        sample(tmp_path / f"{name}{suffix}", seed).read_bytes() for name, seed in (("a", 3), ("b", 3), ("c", 4)))
    assert first == second != other


def test_a_record_of_the_file_has_the_fields_of_the_api(tmp_path: Path) -> None:
    record = json.loads(sample(tmp_path / "sample.ndjson").read_text(encoding="utf-8").splitlines()[0])
    assert list(record) == ["id", "tenantId", "customerId", "offerId", "creativeId", "channelId", "interactionType",
                            "outcomeTypeKey", "direction", "timestamp", "context", "response", "outcome", "offer", "creative"]
    assert record["creative"]["channel"]["id"] == record["channelId"]


def test_an_unknown_ending_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"must end in .parquet, .ndjson or .csv"):
        sample(tmp_path / "sample.xlsx")
    with pytest.raises(StoreError, match="cannot be written: No such file"):
        sample(tmp_path / "nowhere" / "sample.csv")
    assert list(tmp_path.iterdir()) == []
