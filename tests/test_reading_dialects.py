from __future__ import annotations

from pathlib import Path

import pytest

from data.store.limits import StoreError
from tests.reading import Read, cells, rows

TABLE = [("a", "1", "x"), ("b", "2", "y")]


@pytest.mark.parametrize("content", [
    "id,n,s\na,1,x\nb,2,y\n",
    "id;n;s\na;1;x\nb;2;y\n",
    "id\tn\ts\ra\t1\tx\rb\t2\ty\r",
    "id|n|s\r\na|1|x\r\nb|2|y",
    "sep=|\nid|n|s\na|1|x\nb|2|y\n",
    '"sep=;"\r\nid;n;s\r\na;1;x\r\nb;2;y\r\n',
    "\n\r\n   \nid,n,s\na,1,x\nb,2,y\n",
    "Campaign report;;\nGenerated: 2026-03-15;;\n\nid;n;s\na;1;x\nb;2;y\n",
    "Campaign report\nfrom 1 to 2\nid,n,s\na,1,x\nb,2,y\n",
    "# exported, by hand, today\n# again\nid,n,s\na,1,x\nb,2,y\n",
    "#\nid,n,s\na,1,x\nb,2,y\n",
    "id,n,s\na,1,x,\nb,2,y,,\n",
    " id , n,s \na,1,x\nb,2,y\n",
    "\ufeffid,n,s\na,1,x\nb,2,y\n",
])
def test_a_table_is_found_however_it_is_written(tmp_path: Path, content: str) -> None:
    file = tmp_path / "log.csv"
    file.write_text(content, newline="")
    assert cells(file) == TABLE
    assert list(rows(file)[0].cells) == ["id", "n", "s"]


def test_lines_are_those_of_the_file_also_below_a_title(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text('Report\n\nid,n,s\na,1,"x\ny"\n\nb,2\n')
    found = rows(file)
    assert [(row.line, row.problem) for row in found] == [
        (4, None), (7, "the row has 2 cells, but the header has 3: --pad takes those that are missing as empty")]
    assert cells(file, pad=True) == [("a", "1", "x\ny"), ("b", "2", "")]


def test_a_header_that_begins_with_a_number_sign_is_one(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("#id,n\na,1\n")
    assert rows(file) == [Read(str(file), 2, None, {"#id": "a", "n": "1"})]


def test_columns_name_those_of_a_table_without_a_header(tmp_path: Path) -> None:
    file = tmp_path / "hits.tsv"
    file.write_text("3010\t990\thome\\\\page\t1,100\n3011\t991\t\\N\t1,100\n")
    assert [row.cells for row in rows(file, columns=("a", "b", "c", "d"))] == [
        {"a": "3010", "b": "990", "c": "home\\\\page", "d": "1,100"}, {"a": "3011", "b": "991", "c": "\\N", "d": "1,100"}]
    assert [row.line for row in rows(file, columns=("a", "b", "c", "d"))] == [1, 2]
    with pytest.raises(StoreError, match="--columns names 'a' more than once"):
        rows(file, columns=("a", "a"))


def test_columns_without_a_name_are_called_by_their_position_and_doubled_ones_stay(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(",id,n,n,\n0,a,1,2,\n")
    with_names = list(rows(file)[0].cells)
    assert with_names == ["#1", "id", "n", "#5"]
    assert rows(file)[0].problem is None


@pytest.mark.parametrize(("text", "read"), [
    (r'a,"say \"hi\"",x', 'say "hi"'),
    (r'a,"{\"k\": \"v,w\"}",x', '{"k": "v,w"}'),
    ('a,"say ""hi""",x', 'say "hi"'),
    (r'a,"back\slash",x', r"back\slash"),
    (r'a,"ends in \",x', "ends in \\"),
])
def test_quotes_in_cells_are_doubled_or_escaped(tmp_path: Path, text: str, read: str) -> None:
    file = tmp_path / "log.csv"
    file.write_text(f"id,n,s\n{text}\n")
    assert cells(file) == [("a", read, "x")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_a_mark_says_the_encoding(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith(("le", "be")) else ""
    file = tmp_path / "log.csv"
    file.write_bytes((mark + "id,n\na,é€😀\n").encode(encoding))
    assert rows(file) == [Read(str(file), 2, None, {"id": "a", "n": "é€😀"})]


def test_another_encoding_is_named_and_what_it_has_no_sign_for_is_a_reject(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes("id,n\na,Café €5\n".encode("cp1252") + b"b,\x81\n")
    assert [(row.line, row.problem) for row in rows(file)] == [
        (2, "the row is not UTF-8 text: give --encoding, such as cp1252 for files of Windows"),
        (3, "the row is not UTF-8 text: give --encoding, such as cp1252 for files of Windows")]
    assert [(row.problem, row.cells["n"]) for row in rows(file, encoding="cp1252")] == [(None, "Café €5"), ("the row is not cp1252 text", "?")]
    with pytest.raises(StoreError, match="--encoding cp1522: there is no such encoding"):
        rows(file, encoding="cp1522")
    with pytest.raises(StoreError, match="there is no such encoding"):
        rows(file, encoding="base64")


def test_half_a_pair_of_utf_16_is_a_reject_of_its_row_alone(tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    file.write_bytes(b"\xff\xfe" + '{"a":1}\n{"a":"'.encode("utf-16-le") + b"\x00\xd8" + '"}\n{"a":3}\n'.encode("utf-16-le"))
    assert [row.cells for row in rows(file, encoding="utf-16") if not row.problem] == [{"a": 1}, {"a": 3}]
    assert [(row.line, row.problem) for row in rows(file) if row.problem] == [(2, "byte 7 of the line is not UTF-8 text: give --encoding, "
                                                                               "such as cp1252 for files of Windows")]


def test_a_quote_that_never_ends_is_no_more_than_a_row_may_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.reading.delimited.LONGEST_ROW", 1000)
    import csv
    before = csv.field_size_limit(1000)
    try:
        file = tmp_path / "log.csv"
        file.write_text('id,n\na,"never\n' + "b,2\n" * 1000)
        found = rows(file)
    finally:
        csv.field_size_limit(before)
    assert found[0].problem == "the row cannot be split into cells: field larger than field limit (1000)"
    assert found[-1].cells == {"id": "b", "n": "2"} and found[-1].line == 1002
