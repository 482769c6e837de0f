from __future__ import annotations

import datetime
import decimal
import io
import zipfile
from pathlib import Path

import fastavro
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.orc as orc
import pyarrow.parquet as pq
import pytest

from data.store.limits import StoreError
from tests.reading import cells, rows
from tests.test_reading_containers import zipped

AT = datetime.datetime(2026, 3, 15, 14, 30, 0, 123000)
TABLE = pa.table({"id": ["a", "b", None], "n": [1, None, 3], "at": pa.array([AT, None, AT], pa.timestamp("ms")), "l": [[{"k": 1}], [], None]})


def written(kind: str) -> bytes:
    held = io.BytesIO()
    if kind == "parquet":
        pq.write_table(TABLE, held, row_group_size=2)
    elif kind == "orc":
        orc.write_table(TABLE, held)
    elif kind == "feather":
        feather.write_feather(TABLE.drop(["l"]), held, version=1)
    else:
        with (pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream)(held, TABLE.schema) as writer:
            writer.write_table(TABLE, max_chunksize=2)
    return held.getvalue()


@pytest.mark.parametrize("kind", ["parquet", "orc", "arrow", "stream", "feather"])
@pytest.mark.parametrize("pack", [bytes, lambda content: zipped({"part": content})])
def test_columns_with_types_are_read_from_any_format_of_them(tmp_path: Path, kind: str, pack) -> None:
    file = tmp_path / "part"
    file.write_bytes(pack(written(kind)))
    found = rows(file)
    assert [row.line for row in found] == [1, 2, 3]
    assert [(row.cells["id"], row.cells["n"]) for row in found] == [("a", 1), ("b", None), (None, 3)]
    assert found[0].cells["at"].replace(tzinfo=None) == AT
    assert kind == "feather" or found[0].cells["l"] == [{"k": 1}]


def test_avro_keeps_its_logical_types(tmp_path: Path) -> None:
    logical = {"ms": ("long", "timestamp-millis"), "us": ("long", "timestamp-micros"), "day": ("int", "date")}
    schema = {"type": "record", "name": "r", "fields": [
        {"name": "id", "type": "string"},
        *({"name": name, "type": ["null", {"type": kind, "logicalType": type_}]} for name, (kind, type_) in logical.items()),
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "kind", "type": {"type": "enum", "name": "k", "symbols": ["x", "y"]}},
        {"name": "either", "type": ["null", "long", "string"]},
        {"name": "tags", "type": {"type": "map", "values": "long"}},
        {"name": "list", "type": {"type": "array", "items": {"type": "record", "name": "s", "fields": [{"name": "sku", "type": "string"}]}}},
    ]}
    at = AT.replace(tzinfo=datetime.UTC)
    row = {"id": "a", "ms": at, "us": at, "day": at.date(), "price": decimal.Decimal("12.50"), "kind": "y", "either": 7, "tags": {"k": 1},
           "list": [{"sku": "s"}]}
    held = io.BytesIO()
    fastavro.writer(held, schema, [row, row | {"id": "b", "ms": None, "either": None}], codec="deflate")
    file = tmp_path / "part"
    file.write_bytes(held.getvalue())
    found = rows(file)
    assert [(row.line, row.cells["id"], row.cells["either"]) for row in found] == [(1, "a", "7"), (2, "b", None)]
    assert found[0].cells == row | {"either": "7", "tags": [("k", 1)]}
    file.write_bytes(held.getvalue()[:-20])
    with pytest.raises(StoreError, match="this Avro file cannot be read to the end"):
        rows(file)


def workbook(sheets: dict[str, str]) -> bytes:
    """A workbook of sheets whose rows are written as the format has them; style 1 is a date's."""
    names = list(sheets)
    return zipped({
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": (b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
                        b'Target="xl/workbook.xml" '
                        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'),
        "xl/workbook.xml": ('<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
                            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>' + "".join(
            f'<sheet name="{name}" sheetId="{place}" r:id="rId{place}"/>' for place, name in enumerate(names, 1)) + "</sheets></workbook>").encode(),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(
                f'<Relationship Id="rId{place}" Target="worksheets/sheet{place}.xml" '
                'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>' for place in range(1, len(names) + 1))
            + '<Relationship Id="rId99" Target="styles.xml" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/></Relationships>').encode(),
        "xl/styles.xml": (b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2">'
                          b'<xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>'),
        **{f"xl/worksheets/sheet{place}.xml": (
            f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>').encode()
           for place, rows in enumerate(sheets.values(), 1)},
    })


def sheet(first: int, *lines: list[object]) -> str:
    def cell(value: object, place: str) -> str:
        if isinstance(value, datetime.datetime):
            days = (value - datetime.datetime(1899, 12, 30)) / datetime.timedelta(days=1)
            return f'<c r="{place}" s="1"><v>{days!r}</v></c>'
        if isinstance(value, str):
            return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
        return f'<c r="{place}"><v>{value!r}</v></c>'

    return "".join(f'<row r="{row}">' + "".join(cell(value, f"{'ABCDEFGH'[place]}{row}") for place, value in enumerate(line) if value is not None)
                   + "</row>" for row, line in enumerate(lines, first))


def test_a_workbook_gives_the_first_sheet_with_rows_with_dates_as_times_and_whole_numbers_as_such(tmp_path: Path) -> None:
    file = tmp_path / "log.xlsx"
    file.write_bytes(workbook({
        "Empty": "", "Log": sheet(1, ["id", "at", "price"], [17850.0, datetime.datetime(2010, 12, 1, 8, 26), 2.55], ["x", None, 3.0]),
        "More": sheet(3, ["Report"], [None], ["id", "n", "s"], ["a", 1.0, "x"]),
    }))
    assert cells(file) == [("17850", "2010-12-01T08:26:00", "2.55"), ("x", "", "3")]
    assert [row.line for row in rows(file)] == [2, 3]
    assert cells(file, member="mo*") == [("a", "1", "x")]
    assert [row.line for row in rows(file, member="More")] == [6]
    with pytest.raises(StoreError, match="no sheet is called --member Other; there are: Empty, Log, More"):
        rows(file, member="Other")
    with pytest.raises(StoreError, match="the sheet Empty has no row"):
        rows(file, member="Empty")


def test_a_workbook_that_would_not_fit_into_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.reading.sheets._MOST_BYTES", 1000)
    file = tmp_path / "log.xlsx"
    file.write_bytes(workbook({"Log": sheet(1, ["id"], ["a" * 1000])}))
    assert zipfile.is_zipfile(file)
    with pytest.raises(StoreError, match="this workbook is too large to be read: save the sheet as CSV"):
        rows(file)
