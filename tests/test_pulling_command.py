"""`python -m data pull`: by itself, through the server that owns the store, and the lines of the file that IH_PULL names."""

from __future__ import annotations

import argparse
import re
import shlex
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from data import commands
from data.commands import main
from data.orders.handover import serve_loads
from data.orders.pulls import STOPPED
from data.pulling.source import Pull, add_pull_flags, pull_of, pulls_of
from data.store.limits import StoreError
from data.store.store import Store
from tests.logs import ACME
from tests.platform_double import KEY, Platform, answering, rows_of, serving


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform()
    platform.add(*rows_of(30))
    with serving(platform):
        yield platform


@pytest.fixture
def flags(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command's flags; the state folder is an empty one."""
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))
    (tmp_path / "key").write_text(KEY)
    return ["pull", "--from", platform.url, "--key-file", str(tmp_path / "key"), "--tenant", ACME, "--a-minute", "60000"]


def test_the_command_pulls_and_says_what_came_of_it(flags: list[str], platform: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(flags) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"pulled from {platform.url} into acme"
    assert [line.split() for line in said[2:7]] == [["new", "30"], ["changed", "0"], ["removed", "here", "0"], ["removed", "there", "0"],
                                                    ["not", "loaded", "0"]]
    assert said[-1] == "  the totals agree"
    # And the same by way of the process that owns the store.
    platform.add(*rows_of(5, 30))
    home = tmp_path / "home"
    with closing(Store.open(home)) as store:
        close = serve_loads(store, home)
        try:
            assert main(flags) == 0
            assert ["new", "5"] in [line.split() for line in capsys.readouterr().out.splitlines()]
            platform.faults = [answering(403, {"error": "the role is too low"})]
            assert main(flags) == 1
            assert capsys.readouterr().err.splitlines()[-1] == f"{platform.url} answers 403: the role is too low"
        finally:
            close()


def test_a_server_that_stops_ends_the_pull_that_waits_and_says_what_stays(
    flags: list[str], platform: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    platform.most = 20
    platform.faults = [None, answering(429, Retry_After="600")]
    home = tmp_path / "home"
    home.mkdir()
    with closing(Store.open(home)) as store:
        close = serve_loads(store, home)
        with ThreadPoolExecutor() as pool:
            pulling = pool.submit(main, flags)
            while len(platform.asked) < 2:
                assert not pulling.done()
                time.sleep(0.01)
            close()
            assert pulling.result() == 1
        assert capsys.readouterr().err.splitlines()[-1] == STOPPED
        with store.snapshot() as snapshot:
            assert snapshot.rows("select count(*) from interactions") == [(20,)]


def test_again_and_again_until_the_key_is_refused(
    flags: list[str], platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        platform.faults = {1: [answering(404)], 2: [answering(401, {"error": "expired"})]}[len(waits)]

    monkeypatch.setattr(commands.time, "sleep", wait)
    assert main([*flags, "--every", "5m"]) == 1
    said = capsys.readouterr()
    assert waits == [300, 300]
    assert "answers 404" in said.err and said.err.endswith("answers 401: expired\n")
    assert said.out.count("pulled from") == 1


def test_a_key_file_that_cannot_be_used_is_named(flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for content, says in ((b"two\nlines", "must hold one line, the platform's API key"), (b"\xff", "cannot be read"), (b"", "must hold one line")):
        (tmp_path / "key").write_bytes(content)
        assert main(flags) == 1
        error = capsys.readouterr().err
        assert f"The key file {tmp_path / 'key'} " in error and says in error


@pytest.mark.parametrize("changed", [["--from", "ftp://host"], ["--from", "https://me:secret@host/api/v1"], ["--every", "5"], ["--a-minute", "0"],
                                     ["--tenant", " "], ["--lookback", "0h"]])
def test_wrong_flags_exit_with_2(flags: list[str], changed: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*flags, *changed])
    assert end.value.code == 2


def test_the_lines_of_the_servers_file_are_the_commands_flags() -> None:
    first = "--from https://host/api/v1/ --key-file '/etc/a key' --tenant acme"
    assert pulls_of(f"# two tenants\n\n{first}  # the shop\n{first.replace('acme', 'zenith')} --every 1h --follow-removals\n") == [
        Pull("https://host/api/v1", "/etc/a key", "acme", every_s=300),
        Pull("https://host/api/v1", "/etc/a key", "zenith", every_s=3600, follow_removals=True),
    ]


def test_the_document_shows_commands_and_lines_that_work_and_every_flag(flags: list[str], platform: Platform) -> None:
    text = (Path(__file__).parent.parent / "docs" / "pulling.md").read_text(encoding="utf-8")
    [commands_shown, file_shown] = re.findall(r"^```(?:sh)?\n(.+?)^```$", text, re.MULTILINE | re.DOTALL)
    once, again = (shlex.split(line)[3:] for line in commands_shown.splitlines())
    own = {"https://platform.example.com/api/v1": platform.url, "/etc/platform.key": flags[4]}
    assert main([own.get(word, word) for word in once] + ["--a-minute", "60000"]) == 0
    parser = argparse.ArgumentParser()
    add_pull_flags(parser)
    assert pulls_of(file_shown) == [pull_of(parser.parse_args(again[1:]))]
    assert all(f"`{option}" in text for action in parser._actions for option in action.option_strings if option not in ("-h", "--help", "--from"))


@pytest.mark.parametrize(("lines", "says"), [
    ("\n--from https://host --tenant acme", "Line 2 of the file that IH_PULL names is wrong: the following arguments are required: --key-file."),
    ("--from https://host --key-file k --tenant acme --every soon", "Line 1 .* argument --every: must be a time such as 30s"),
    ("--from 'https://host", "Line 1 .* No closing quotation"),
    ("--from https://host --key-file k --tenant acme\n" * 2, "pulls https://host into acme twice"),
])
def test_a_line_that_is_wrong_is_named(lines: str, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        pulls_of(lines)
