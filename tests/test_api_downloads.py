from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.downloads import rows_text
from queries.answers.csv_text import cell_text, header_text

CELLS = [
    # value, as it stands in the file, as it stands there with raw=true
    (None, "", ""),
    ("", "", ""),
    ("CUST001", "CUST001", "CUST001"),
    ("null", "null", "null"),
    (" padded ", " padded ", " padded "),
    ("é 😀", "é 😀", "é 😀"),
    # RFC 4180.
    ("a,b", '"a,b"', '"a,b"'),
    ('say "hi"', '"say ""hi"""', '"say ""hi"""'),
    ("two\nlines", '"two\nlines"', '"two\nlines"'),
    ("two\r\nlines", '"two\r\nlines"', '"two\r\nlines"'),
    ('{"a":1}', '"{""a"":1}"', '"{""a"":1}"'),
    ("{}", "{}", "{}"),
    # What a spreadsheet would run.
    ("=1+1", "'=1+1", "=1+1"),
    ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"", '"=HYPERLINK(""x"",""y"")"'),
    ("@SUM(A1)", "'@SUM(A1)", "@SUM(A1)"),
    ("+31 20 123", "'+31 20 123", "+31 20 123"),
    ("-cmd", "'-cmd", "-cmd"),
    ("\t=1", "\"'\t=1\"", '"\t=1"'),
    ("\n=1", "\"'\n=1\"", '"\n=1"'),
    ("＝1+1", "'＝1+1", "＝1+1"),
    ("＋1", "'＋1", "＋1"),
    ("－1", "'－1", "－1"),
    ("＠SUM(A1)", "'＠SUM(A1)", "＠SUM(A1)"),
    # What ends a cell in a spreadsheet of another country.
    ("x;=1+1", '"x;=1+1"', '"x;=1+1"'),
    ("x\t=1+1", '"x\t=1+1"', '"x\t=1+1"'),
    ("\r=1", "\"'\r=1\"", '"\r=1"'),
    ("-", "'-", "-"),
    ("--1", "'--1", "--1"),
    ("-1-1", "'-1-1", "-1-1"),
    ("-1\n", "\"'-1\n\"", '"-1\n"'),
    ("-١", "'-١", "-١"),
    ("+1e5x", "'+1e5x", "+1e5x"),
    # Plain numbers.
    ("-1", "-1", "-1"),
    ("+1", "+1", "+1"),
    ("-12.50", "-12.50", "-12.50"),
    ("-.5", "-.5", "-.5"),
    ("+1e-5", "+1e-5", "+1e-5"),
    # Harmless where they do not stand first.
    ("a=1", "a=1", "a=1"),
    ("'=1", "'=1", "'=1"),
]


@pytest.mark.parametrize(("value", "guarded", "raw"), CELLS)
def test_a_cell_is_quoted_where_it_must_be_and_never_run(value: str | None, guarded: str, raw: str) -> None:
    assert cell_text(value, raw=False) == guarded
    assert cell_text(value, raw=True) == raw


@pytest.mark.parametrize("dictionary", [False, True])
@pytest.mark.parametrize("raw", [False, True])
def test_a_column_is_written_cell_by_cell(dictionary: bool, raw: bool) -> None:
    values = pa.array([value for value, _, _ in CELLS], pa.string())
    table = pa.table({"a": values.dictionary_encode() if dictionary else values, "b": pa.array(["x"] * len(CELLS))})
    assert rows_text(table, raw) == "".join(f"{cell_text(value, raw)},x\r\n" for value, _, _ in CELLS)


def test_no_rows_are_no_text_and_a_header_ends_its_line() -> None:
    assert rows_text(pa.table({"a": pa.array([], pa.string())}), raw=False) == ""
    assert header_text(["a", "b,c"]) == 'a,"b,c"\r\n'


texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('=+-@\t\r\n",\'1.e'), max_size=8)


@given(st.lists(st.tuples(texts, st.none() | texts), min_size=1), st.booleans())
def test_the_csv_module_reads_the_same_cells_back(rows: list[tuple[str, str | None]], dictionary: bool) -> None:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    table = pa.table({"a": columns[0], "b": columns[1].dictionary_encode() if dictionary else columns[1], "end": ["."] * len(rows)})
    read = list(csv.reader(io.StringIO(rows_text(table, raw=True), newline="")))
    assert read == [[a, b or "", "."] for a, b in rows]
    for (a, _), (guarded, _, _) in zip(rows, csv.reader(io.StringIO(rows_text(table, raw=False), newline="")), strict=True):
        assert guarded in (a, f"'{a}")
        assert not guarded.startswith(("=", "@", "\t", "\r"))
