from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.loading.loading import LoadOptions
from data.mapping.mapping import Mapping
from data.mapping.time_remedies import time_complaint_sql
from data.mapping.times import checked_time, checked_zone, time_sql
from data.store.limits import StoreError
from tests.logs import Log, interaction
from tests.store_checks import loaded, log_file

ENGINE = duckdb.connect()


def read(texts: list[str], time: str = "", zone: str = "") -> list[datetime | None]:
    """The times of some texts, in UTC."""
    return [moment for moment, in ENGINE.execute(f"select ({time_sql('text', time, zone)})::timestamp from (select unnest($texts) as text)",
                                                 {"texts": texts}).fetchall()]


def complaint(text: str, time: str = "") -> str:
    [(said,)] = ENGINE.execute(f"select {time_complaint_sql('text', time)} from (select $text as text)", {"text": text}).fetchall()
    return said


@pytest.mark.parametrize(("text", "utc"), [
    ("2026-03-15 14:30:00 UTC", datetime(2026, 3, 15, 14, 30)),
    ("2026-03-15 14:30 GMT", datetime(2026, 3, 15, 14, 30)),
    ("2026-03-15 14:30:00 +0000", datetime(2026, 3, 15, 14, 30)),
    ("2026-03-15 14:30:00+0000", datetime(2026, 3, 15, 14, 30)),
    ("2026-03-15 14:30:00,123 -05:30", datetime(2026, 3, 15, 20, 0, 0, 123000)),
    ("2026-03-15 14:30:00 GMT+01:00", datetime(2026, 3, 15, 13, 30)),
    ("20210127T132203.201 GMT", datetime(2021, 1, 27, 13, 22, 3, 201000)),
    ("Sun, 15 Mar 2026 14:30:00 +0100", datetime(2026, 3, 15, 13, 30)),
    ("Sun, 15 Mar 2026 14:30:00 +0100 (CET)", datetime(2026, 3, 15, 13, 30)),
    ("5 Mar 2026 14:30 EST", datetime(2026, 3, 5, 19, 30)),
    ("2026-03-15T14:30:00.000+01:00[Europe/Berlin]", datetime(2026, 3, 15, 13, 30)),
    ("2026-03-15T14:30Z[UTC]", datetime(2026, 3, 15, 14, 30)),
    ("2026-03-15T14:30:00[Europe/Berlin]", None),
    ("31 Feb 2026 14:30:00 GMT", None),
    ("2026-03-15 GMT", None),
])
def test_further_spellings_of_a_time_need_no_flag(text: str, utc: datetime | None) -> None:
    assert read([text]) == [utc]


@settings(max_examples=20)
@given(st.lists(st.tuples(st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 31)), st.integers(-12 * 60, 14 * 60)), min_size=20, max_size=30))
def test_any_time_of_a_mail_is_read_as_python_reads_it(moments: list[tuple[datetime, int]]) -> None:
    zoned = [moment.replace(microsecond=0, tzinfo=UTC).astimezone(ZoneInfo("UTC")) + timedelta(0) for moment, _ in moments]
    texts = [format_datetime(moment) for moment in zoned]
    assert read(texts) == [moment.replace(tzinfo=None) for moment in zoned]


UNITS = {"seconds": Decimal(10**6), "milliseconds": Decimal(10**3), "microseconds": Decimal(1), "nanoseconds": Decimal("0.001")}


