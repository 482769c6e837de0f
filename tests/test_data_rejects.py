from __future__ import annotations

import stat
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


@pytest.mark.parametrize("name", ["log.csv.rejects.csv", "log.csv.rejects.csv.part"])
@pytest.mark.parametrize("kind", ["to a file", "to nothing"])
def test_a_link_that_lies_there_is_replaced_and_what_it_leads_to_is_not_touched(tmp_path: Path, name: str, kind: str) -> None:
    secret = tmp_path / "secret"
    if kind == "to a file":
        secret.write_text("mine")
        secret.chmod(0o600)
    (tmp_path / name).symlink_to(secret)
    with Rejects(tmp_path / "log.csv", tmp_path / "rejects") as rejects:
        rejects.add([Reject(1, "why", "what")])
        kept = rejects.keep()
    assert kept == str(tmp_path / "log.csv.rejects.csv")
    assert not Path(kept).is_symlink() and Path(kept).read_text() == "line,reason,text\n1,why,what\n"
    assert stat.S_IMODE(Path(kept).stat().st_mode) == 0o600
    assert secret.exists() == (kind == "to a file")
    if kind == "to a file":
        assert secret.read_text() == "mine"


def test_a_load_without_rejects_removes_a_link_and_not_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("mine")
    (tmp_path / "log.csv.rejects.csv").symlink_to(tmp_path / "secret")
    with Rejects(tmp_path / "log.csv", tmp_path / "rejects") as rejects:
        assert rejects.keep() is None
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]
    assert (tmp_path / "secret").read_text() == "mine"


def test_where_another_puts_a_link_there_once_more_the_list_goes_to_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("mine")
    (tmp_path / "rejects").mkdir()
    remove = Path.unlink

    def linked_again(path: Path, missing_ok: bool = False) -> None:
        remove(path, missing_ok=missing_ok)
        if path.parent == tmp_path:
            path.symlink_to(tmp_path / "secret")

    with Rejects(tmp_path / "log.csv", tmp_path / "rejects") as rejects:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", linked_again)
            rejects.add([Reject(1, "why", "what")])
        assert rejects.keep() == str(tmp_path / "rejects" / "log.csv.rejects.csv")
    assert (tmp_path / "secret").read_text() == "mine"
