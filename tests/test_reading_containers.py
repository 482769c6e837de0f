from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from data.store.limits import StoreError
from tests.reading import cells, places, rows

CSV = b"id,name\na,1\nb,2\n"
MORE = b"id,name\nc,3\n"
TWO = [("a", "1"), ("b", "2")]
THREE = [*TWO, ("c", "3")]


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w") -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return held.getvalue()


def arrow_compressed(codec: str) -> bytes:
    held = pa.BufferOutputStream()
    with pa.CompressedOutputStream(held, codec) as stream:
        stream.write(CSV)
    return held.getvalue().to_pybytes()


@pytest.mark.parametrize(("name", "content"), [
    ("log.csv.gz", gzip.compress(CSV)),
    ("log.csv.gz", gzip.compress(CSV[:9]) + gzip.compress(CSV[9:])),
    ("log.csv.bz2", bz2.compress(CSV)),
    ("log.csv.xz", lzma.compress(CSV)),
    ("log.csv.zst", arrow_compressed("zstd")),
    ("log.csv.lz4", arrow_compressed("lz4")),
    ("log", gzip.compress(gzip.compress(CSV))),
    ("log.zip", zipped({"log.csv": CSV})),
    ("log", zipped({"log.csv": CSV}, zipfile.ZIP_STORED)),
    ("log.csv", zipped({"log.csv.gz": gzip.compress(CSV)}, zipfile.ZIP_LZMA)),
    ("log.tar", tarred({"log.csv": CSV})),
    ("log.tgz", tarred({"log.csv.bz2": bz2.compress(CSV)}, "w:gz")),
    ("log.tar.xz", tarred({"log.csv": CSV}, "w:xz")),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_container_gives_the_rows_of_what_is_in_it(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert cells(tmp_path / name) == TWO


BESIDE = {"META-INF/MANIFEST.mf": b"Pega", "__MACOSX/._log.csv": b"\0", "_SUCCESS": b"", ".DS_Store": b"\0\1", "manifest.json": b"{}",
          "a.csv.rejects.csv": b"line,reason,text\n"}


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_what_systems_leave_beside_the_data_is_passed_over_and_members_are_read_in_order(tmp_path: Path, pack) -> None:
    (tmp_path / "log").write_bytes(pack({"Sent.csv": CSV, **BESIDE, "deep/Opens.csv": MORE}))
    found = rows(tmp_path / "log")
    assert [(row.member, row.line, row.cells["id"]) for row in found] == [("Sent.csv", 2, "a"), ("Sent.csv", 3, "b"), ("deep/Opens.csv", 2, "c")]
    assert [place["#file"] for place in places(tmp_path / "log")] == ["Sent.csv", "Opens.csv"]
    assert [place["#folder"] for place in places(tmp_path / "log")] == ["log", "deep"]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_members_are_asked_for_by_a_pattern_of_their_name_or_path(tmp_path: Path, pack) -> None:
    (tmp_path / "log").write_bytes(pack({"a/Sent.csv": CSV, "b/Opens.csv": MORE, "photo.png": b"\x89PNG\r\n"}))
    assert cells(tmp_path / "log", member="opens*") == [("c", "3")]
    assert cells(tmp_path / "log", member="a/*") == TWO
    with pytest.raises(StoreError, match=r"--member x; there are: a/Sent.csv, b/Opens.csv, photo.png"):
        rows(tmp_path / "log", member="x")
    with pytest.raises(StoreError, match=r"log: photo.png: this is a PNG image"):
        rows(tmp_path / "log")


def test_a_folder_and_a_pattern_are_their_files_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    for name, content in {"day=2/x.csv": MORE, "day=1/x.csv.gz": gzip.compress(CSV), "_SUCCESS": b"", "empty.csv": b"", **BESIDE}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert cells(folder) == cells(folder / "day=*" / "x.*") == cells(folder / "**") == THREE
    assert [dict(place) for place in places(folder)] == [
        {"#file": "x.csv.gz", "#folder": "day=1", "day": "1"}, {"#file": "x.csv", "#folder": "day=2", "day": "2"}]
    assert cells(folder, member="day=2/*") == [("c", "3")]
    assert places(folder / "day=1" / "x.csv.gz")[0]["day"] == "1"
    with pytest.raises(StoreError, match="no file in it is called --member y"):
        rows(folder, member="y")
    with pytest.raises(StoreError, match="no file fits this pattern"):
        rows(folder / "*.parquet")


def test_a_key_of_a_path_is_read_as_it_was_before_it_was_written_there(tmp_path: Path) -> None:
    folder = tmp_path / "type=a%2Fb" / "dt=__HIVE_DEFAULT_PARTITION__"
    folder.mkdir(parents=True)
    (folder / "x.csv").write_bytes(CSV)
    assert dict(places(tmp_path)[0]) == {"#file": "x.csv", "#folder": folder.name, "type": "a/b"}


def test_members_with_paths_that_lead_elsewhere_are_read_and_write_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for pack in (zipped, tarred):
        (folder / "log").write_bytes(pack({"../../evil.csv": CSV, "/tmp_evil.csv": MORE}))
        assert len(rows(folder / "log")) == 3
        assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["log"]


def test_links_in_a_tar_archive_are_passed_over(tmp_path: Path) -> None:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        link = tarfile.TarInfo("passwords.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    (tmp_path / "log.tar").write_bytes(held.getvalue())
    with pytest.raises(StoreError, match="no member in this archive that could be a log"):
        rows(tmp_path / "log.tar")


def test_what_unpacks_beyond_measure_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.reading.unpacking._HARMLESS_BYTES", 1 << 21)
    line = b"id\n" + b"a\n" * (1 << 22)
    bomb = gzip.compress(gzip.compress(line))
    assert len(line) > 1000 * len(bomb)
    (tmp_path / "log.csv.gz").write_bytes(bomb)
    with pytest.raises(StoreError, match="it unpacks to more than 1,000 times its size"):
        rows(tmp_path / "log.csv.gz")
    (tmp_path / "log.zip").write_bytes(zipped({"log.csv.gz": gzip.compress(line)}))
    with pytest.raises(StoreError, match="it unpacks to more than 1,000 times its size"):
        rows(tmp_path / "log.zip")


@pytest.mark.parametrize(("content", "said"), [
    (b"%PDF-1.7\n", "this is a PDF document: export the table"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"old or encrypted Office file \(.xls\): save it as an .xlsx workbook"),
    (b"SQLite format 3\0" + b"\0" * 100, "this is an SQLite database"),
    (b"Rar!\x1a\x07\x01\0", "this is a RAR archive: unpack it"),
    (b"7z\xbc\xaf\x27\x1c\0\4", "this is a 7z archive: unpack it"),
    (b"\x89PNG\r\n\x1a\n", "this is a PNG image: load the log itself"),
    (b"\xff\xd8\xff\xe0", "this is a JPEG image"),
    (b"\n<!DOCTYPE html><html>", "this is an HTML page.*login"),
    (b"<?xml version='1.0'?><a/>", "this is XML"),
    (zipped({"word/document.xml": b"<a/>"}), "this is a text document or a presentation"),
    (zipped({"inner.zip": zipped({"log.csv": CSV})}), "an archive within an archive: unpack the outer one"),
    (zipped({"log.csv": CSV})[:-30], "this zip archive cannot be read to the end"),
    (gzip.compress(CSV)[:-3], "cannot be read to the end: .*ended"),
    (arrow_compressed("zstd")[:-3], "cannot be read to the end"),
    (tarred({"log.csv": CSV * 1000})[:2000], "cannot be read to the end"),
    (b"i\0d\0,\0n\0\n\0" * 50, "UTF-16 text without its mark: give --encoding utf-16-le"),
    (b"id,name\n" + b"\0\1\2\3\4\5" * 99, "this is no text and no format that is known"),
    (b"\x28\xb5\x2f\xfdnonsense", "cannot be read to the end"),
    (b"PAR1 no parquet", "not a readable Parquet file"),
    (b"ARROW1 no arrow", "not a readable Arrow file"),
    (b"Obj\x01 no avro", "this Avro file cannot be read to the end"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_cannot_be_read_is_named_for_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=said) as refusal:
        rows(file)
    assert str(refusal.value).startswith(str(file))