@settings(max_examples=20)
@given(st.lists(st.decimals(-10**9, 4 * 10**9, allow_nan=False, places=9), min_size=20, max_size=40), st.sampled_from(sorted(UNITS)))
def test_numbers_of_any_unit_are_read_to_the_microsecond(seconds: list[Decimal], unit: str) -> None:
    numbers = [(second * 10**6 / UNITS[unit]).quantize(Decimal("1e-9")) for second in seconds]
    expected = [datetime(1970, 1, 1) + timedelta(microseconds=int((number * UNITS[unit]).to_integral_value("ROUND_FLOOR"))) for number in numbers]
    if unit == "nanoseconds":
        expected = [datetime(1970, 1, 1) + timedelta(microseconds=int(number.to_integral_value("ROUND_FLOOR")) // 1000) for number in numbers]
    assert read([f"{number:f}" for number in numbers], unit) == expected


@pytest.mark.parametrize(("text", "time", "zone", "utc"), [
    ("46096.604167", "excel", "", datetime(2026, 3, 15, 14, 30)),
    ("46096.6041666667", "excel", "", datetime(2026, 3, 15, 14, 30)),
    ("46096.5", "excel", "Europe/Berlin", datetime(2026, 3, 15, 11)),
    ("132", "hours since 2018-01-01", "", datetime(2018, 1, 6, 12)),
    ("0", "hours since 2018-01-01", "America/Chicago", datetime(2018, 1, 1, 6)),
    ("90", "minutes since 2018-01-01T00:00:00+01:00", "America/Chicago", datetime(2018, 1, 1, 0, 30)),
    ("200", "days since 2018-01-01", "Europe/Berlin", datetime(2018, 7, 19, 22)),
    ("1.773585E+12", "milliseconds", "", datetime(2026, 3, 15, 14, 30)),
    ("0", "milliseconds", "", datetime(1970, 1, 1)),
    ("1773585000", "seconds", "Europe/Berlin", datetime(2026, 3, 15, 14, 30)),
    ("253402300800", "seconds", "", None),
    ("1e30", "seconds", "", None),
    ("2026-03-15", "seconds", "", None),
    ("13.03.2026 14:30", "%d.%m.%Y %H:%M", "", datetime(2026, 3, 13, 14, 30)),
    ("3/15/2026 1:00:07 PM", "%m/%d/%Y %I:%M:%S %p", "America/Chicago", datetime(2026, 3, 15, 18, 0, 7)),
    ("Sun Mar 15 14:30:00 CET 2026", "%a %b %d %H:%M:%S %Z %Y", "", datetime(2026, 3, 15, 13, 30)),
    ("Wed Jul 15 14:30:00 CEST 2026", "%a %b %d %H:%M:%S %Z %Y", "", datetime(2026, 7, 15, 12, 30)),
    ("Wed Jul 15 14:30:00 XYZ 2026", "%a %b %d %H:%M:%S %Z %Y", "", None),
    ("2026-03-15 14:30:00.1234567", "%Y-%m-%d %H:%M:%S.%f", "", datetime(2026, 3, 15, 14, 30, 0, 123456)),
    ("2026-03-15T14:30:00Z", "%Y-%m-%dT%H:%M:%S%z", "Europe/Berlin", datetime(2026, 3, 15, 14, 30)),
    ("infinity", "%Y-%m-%d", "", None),
    ("2026-07-01", "", "Europe/Berlin", datetime(2026, 6, 30, 22)),
    ("2026-07-01T00:00Z", "", "Europe/Berlin", datetime(2026, 7, 1)),
    ("2026-07-01T00:00:00", "", "-06:00", datetime(2026, 7, 1, 6)),
    # The hour that a clock leaves out is counted from before it; of the hour that it has twice the second is meant.
    ("2026-03-29 02:30", "", "Europe/Berlin", datetime(2026, 3, 29, 1, 30)),
    ("2026-10-25 02:30", "", "Europe/Berlin", datetime(2026, 10, 25, 1, 30)),
])
def test_a_time_is_read_as_the_flags_say(text: str, time: str, zone: str, utc: datetime | None) -> None:
    assert read([text], time, zone) == [utc]


@settings(max_examples=20)
@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2030, 12, 31)), min_size=20, max_size=40),
       st.sampled_from(["Europe/Berlin", "America/Chicago", "Australia/Lord_Howe", "Asia/Kolkata"]))
def test_a_local_time_is_that_of_its_zone(moments: list[datetime], zone: str) -> None:
    moments = [moment.replace(microsecond=0) for moment in moments]
    expected = [moment.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC).replace(tzinfo=None) for moment in moments]
    sure = [place for place, moment in enumerate(moments)
            if moment.replace(tzinfo=ZoneInfo(zone), fold=0).utcoffset() == moment.replace(tzinfo=ZoneInfo(zone), fold=1).utcoffset()]
    found = read([moment.isoformat() for moment in moments], "", zone)
    assert [found[place] for place in sure] == [expected[place] for place in sure]


