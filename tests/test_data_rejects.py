from __future__ import annotations

from pathlib import Path

import pytest

from data.loading.rejects import Reject, Rejects


def test_the_list_stands_beside_the_file_and_replaces_an_older_one(tmp_path: Path) -> None:
    (tmp_path / "log.csv.rejects.csv").write_text("old")
    with Rejects(tmp_path / "log.csv", tmp_path / "rejects") as rejects:
        rejects.add([Reject(3, "id is missing", 'a,"b"'), Reject(4, "no tenant", "x\ny")])
        assert rejects.count == 2
        kept = rejects.keep()
    assert kept == str(tmp_path / "log.csv.rejects.csv")
    assert Path(kept).read_bytes() == b'line,reason,text\r\n3,id is missing,"a,""b"""\r\n4,no tenant,"x\ny"\r\n'
    assert [file.name for file in tmp_path.iterdir()] == ["log.csv.rejects.csv"]


def test_where_the_files_folder_cannot_be_written_to_the_list_goes_to_the_other(tmp_path: Path) -> None:
    no_folder = tmp_path / "a file"
    no_folder.write_text("")
    with Rejects(no_folder / "log.csv", tmp_path / "rejects") as rejects:
        rejects.add([Reject(1, "why", "what")])
        assert rejects.keep() == str(tmp_path / "rejects" / "log.csv.rejects.csv")


def test_a_load_without_rejects_removes_an_older_list(tmp_path: Path) -> None:
    old = tmp_path / "log.csv.rejects.csv"
    old.write_text("old")
    with Rejects(tmp_path / "log.csv", tmp_path / "rejects") as rejects:
        rejects.add([])
        assert rejects.keep() is None
    assert not old.exists()


def test_a_load_that_fails_leaves_an_older_list_and_none_of_its_own(tmp_path: Path) -> None:
    old = tmp_path / "log.csv.rejects.csv"
    old.write_text("old")
    with pytest.raises(RuntimeError), Rejects(tmp_path / "log.csv", tmp_path / "rejects") as rejects:
        rejects.add([Reject(1, "why", "what")])
        raise RuntimeError
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {old.name: "old"}
