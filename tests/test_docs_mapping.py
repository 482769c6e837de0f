"""The examples of docs/loading.md's section on mapping, each run on a few rows of the shape it speaks of."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from data.commands import main
from data.mapping.presets import PRESETS
from tests.loaded_files import records

TEXT = (Path(__file__).parent.parent / "docs" / "loading.md").read_text(encoding="utf-8")
SECTION = TEXT.partition("\n## Other names: mapping\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
COMMANDS = [block.strip() for language, block in BLOCKS if language == "sh"]

FILES = {
    "promotions.csv": "User ID,kind,shown,promo\nu1,View,2026-03-01,p\nu1,TAP,2026-03-02,p\n",
    "nested.ndjson": '{"event": {"uuid": "e"}, "traits": {"User Id": "u"}, "name": "buy", "meta": "{\\"at\\": \\"2026-03-01\\"}", '
                     '"items": [{"sku": "s"}], "order": {"total": 9.5}}\n',
    "clicks.csv": "customerId,type,timestamp,Key\nc,click,2026-03-01,k\n",
    "catalogue.csv": "Key,Title\nk,Card\n",
    "mails.csv": "Recipient,Mailing,SentDate,OpenDate,Device\nr,m,01.03.2026 08:00,02.07.2026 09:30,phone\nr2,m,01.03.2026 08:00,-,phone\n",
    "sessions.ndjson": '{"id": "s", "user": "u", "events": [{"id": "1", "action": "view", "timestamp": "2026-03-01"}, '
                       '{"id": "2", "action": "click", "timestamp": "2026-03-01"}]}\n',
    "pega.json": '{"pxFactID": "-1", "pySubjectID": "C", "pyOutcome": "NoResponse", '
                 '"pxOutcomeTime": "20210127T132211.201 GMT", "pyIssue": "Sales"}\n',
    "counts.csv": "who,n,day\na,0,2026-03-01\nb,1,2026-03-02\n",
    "mails.toml": next(block for language, block in BLOCKS if language == "toml"),
    "counts.sql": next(block for language, block in BLOCKS if language == "sql"),
}

# Of each record: customer, type, time, offer, context.
GIVES = {
    "promotions.csv": [("u1", "impression", "2026-03-01T00:00:00.000", "p", {}), ("u1", "click", "2026-03-02T00:00:00.000", "p", {})],
    "nested.ndjson": [("u", "buy", "2026-03-01T00:00:00.000", "s", {"total": 9.5})],
    "clicks.csv": [("c", "click", "2026-03-01T00:00:00.000", "k", {})],
    "mails.csv": [
        ("r", "sent", "2026-03-01T07:00:00.000", "m", {"OpenDate": "02.07.2026 09:30", "Device": "phone"}),
        ("r2", "sent", "2026-03-01T07:00:00.000", "m", {"OpenDate": "-", "Device": "phone"}),
        ("r", "impression", "2026-07-02T07:30:00.000", "m", {"SentDate": "01.03.2026 08:00", "Device": "phone"}),
    ],
    "sessions.ndjson": [("u", "view", "2026-03-01T00:00:00.000", None, {"session": "s"}),
                        ("u", "click", "2026-03-01T00:00:00.000", None, {"session": "s"})],
    "pega.json": [("C", "impression", "2021-01-27T13:22:11.201", None, {"pyIssue": "Sales"})],
    "counts.csv": [("a", "impression", "2026-03-01T00:00:00.000", None, {}), ("b", "impression", "2026-03-02T00:00:00.000", None, {}),
                   ("b", "click", "2026-03-02T00:00:00.000", None, {})],
}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.split()[4])
def test_each_example_gives_the_rows_that_it_is_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    arguments = shlex.split(command)
    assert arguments[:4] == ["python", "-m", "data", "load"]
    assert main(arguments[3:]) == 0
    found = [tuple(row[name] for name in ("customerId", "interactionType", "timestamp", "offerId", "context")) for row in records()]
    assert sorted(found, key=str) == sorted(GIVES[arguments[4]], key=str)


def test_every_example_is_of_a_kind_that_is_run_and_every_preset_is_described() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "toml", "sql"}
    assert len(COMMANDS) == len(GIVES)
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", SECTION.partition("### Presets")[2], re.MULTILINE) != []
    assert set(PRESETS) == set(re.findall(r"^\| `([a-z0-9-]+)` \|", SECTION.partition("### Presets")[2].partition("### A SELECT")[0], re.MULTILINE))
