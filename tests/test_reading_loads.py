from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pytest

from data.commands import main
from data.loading.loading import LoadOptions, Stop, load_entities, load_rows
from data.loading.rejects import MOST_LISTED, Reject, Rejects, printable
from data.reading.source import opened
from data.store.limits import StoreError
from tests.logs import Log
from tests.store_checks import contents, loaded
from tests.test_reading_containers import zipped

HEADER = "id,tenantId,customerId,type,timestamp\n"


def listed(summary) -> list[str]:
    return Path(summary.rejects_file).read_text(encoding="utf-8").splitlines()


def test_an_archive_is_one_load_and_its_rejects_are_told_by_member_and_line(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.zip"
    file.write_bytes(zipped({
        "a.csv": f"{HEADER}a,t,c,click,2026-03-15\n,t,c,click,2026-03-15\n".encode(),
        "b.ndjson": b'\n{"id":"b","tenantId":"t","customerId":"c","type":"click","timestamp":"x"}\n'
                    b'{"id":"a","tenantId":"t","customerId":"c","type":"click","timestamp":1773585000007}\n'
                    b'{"id":"c","tenantId":"t","customerId":"c","type":"click","timestamp":1773585000008}\n',
    }))
    summary = loaded(log.store, file)
    assert (summary.read, summary.loaded, summary.conflicts, summary.rejected) == (5, 2, 1, 2)
    assert [line.partition(",\"")[0][:50] for line in listed(summary)[1:]] == [
        "3,a.csv: id is missing", "2,b.ndjson: timestamp is neither an ISO 8601 time ", "3,b.ndjson: conflict: already loaded with a differ"]
    with log.store.cursor() as cursor:
        assert cursor.execute("select file, loaded, rejected from loads").fetchall() == [(str(file), 2, 2)]


def test_a_member_that_cannot_be_read_leaves_the_store_as_it_was(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.zip"
    file.write_bytes(zipped({"a.csv": f"{HEADER}a,t,c,click,2026-03-15\n".encode(), "b.pdf": b"%PDF-1.4"}))
    with pytest.raises(StoreError, match=r"log.zip: b.pdf: this is a PDF document"):
        loaded(log.store, file)
    assert contents(log.store)["interactions"] == []


def test_a_doubled_column_is_refused_only_where_it_is_read(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("id,tenantId,customerId,type,timestamp,name,name,,\na,t,c,click,2026-03-15,x,y,,\n")
    assert loaded(log.store, file).ignored == ("#6", "#7", "#8", "#9")
    file.write_text("id,tenantId,customerId,type,timestamp,id\nb,t,c,click,2026-03-15,x\n")
    with pytest.raises(StoreError, match="log.csv: there are columns #1 and #6 of the name 'id': map the one that is meant by its position, as '#1'"):
        loaded(log.store, file)


def test_a_file_whose_first_thousand_rows_fail_alike_stops_there_and_says_how_to_mend_it(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(HEADER + ",t,c,click,2026-03-15\n" * 100_000)
    with pytest.raises(StoreError, match=r"the first 1,000 rows all fail alike: id is missing\. .*--map COLUMN=id.* id, tenantId"):
        loaded(log.store, file)
    assert not Path(f"{file}.rejects.csv").exists()


@pytest.mark.parametrize("bad", [999, 1000])
def test_fewer_than_a_thousand_rows_or_another_reason_among_them_are_rejects(log: Log, tmp_path: Path, bad: int) -> None:
    file = tmp_path / "log.csv"
    other = "a,t,c,click,2026-03-15\n" if bad == 999 else ""
    reason = "" if bad == 999 else "e,t,,click,2026-03-15\n"
    file.write_text(HEADER + ",t,c,click,2026-03-15\n" * 999 + other + reason)
    summary = loaded(log.store, file)
    assert (summary.loaded, summary.rejected) == (1000 - bad, bad)


def test_json_cells_nested_too_deeply_are_rejects_with_that_reason(log: Log, tmp_path: Path) -> None:
    def nested(levels: int) -> str:
        return '{""a"":' * levels + "1" + "}" * levels

    file = tmp_path / "log.csv"
    file.write_text("id,tenantId,customerId,type,timestamp,context\n" + "".join(
        f'{levels},t,c,click,2026-03-15,"{nested(levels)}"\n' for levels in (500, 501, 5000)))
    summary = loaded(log.store, file)
    assert summary.loaded == 1
    assert [line[:80] for line in listed(summary)[1:]] == [
        "3,context is not a JSON object: it is nested deeper than 500 levels,\"{\"\"id\"\":\"\"5",
        "4,context is not a JSON object: it is nested deeper than 500 levels,\"{\"\"id\"\":\"\"5"]


def test_at_most_ten_thousand_rejects_are_listed_unless_all_are_asked_for(tmp_path: Path) -> None:
    many = [Reject(place, "why", "what") for place in range(MOST_LISTED + 5)]
    with Rejects(tmp_path / "a", tmp_path) as rejects:
        rejects.add(many)
        kept = rejects.keep()
    assert rejects.count == MOST_LISTED + 5
    lines = Path(str(kept)).read_text().splitlines()
    assert len(lines) == MOST_LISTED + 2
    assert lines[-1] == ",5 more are not listed: --all-rejects lists them,"
    with Rejects(tmp_path / "a", tmp_path, all_of_them=True) as rejects:
        rejects.add(many)
        kept = rejects.keep()
    assert len(Path(str(kept)).read_text().splitlines()) == MOST_LISTED + 6


def test_the_list_of_rejects_is_its_owners_and_never_written_through_a_link(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    for name in ("log.csv.rejects.csv", "log.csv.rejects.csv.part"):
        (tmp_path / name).symlink_to(precious)
    before = os.umask(0)
    try:
        with Rejects(tmp_path / "log.csv", tmp_path / "rejects") as rejects:
            rejects.add([Reject(1, "why", "what")])
            kept = Path(str(rejects.keep()))
    finally:
        os.umask(before)
    assert precious.read_text() == "kept"
    assert stat.S_IMODE(kept.lstat().st_mode) == 0o600 and not kept.is_symlink()


def test_control_characters_are_spelled_out() -> None:
    assert printable("a\x1b[31m\x07\x9b\u202e\rb\tc\nd\r\ne") == "a\\x1b[31m\\x07\\x9b\\u202e\\x0db\tc\nd\ne"


def test_a_files_control_characters_reach_neither_the_terminal_nor_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))
    name = "log\x1b[2J.csv"
    money = '"{""conversionValue"":""\\u001b[1m""}"'
    (tmp_path / name).write_text(f"{HEADER.strip()},outcome,\x1b]0;x\x07\na,t,c,click,\x1b[31m,,\nb,t,c,click,2026-03-15,{money},\n")
    assert main(["load", str(tmp_path / name)]) == 3
    (tmp_path / "\x1b[5m.csv").write_bytes(b"%PDF\x1b[5m")
    assert main(["load", str(tmp_path / "\x1b[5m.csv")]) == 1
    assert main(["status"]) == 0
    said = "".join(capfd.readouterr())
    assert "\\x1b[2J.csv" in said and "\\x1b]0;x\\x07" in said and "'\\x1b[1m'" in said and "\\x1b[5m.csv: this is a PDF" in said
    assert not any(sign < " " and sign != "\n" for sign in said)
    assert b"\x1b" not in (tmp_path / f"{name}.rejects.csv").read_bytes()


def test_standard_input_is_a_file_like_others_and_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path))
    content = zipped({"a.csv": f"{HEADER}a,t,c,click,2026-03-15\n,t,c,click,2026-03-15\n".encode()})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert main(["load", "-"]) == 3
    assert "loaded                    1" in capfd.readouterr().out
    assert [file.name.split(".", 1)[1] for file in (tmp_path / "rejects").iterdir()] == ["rejects.csv"]
    assert main(["load", "-", "-"]) == 1
    assert "- is standard input, and can be loaded once" in capfd.readouterr().err


def test_the_flags_of_reading_reach_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "a.csv").write_bytes("a;t;c;click;2026-03-15;café\nb;t;c;click;2026-03-15\n".encode("cp1252"))
    (folder / "b.png").write_bytes(b"\x89PNG")
    columns = "id,tenantId,customerId,type,timestamp,offerId"
    assert main(["load", str(folder), "--columns", columns, "--encoding", "cp1252", "--pad", "--member", "*.csv"]) == 0
    assert "loaded                    2" in capfd.readouterr().out
    assert main(["load", str(folder / "*.csv"), "--columns", columns, "--encoding", "cp1252", "--pad"]) == 0
    assert "already there             2" in capfd.readouterr().out
    with pytest.raises(SystemExit):
        main(["load", str(folder), "--encoding", "nonsense"])


