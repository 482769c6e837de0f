from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.commands import main
from tests.logs import interaction

ROOT = Path(__file__).parent.parent
CUT = Path(__file__).parent / "data" / "open-bandit-cut.ndjson"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of the commands."""
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def written(folder: Path, *rows: dict) -> str:
    file = folder / "log.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(file)


def test_load_says_what_became_of_the_rows_and_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", str(CUT)]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert [line.split() for line in lines[1:6]] == [
        ["rows", "read", "600"], ["loaded", "600"], ["already", "there", "0"], ["conflicts", "0"], ["rejected", "0"]]
    assert lines[0] == str(CUT)
    assert "loaded rows are from 2019-11-24T00:00:17.004Z to 2019-11-25T01:50:35.842Z" in said.out
    assert "writing journeys …" in said.err


def test_load_says_which_rows_lie_in_the_future_or_long_ago(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["load", written(tmp_path, interaction("a"), interaction("b", "2199-12-31"), interaction("c", "1999-12-31"))]) == 0
    said = capsys.readouterr().out
    assert "  1 row lies in the future, later than a day after the server's clock\n" in said
    assert "  1 row is from before the year 2000\n" in said
    more = [interaction(f"{year}", f"{year}-01-01") for year in (1970, 1971, 2000, 9998, 9999)]
    assert main(["load", written(tmp_path, *more)]) == 0
    said = capsys.readouterr().out
    assert "2 rows lie in the future" in said
    assert "2 rows are from before the year 2000" in said
    assert main(["load", written(tmp_path, interaction("d"))]) == 0
    said = capsys.readouterr().out
    assert "future" not in said and "2000" not in said


@pytest.mark.parametrize(("rows", "flags", "code"), [
    ([interaction("a")], [], 0),
    ([interaction("a"), {}], [], 3),
    ([interaction("a"), interaction("a", direction="x")], [], 3),
    ([interaction("a"), {}], ["--strict"], 1),
    ([interaction("a")], ["--map", "x=id"], 1),
])
def test_the_exit_code_says_whether_all_rows_are_in_the_store(tmp_path: Path, rows: list, flags: list[str], code: int) -> None:
    assert main(["load", written(tmp_path, *rows), *flags]) == code


@pytest.mark.parametrize("arguments", [[], ["load"], ["load", "nowhere.csv"], ["load", "--tenant", ""],
                                       ["load", __file__, "--map", "event"], ["load", __file__, "--map", "event=nofield"],
                                       ["load", __file__, "--time", "unix"], ["load", __file__, "--timezone", "Berlin"],
                                       ["load", __file__, "--decimal", ";"],
                                       ["sample", "--interactions", "-1"], ["sample", "--until", "June"], ["vacuum"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2


def test_entity_files_need_no_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offers = tmp_path / "offers.json"
    offers.write_text(json.dumps([{"id": "o", "name": "Offer", "status": "active"}]))
    assert main(["load", "--tenant", "t", "--offers", str(offers)]) == 0
    assert main(["load", "--offers", str(offers)]) == 3
    assert "described" in capsys.readouterr().out


def test_status_lists_tenants_and_the_latest_loads(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["load", str(CUT), written(tmp_path, interaction("a"), interaction("b", customerId="C2"))])
    capsys.readouterr()
    assert main(["status"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["store", str(home / "history.duckdb")]
    assert lines[1] == ["version", "2"]
    assert ["acme", "2", "2", "2026-03-15T14:30:00.000Z", "2026-03-15T14:30:00.000Z"] in lines
    assert ["zozotown", "600", "130", "2019-11-24T00:00:17.004Z", "2019-11-25T01:50:35.842Z"] in lines
    assert [line[1:] for line in lines[-2:]] == [[str(tmp_path / "log.ndjson"), "2", "0", "0", "0"], [str(CUT), "600", "0", "0", "0"]]


def test_status_of_an_empty_store_has_no_tenants(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 0
    assert "version  0" in capsys.readouterr().out
    assert main(["status", "--tenants"]) == 0
    assert capsys.readouterr().out == "\n"


def test_the_tenants_that_have_rows_are_told_the_largest_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    channels = tmp_path / "channels.json"
    channels.write_text(json.dumps([{"id": "ch_web", "name": "Website", "tenantId": "without rows"}]))
    main(["load", written(tmp_path, interaction("a"), *(interaction(id, tenantId="zenith") for id in "bc")), "--channels", str(channels)])
    capsys.readouterr()
    assert main(["status", "--tenants"]) == 0
    assert capsys.readouterr().out == "zenith\nacme\n"


def test_a_store_that_another_process_has_open_is_said_to_be_in_use(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    holding = f"from pathlib import Path; from data.store.store import Store; s = Store.open(Path({str(home)!r})); print('open'); input()"
    other = subprocess.Popen([sys.executable, "-uc", holding], cwd=ROOT, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout.readline() == "open\n"
    assert main(["status"]) == 1
    other.communicate("\n")
    assert "in use by another process" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["data", "status"], ["accounts", "list"]])
def test_a_command_whose_output_nobody_reads_ends_without_a_word(command: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as unread:
        ended = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, stdout=unread, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (141, "")


def test_sample_loads_or_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sample.csv"
    assert main(["sample", "--interactions", "500", "--seed", "2", "--tenant", "t", "--output", str(file)]) == 0
    assert main(["sample", "--interactions", "500", "--seed", "2", "--tenant", "t"]) == 0
    assert main(["load", str(file)]) == 0
    assert "already there           500" in capsys.readouterr().out


def test_loads_lists_them_and_unload_takes_one_back(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["loads"]) == 0
    assert capsys.readouterr().out == "no loads\n"
    file = written(tmp_path, interaction("a"), interaction("b"))
    assert main(["load", file]) == 0
    assert main(["load", written(tmp_path, interaction("a", customerId="CUST002"), interaction("b")), "--replace"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines() if "replaced" in line] == [["replaced", "1"]]
    assert main(["loads"]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == ["version", "finished", "source", "tenant", "rows", "rejected", "conflicts", "by"]
    assert [[cell for place, cell in enumerate(line.split()) if place != 1] for line in lines] == [
        ["2", file, "acme", "1", "0", "0", "operator"], ["1", file, "acme", "1", "0", "0", "operator"]]
    assert main(["unload", "2"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"load 2 taken back: {file}"
    assert [line.split() for line in said[1:3]] == [["rows", "removed", "0"], ["put", "back", "1"]]
    assert main(["unload", "1", "--tenant", "acme"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"load 1 taken back, of tenant acme alone: {file}"
    assert main(["status", "--tenants"]) == 0
    assert capsys.readouterr().out == "\n"


def test_a_load_that_there_is_not_is_named_and_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["unload", "7"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "Load 7 does not exist; `python -m data loads` lists the loads."
    with pytest.raises(SystemExit) as ended:
        main(["unload", "march.csv"])
    assert ended.value.code == 2