@pytest.mark.parametrize(("text", "formats"), [
    ("13.03.2026 14:30", ["%d.%m.%Y %H:%M"]),
    ("15/03/2026 14:30", ["%d/%m/%Y %H:%M"]),
    ("03/15/2026 2:30 PM", ["%m/%d/%Y %I:%M %p"]),
    ("03/04/2026 14:30:05", ["%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"]),
    ("Sun Mar 15 14:30:00 CET 2026", ["%a %b %d %H:%M:%S %Z %Y"]),
    ("15/Mar/2026:14:30:00 +0100", ["%d/%b/%Y:%H:%M:%S %z"]),
    ("Mar 15, 2026 2:30 PM", ["%b %d, %Y %I:%M %p"]),
    ("15-MAR-26", ["%d-%b-%y"]),
    ("2026/03/15 14:30:00.123", ["%Y/%m/%d %H:%M:%S.%f"]),
    ("1773585000", ["seconds"]),
    ("1.7e9", ["seconds"]),
    ("1773585000123456", ["microseconds"]),
    ("1773585000123456789", ["nanoseconds"]),
    ("46096.604167", ["excel"]),
    ("20260315143000", ["%Y%m%d%H%M%S"]),
    ("20260315", ["%Y%m%d"]),
    ("20527", ["days since 1970-01-01"]),
    ("1.773585E+12", ["milliseconds"]),
    ("0", []),
    ("soon", []),
    ("2026-02-30T10:00:00Z", []),
])
def test_what_is_wrong_with_a_time_names_the_flag_that_reads_it(text: str, formats: list[str]) -> None:
    said = complaint(text)
    assert said.endswith(f": {text}")
    named = [flag.strip("'") for flag in re.findall(r"--time ('[^']+'|[a-z]+(?= or|\)))", said)]
    assert named == formats
    assert all(read([text], flag) != [None] for flag in formats)
    assert "--time x%Y" in complaint(text, "x%Y")


@pytest.mark.parametrize("time", ["minutes", "hours since yesterday", "%d %q %Y", "%d.%m", "%Y %d %", "unix"])
def test_a_time_that_says_nothing_is_refused(time: str) -> None:
    with pytest.raises(StoreError, match=f"--time.*{re.escape(time)}"):
        checked_time(time)


def test_a_zone_that_is_none_is_refused() -> None:
    assert [checked_zone(zone) for zone in ("Europe/Berlin", "UTC", "+02:00")] == ["Europe/Berlin", "UTC", "+02:00"]
    with pytest.raises(StoreError, match="--timezone Berlin"):
        checked_zone("Berlin")


def test_a_file_of_seconds_is_refused_with_the_flag_that_reads_it(log: Log, tmp_path: Path) -> None:
    file = log_file(tmp_path, [interaction(f"{n}", timestamp=1773585000 + n) for n in range(3)])  # type: ignore[arg-type]  # a number, as a file has it
    with pytest.raises(StoreError, match=r"look like seconds since 1970: give --time seconds\. The first is 1773585000\."):
        loaded(log.store, file)
    report = loaded(log.store, file, LoadOptions(mapping=Mapping(time="seconds")))
    assert (report.loaded, report.oldest) == (3, "2026-03-15T14:30:00.000Z")


def test_a_file_of_numbers_that_count_something_unknown_is_refused(log: Log, tmp_path: Path) -> None:
    file = log_file(tmp_path, [interaction(f"{n}", timestamp=n) for n in range(3)])  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="such as 0, and most are not between 2000 and a year ahead.*--time 'hours since"):
        loaded(log.store, file)


def test_some_numbers_of_another_unit_among_times_are_rejected_rows(log: Log, tmp_path: Path) -> None:
    times = ["0001-01-01T00:00:00Z", "1970-01-20T10:00:00Z", "2026-03-01T10:00:00Z", "9999-12-31T23:59:59.999Z", 1772359200, "1772359200"]
    rows = [interaction(f"{n}", timestamp=time) for n, time in enumerate(times)]  # type: ignore[arg-type]
    report = loaded(log.store, log_file(tmp_path, rows))
    assert (report.loaded, report.rejected, report.found.reasons) == (4, 2, (("timestamp looks like seconds since 1970 (give --time seconds)", 2),))


def test_a_single_number_of_another_unit_is_a_rejected_row(log: Log, tmp_path: Path) -> None:
    rows = [interaction("a", timestamp=1773585000000), interaction("b", timestamp=1773585000)]  # type: ignore[arg-type]
    report = loaded(log.store, log_file(tmp_path, rows))
    assert (report.loaded, report.rejected) == (1, 1)
    assert report.found.reasons == (("timestamp looks like seconds since 1970 (give --time seconds)", 1),)
    assert "--time seconds): 1773585000" in Path(report.rejects_file or "").read_text()
