"""`python -m data outcomes`: lists what outcome types mean and changes it, here or in the process that owns the store."""

from __future__ import annotations

import json
import shlex
import threading
from pathlib import Path

import pytest

from data.commands import main
from data.orders.handover import hand_over, serve_loads
from data.orders.orders import Failure
from data.orders.outcomes import OutcomesCommand, OutcomeTable, ResetOutcomeCommand, SetOutcomeCommand
from data.store.meanings import set_meaning
from queries.answers.summary import figures
from queries.asking.outcomes import Said
from queries.asking.selection import Selection
from tests.logs import ACME, ZENITH, Log, interaction
from tests.test_data_handover import answer, request


@pytest.fixture(autouse=True)
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of the commands, with three rows of acme and one of zenith."""
    home = tmp_path / "home"
    monkeypatch.setenv("IH_HOME", str(home))
    with Log(home) as log:
        log.load(
            interaction("1", interactionType="NoResponse"), interaction("2", interactionType="NoResponse"),
            interaction("3", interactionType="Clicked"), interaction("4", interactionType="NoResponse", tenantId=ZENITH),
        )
    return home


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[list[str]]:
    """The lines that a command that succeeds prints, parted at every two blanks."""
    assert main(["outcomes", *arguments]) == 0
    return [[cell for cell in line.split("  ") if cell.strip()] for line in capsys.readouterr().out.splitlines()]


def figures_of(home: Path, tenant: str) -> tuple[int, int, int]:
    with Log(home) as log, log.snapshot() as snapshot:
        found = figures(snapshot.tenant(tenant), Selection(tenant))
        return found.impression, found.click, found.positive


def test_the_table_of_each_tenant_is_listed_with_the_rows_of_each_key(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys)
    assert lines[0] == ["tenant acme, 3 rows in its log"]
    assert [cell.strip() for cell in lines[1]] == ["key", "name", "class", "category", "counts as", "set", "rows in the log"]
    assert [cell.strip() for cell in lines[2]] == ["NoResponse", "NoResponse", "neutral", "nothing", "2"]
    assert [cell.strip() for cell in lines[4]] == ["impression", "Impression", "neutral", "impression", "impression", "0"]
    assert ["tenant zenith, 1 row in its log"] in lines
    assert len(said(capsys, "--tenant", ZENITH)) == 2 + 17 + 1


def test_a_change_is_shown_and_counts_at_once_for_that_tenant_alone(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, "set", "NoResponse", "--tenant", ACME, "--counts-as", "impression")
    assert [cell.strip() for cell in shown[2]] == ["NoResponse", "NoResponse", "neutral", "impression", "impression", "yes", "2"]
    said(capsys, "set", "Clicked", "--tenant", ACME, "--counts-as", "click", "--name", "A click")
    assert (figures_of(loaded, ACME), figures_of(loaded, ZENITH)) == ((2, 1, 1), (0, 0, 0))
    # What is not given stays, and what is not said follows what the key counts as.
    shown = said(capsys, "set", "Clicked", "--tenant", ACME, "--counts-as", "dismiss")
    assert [cell.strip() for cell in shown[2]] == ["Clicked", "A click", "negative", "response", "dismiss", "yes", "1"]
    shown = said(capsys, "set", "Clicked", "--tenant", ACME, "--counts-as", "nothing", "--class", "positive", "--category", "nothing")
    assert [cell.strip() for cell in shown[2]] == ["Clicked", "A click", "positive", "nothing", "yes", "1"]
    assert figures_of(loaded, ACME) == (2, 0, 1)
    shown = said(capsys, "reset", "NoResponse", "--tenant", ACME)
    assert [cell.strip() for cell in shown[2]] == ["NoResponse", "NoResponse", "neutral", "nothing", "2"]
    assert figures_of(loaded, ACME) == (0, 0, 1)


@pytest.mark.parametrize(("arguments", "said"), [
    (["--tenant", "tpyo"], "The store has no tenant 'tpyo', only acme, zenith.\n"),
    (["reset", "Clicked", "--tenant", ACME], "'acme' has set nothing for the outcome 'Clicked', so there is nothing to reset.\n"),
    (["set", "recommendation", "--tenant", ACME, "--counts-as", "impression"],
     "'recommendation' can never count as an impression, for what was recommended need not have been shown; give what was shown another key.\n"),
    (["set", "x", "--tenant", ACME, "--name", "x" * 201], "the name must have 1 to 200 characters, not 201.\n"),
])
def test_what_cannot_be_done_is_said_and_exits_with_1(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outcomes", *arguments]) == 1
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(("arguments", "said"), [
    (["set", "x", "--tenant", ACME], "nothing to set: give --name, --class, --category or --counts-as"),
    (["set", "x", "--counts-as", "click"], "the following arguments are required: --tenant"),
    (["set", "x", "--tenant", ACME, "--counts-as", "view"], "argument --counts-as: invalid choice: 'view'"),
    (["set", "", "--tenant", ACME, "--counts-as", "click"], "argument KEY: must not be empty"),
    (["forget", "x", "--tenant", ACME], "invalid choice: 'forget'"),
])
def test_wrong_usage_names_the_flag_and_exits_with_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["outcomes", *arguments])
    assert end.value.code == 2 and said in capsys.readouterr().err


def test_a_tenant_without_rows_may_set_what_its_words_will_mean_and_is_told_that_it_has_none(
    loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    assert said(capsys, "set", "Shown", "--tenant", "new", "--counts-as", "impression")[0] == ["tenant new, no rows yet in its log"]
    file = tmp_path / "log.ndjson"
    file.write_text(json.dumps(interaction("n", interactionType="Shown", tenantId="new")) + "\n")
    assert main(["load", str(file)]) == 0
    assert figures_of(loaded, "new") == (1, 0, 0)


def test_keys_and_names_carry_no_control_characters_to_the_terminal(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Log(loaded) as log:
        log.load(interaction("odd", interactionType="we\x1b[31mird"))
        set_meaning(log.store, ACME, "we\x1b[31mird", Said(name="\x07bell"))
    assert main(["outcomes"]) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text and "\x07" not in text
    assert "we⟨U+001B⟩[31mird  ⟨U+0007⟩bell" in text


def test_the_owner_of_the_store_carries_it_out_and_readers_see_it_at_once(log: Log) -> None:
    log.load(interaction("1", interactionType="NoResponse"))
    with log.snapshot() as before:
        assert figures(before.tenant(ACME), Selection(ACME)).impression == 0
        close = serve_loads(log.store, log.folder)
        events: list = []
        assert hand_over(SetOutcomeCommand(ACME, "NoResponse", counts_as="impression"), log.folder, events.append)
        [table] = events
        assert table == OutcomeTable(ACME, 1, [["NoResponse", "NoResponse", "neutral", "impression", "impression", True, 1]])
        with log.snapshot() as after:
            assert figures(after.tenant(ACME), Selection(ACME)).impression == 1
        assert figures(before.tenant(ACME), Selection(ACME)).impression == 0
        assert hand_over(ResetOutcomeCommand(ACME, "NoResponse"), log.folder, events.append)
        assert hand_over(ResetOutcomeCommand(ACME, "NoResponse"), log.folder, events.append)
        assert events[-1] == Failure("'acme' has set nothing for the outcome 'NoResponse', so there is nothing to reset.")
        status, [refused, _] = answer(log, request("set-outcome", json.dumps({"tenant": ACME, "key": "x", "counts_as": "view"})))
        assert (status, refused["message"]) == (
            200, "counts as must be one of impression, click, dismiss, accept, convert, nothing, not 'view'.")
        close()


def test_a_change_waits_for_a_load_that_writes_and_a_listing_does_not(log: Log) -> None:
    log.load(interaction("1", interactionType="NoResponse"))
    close = serve_loads(log.store, log.folder)
    events: list = []
    changing = threading.Thread(
        target=hand_over, args=(SetOutcomeCommand(ACME, "NoResponse", counts_as="impression"), log.folder, events.append))
    with log.store.turn:
        changing.start()
        listed: list = []
        hand_over(OutcomesCommand(ACME), log.folder, listed.append)
        assert listed[0].rows[0][:5] == ["NoResponse", "NoResponse", "neutral", None, None]
        assert events == []
    changing.join()
    close()
    assert events[0].rows[0][4] == "impression"


def test_the_commands_of_the_document_do_what_it_says(loaded: Path) -> None:
    section = (Path(__file__).parent.parent / "docs" / "loading.md").read_text(encoding="utf-8").partition("## What outcomes mean")[2]
    commands = [line.removeprefix("python -m data ") for line in section.partition("\n## ")[0].splitlines() if line.startswith("python -m data ")]
    assert len(commands) == 4
    for command in commands:
        assert main(shlex.split(command)) == 0
    assert figures_of(loaded, ACME) == (2, 1, 1)
