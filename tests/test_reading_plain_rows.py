"""Rows that compiled code splits are those that the csv module splits, whatever stands in them."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest

from data.reading.options import ReadOptions
from tests.reading import rows

PIECES = ["a", "é", "1", " ", '"', '""', '","',
          '"x"', '"x,y"', '"a""b"', '"line\nbreak"', '"line\r\nbreak"', ",", ",", ",,", "\n", "\r\n", "\n\n", "\r",
          "0123456789\x00", "\\", "'", "#", ";", b"\xff", b"\xc3", '"\r"', '"never']


def text(seed: int) -> bytes:
    """A table of three columns that is mostly well written: each seed has some odd pieces, and some none."""
    chance = random.Random(seed)
    oddity = chance.choice([0, 0.01, 0.1, 0.6])
    lines = [b"id,n,s\n"]
    for _ in range(chance.randrange(60)):
        if chance.random() < oddity:
            lines += [piece if isinstance(piece, bytes) else piece.encode() for piece in chance.choices(PIECES, k=chance.randrange(1, 8))]
        cells = [chance.choice(["", "é", "abc", '"q"', '"a,b"', '"a""b"', '"two\nlines"', 'in"side', " s "]) for _ in range(3)]
        lines.append((",".join(cells) + chance.choice(["", "", ",", ',""']) + chance.choice(["\n", "\r\n"])).encode())
    return b"".join(lines)[:-1 if chance.random() < 0.3 else None]


@pytest.mark.parametrize("most", [1, 7, 500])
@pytest.mark.parametrize("first_seed", range(0, 400, 50))
def test_both_ways_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_seed: int, most: int) -> None:
    monkeypatch.setattr("data.reading.delimited._ROWS_BETWEEN", most)
    monkeypatch.setattr("data.reading.file_lines._PIECE", 13)
    compiled = 0
    for seed in range(first_seed, first_seed + 50):
        file = tmp_path / "log.csv"
        file.write_bytes(text(seed))
        monkeypatch.setattr("data.reading.delimited._worth_compiling", lambda *_: False)
        slowly = rows(file)
        monkeypatch.setattr("data.reading.delimited._worth_compiling", lambda _, dialect: not dialect.escapes)
        for size in (50, 1 << 20):
            monkeypatch.setattr("data.reading.plain_rows.FIRST_BYTES", size)
            monkeypatch.setattr("data.reading.plain_rows.BATCH_BYTES", size)
            assert rows(file) == slowly, seed
        compiled += len(slowly)
    assert compiled > 500


def test_a_large_file_is_split_by_compiled_code_and_its_odd_rows_are_told_by_their_lines(tmp_path: Path) -> None:
    from data.reading.delimited import delimited_batches

    plain = b'a,"x ""y"" z",1\n' * 30_000
    content = b"id,n,s\n" + plain + b"b,short\n" + plain + b'c,"bad"quote,1\n' + plain + b"d,\xff,1\n" + plain
    batches = list(delimited_batches(io.BufferedReader(io.BytesIO(content), 1 << 20), ReadOptions()))
    found = [(line, problem) for batch in batches for line, problem in zip(*(batch.column(place).to_pylist() for place in (0, 1)), strict=True)]
    assert [line for line, _ in found] == list(range(2, 120_005))
    assert [(line, problem.split(":")[0]) for line, problem in found if problem] == [
        (30_002, "the row has 2 cells, but the header has 3"), (60_003, "the row cannot be split into cells"), (90_004, "the row is not UTF-8 text")]
    assert {cell for batch in batches for cell in batch.column(3).to_pylist()} == {'x "y" z', "short", "", "?"}
