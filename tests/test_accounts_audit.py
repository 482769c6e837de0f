from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.accounts import Accounts
from accounts.audit import FILE_NAME, Audit
from accounts.cli import main
from accounts.identity import Identity, Role, Throttled, Unauthenticated
from tests.accounts_fixtures import EMAIL, NOW, PASSWORD, Clock

pytest_plugins = ["tests.accounts_fixtures"]

ADDRESS = "192.0.2.7"
TIME = "2023-11-14T22:13:20.000Z"


def written(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / FILE_NAME).read_text().splitlines()]


def test_sign_ins_failures_and_sign_outs_are_written_down(accounts: Accounts, tmp_path: Path) -> None:
    token = accounts.sign_in(" Ada@Example.com", PASSWORD, ADDRESS, agent="Firefox")
    accounts.sign_out(token)
    accounts.sign_out(token)
    for _ in range(6):
        with pytest.raises((Unauthenticated, Throttled)):
            accounts.sign_in(EMAIL, "my other password", ADDRESS)
    whose = {"time": TIME, "tenant": "acme", "account": EMAIL}
    assert written(tmp_path) == [
        {**whose, "event": "sign-in", "address": ADDRESS, "agent": "Firefox"},
        {**whose, "event": "sign-out"},
        *({**whose, "event": "sign-in.failed", "address": ADDRESS, "braked": number == 5} for number in range(6)),
    ]


def test_no_password_and_no_key_is_in_it_not_even_one_typed_into_the_wrong_field(accounts: Accounts, tmp_path: Path) -> None:
    raw = accounts.keys.add("ci", "acme", Role.VIEWER)
    with pytest.raises(Unauthenticated):
        accounts.sign_in(PASSWORD, EMAIL, ADDRESS)
    with pytest.raises(Unauthenticated):
        accounts.authenticate_key(raw[:-1], ADDRESS)
    token = accounts.sign_in(EMAIL, PASSWORD, ADDRESS)
    accounts.change_password(token, PASSWORD, "another horse", ADDRESS)
    accounts.sign_out(token)
    text = (tmp_path / FILE_NAME).read_text()
    assert [line["event"] for line in written(tmp_path)] == ["sign-in.failed", "key.failed", "sign-in", "password.changed", "sign-in"]
    assert written(tmp_path)[0]["account"] is None
    assert not any(secret in text for secret in (PASSWORD, "another horse", raw[:-1], token))


def test_only_its_owner_may_read_it(accounts: Accounts, tmp_path: Path) -> None:
    accounts.audit.note("x", customer=accounts.audit.pseudonym("CUST001"))
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("audit.*")} == {"audit.jsonl": 0o600, "audit.key": 0o600}


def test_a_customer_has_one_pseudonym_here_and_another_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    here, again, other = (Audit(folder, lambda: NOW) for folder in (tmp_path, tmp_path, tmp_path / "other"))
    ids = ("CUST001", "CUST002", "café", "")
    said = [here.pseudonym(id) for id in ids]
    assert len(set(said)) == 4
    assert "CUST" not in "".join(said)
    assert [again.pseudonym(id) for id in ids] == said
    assert not {other.pseudonym(id) for id in ids} & set(said)


def test_the_newest_lines_come_first_also_from_a_long_file_that_a_crash_has_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.audit._BLOCK", 100)
    audit = Audit(tmp_path, lambda: NOW)
    for number in range(50):
        whose = Identity("acme" if number % 5 else "globex", Role.VIEWER, "é" * number, "user")
        audit.note("sign-in.failed" if number % 2 else "sign-in", whose, number=number)
    with (tmp_path / FILE_NAME).open("a") as file:
        file.write('{"time": "cut')
    assert [line["number"] for line in audit.lines()] == list(reversed(range(50)))
    assert [line["number"] for line in audit.lines("globex")] == list(range(45, -1, -5))
    assert [line["number"] for line in audit.lines("globex", "sign-in.failed")] == [45, 35, 25, 15, 5]
    assert [line["number"] for line in audit.lines(event="sign-in")] == list(reversed(range(50)))
    assert list(Audit(tmp_path / "none", lambda: NOW).lines()) == []


def test_processes_that_write_at_once_write_whole_lines(tmp_path: Path) -> None:
    program = "import sys, pathlib; from accounts.audit import Audit\n" \
              "audit = Audit(pathlib.Path(sys.argv[1]), lambda: 0)\n" \
              "for number in range(200): audit.note('x', text='a' * 500, who=audit.pseudonym('c'))"
    root = Path(__file__).parent.parent
    writers = [subprocess.Popen([sys.executable, "-c", program, tmp_path], cwd=root) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    lines = written(tmp_path)
    assert len(lines) == 600
    assert len({line["who"] for line in lines}) == 1


def test_an_audit_that_cannot_be_written_shuts_nobody_out_and_is_said(
    accounts: Accounts, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE_NAME).mkdir()
    assert accounts.sign_in(EMAIL, PASSWORD, ADDRESS)
    assert "the audit cannot be written" in caplog.text
    assert '"event":"sign-in"' in caplog.text


def test_the_command_prints_it_newest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path))
    main(["add-key", "ci", "--tenant", "acme", "--role", "editor"])
    main(["revoke-key", "ci"])
    main(["add-key", "ci", "--tenant", "globex"])
    main(["disable-tenant", "globex"])
    capsys.readouterr()

    def printed(*arguments: str) -> list[dict]:
        assert main(["audit", *arguments]) == 0
        return [{name: line[name] for name in ("event", "tenant", "account")} for line in map(json.loads, capsys.readouterr().out.splitlines())]

    def line(event: str, tenant: str) -> dict:
        return {"event": event, "tenant": tenant, "account": "command line"}

    added, revoked = line("key.added", "acme"), line("key.revoked", "acme")
    assert printed() == [line("tenant.disabled", "globex"), line("key.added", "globex"), revoked, added]
    assert printed("--tenant", "acme", "--last", "1") == [revoked]
    assert printed("--event", "key", "--tenant", "acme") == [revoked, added]


def test_a_key_says_to_the_minute_when_it_was_used_last(accounts: Accounts, clock: Clock) -> None:
    raw = accounts.keys.add("ci", "acme", Role.VIEWER)
    assert accounts.keys.all()[0].used_at is None
    for second in (0, 59, 60, 61):
        clock.seconds = NOW + second
        accounts.authenticate_key(raw, ADDRESS)
    assert accounts.keys.all()[0].used_at == NOW + 60