def test_a_load_keeps_to_the_memory_that_is_set_and_gives_it_back(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "log.csv"
    file.write_text(f"{HEADER}a,t,c,click,2026-03-15\n")

    def limit() -> str:
        with log.store.cursor() as cursor:
            return cursor.execute("select current_setting('memory_limit')").fetchone()[0]

    before, during = limit(), []
    monkeypatch.setenv("IH_LOAD_MEMORY", "500 MB")
    with opened(file) as source:
        load_rows(log.store, source, LoadOptions(), lambda _: during.append(limit()), Rejects(file, tmp_path), Stop())
    assert set(during) == {"476.8 MiB"} and limit() == before
    monkeypatch.setenv("IH_LOAD_MEMORY", "much")
    with pytest.raises(StoreError, match="IH_LOAD_MEMORY is 'much', which is not a size of memory: write 2GB"):
        loaded(log.store, file)


def test_a_list_that_is_cut_says_so_also_after_a_load(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.loading.rejects.MOST_LISTED", 2)
    file = tmp_path / "log.csv"
    file.write_text(HEADER + ",t,c,click,2026-03-15\n" * 5)
    assert listed(loaded(log.store, file))[-1] == ",3 more are not listed: --all-rejects lists them,"
    assert len(listed(loaded(log.store, file, LoadOptions(all_rejects=True)))) == 6


def test_descriptions_of_which_many_fail_alike_are_loaded_but_for_those(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "offers.csv"
    file.write_text("id,tenantId,name\n" + "o,t,Offer\n" * 10 + "o,t,\n" * 1500)
    report = load_entities(log.store, "offers", file, LoadOptions(), lambda _: None, tmp_path)
    assert (report.described, report.rejected) == (1, 1500)
