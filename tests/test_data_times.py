from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.logs import Log, interaction
from tests.store_checks import loaded
from tests.time_spellings import REFUSED, SPELLINGS


def times(log: Log) -> list[str]:
    """The times in the store as text, in the order of the ids."""
    with log.store.snapshot() as snapshot:
        return [str(time) for (time,) in snapshot.rows('select "timestamp"::varchar from interactions order by id')]


@pytest.mark.parametrize(("given", "utc"), [
    *SPELLINGS.items(),
    *((text, None) for text in REFUSED),
    ("2026-03-15T14:30:00.1239999Z", "2026-03-15 14:30:00.123"),
    ("2026-03-15T14:30:00.999999999Z", "2026-03-15 14:30:00.999"),
    ("1969-12-31T23:59:59.9995Z", "1969-12-31 23:59:59.999"),
    (1773585000000, "2026-03-15 14:30:00"),
    ("1773585000123", "2026-03-15 14:30:00.123"),
    ("20260315", None),
    (946684799999, None),
    (946684800000, "2000-01-01 00:00:00"),
    (1773585000123.9, "2026-03-15 14:30:00.123"),
    (0, None),
    (-1, None),
    (None, None),
    (1e18, None),
    (True, None),
])
def test_a_timestamp_is_kept_to_the_millisecond_in_utc_or_refused(log: Log, tmp_path: Path, given: object, utc: str | None) -> None:
    file = tmp_path / "log.ndjson"
    file.write_text(json.dumps(interaction("a", timestamp=given)))
    summary = loaded(log.store, file)
    assert summary.rejected == (utc is None)
    assert times(log) == ([] if utc is None else [utc])


@settings(max_examples=5)
@given(st.lists(st.tuples(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)),
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
), min_size=30, max_size=50))
def test_any_time_with_any_offset_is_read_as_python_reads_it(tmp_path_factory: pytest.TempPathFactory, moments) -> None:
    texts, expected = [], []
    for moment, offset in moments:
        sign, minutes = "-" if offset < 0 else "+", abs(offset)
        texts.append(f"{moment.isoformat(timespec='microseconds')}{sign}{minutes // 60:02d}:{minutes % 60:02d}")
        utc = datetime.fromisoformat(texts[-1]).astimezone(UTC).replace(tzinfo=None)
        expected.append(utc - timedelta(microseconds=utc.microsecond % 1000))
    with Log(tmp_path_factory.mktemp("times")) as log:
        log.load(*(interaction(f"{number:03d}", text) for number, text in enumerate(texts)))
        with log.store.snapshot() as snapshot:
            assert [time for (time,) in snapshot.rows('select "timestamp" from interactions order by id')] == expected


@pytest.mark.parametrize(("array", "utc"), [
    (pa.array([1773585000], pa.timestamp("s")), "2026-03-15 14:30:00"),
    (pa.array([1773585000123], pa.timestamp("ms", "UTC")), "2026-03-15 14:30:00.123"),
    (pa.array([1773585000123999], pa.timestamp("us", "Europe/Berlin")), "2026-03-15 14:30:00.123"),
    (pa.array([1773585000123999999], pa.timestamp("ns")), "2026-03-15 14:30:00.123"),
    (pa.array([-500], pa.timestamp("us")), "1969-12-31 23:59:59.999"),
    (pa.array([1773585000123]), "2026-03-15 14:30:00.123"),
    (pa.array([1773585000123.7]), "2026-03-15 14:30:00.123"),
    (pa.array([20527], pa.date32()), "2026-03-15 00:00:00"),
    (pa.array(["2026-03-15T14:30:00+01:00"]), "2026-03-15 13:30:00"),
    (pa.array(["2026-03-15"]).dictionary_encode(), "2026-03-15 00:00:00"),
    (pa.array([None], pa.timestamp("ms")), None),
    (pa.array([None]), None),
    (pa.array([float("nan")]), None),
    (pa.array([-1], pa.timestamp("s", "UTC")), "1969-12-31 23:59:59"),
    (pa.array([300_000_000_000], pa.timestamp("s")), None),
])
def test_a_timestamp_column_of_any_type_is_read(log: Log, tmp_path: Path, array: pa.Array, utc: str | None) -> None:
    file = tmp_path / "log.parquet"
    row = interaction("a")
    pq.write_table(pa.table({name: [row[name]] for name in row if name != "timestamp"} | {"timestamp": array}), file)
    summary = loaded(log.store, file)
    assert summary.rejected == (utc is None)
    assert times(log) == ([] if utc is None else [utc])
