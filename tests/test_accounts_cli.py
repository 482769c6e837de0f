from __future__ import annotations

import getpass
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.accounts import Accounts
from accounts.cli import main
from accounts.identity import Forbidden, Identity, MustChange, Role, Unauthenticated

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> object:
    def pipe(text: str | bytes) -> None:
        raw = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))

    return pipe


def add_ada(piped: object, role: str = "viewer") -> None:
    piped("correct horse\n")
    assert main(["add-user", "ada@example.com", "--tenant", "acme", "--role", role, "--password-stdin"]) == 0


def role_of_ada(server: Accounts) -> Role:
    token = server.sign_in("ada@example.com", "correct horse", "192.0.2.7")
    return server.authenticate_session(token).role


def test_a_new_key_is_all_that_standard_output_holds(home: Path) -> None:
    command = [sys.executable, "-m", "accounts", "add-key", "ci", "--tenant", "acme", "--role", "viewer"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"krn_[A-Za-z0-9_-]{43}\n", done.stdout)
    assert done.stderr == "API key 'ci': viewer of acme. It is shown only once:\n"
    key = done.stdout.strip()
    assert Accounts(home).authenticate_key(key, "192.0.2.7") == Identity("acme", Role.VIEWER, "ci", "key")


def test_an_added_user_can_sign_in(home: Path, piped: object, capsys: pytest.CaptureFixture[str]) -> None:
    add_ada(piped, "editor")
    assert capsys.readouterr().out == "Added ada@example.com, editor of acme.\n"
    assert role_of_ada(Accounts(home)) is Role.EDITOR


def test_the_role_is_viewer_unless_said(
    home: Path, piped: object, capsys: pytest.CaptureFixture[str]
) -> None:
    piped("correct horse")
    main(["add-user", "ada@example.com", "--tenant", "acme", "--password-stdin"])
    main(["add-key", "ci", "--tenant", "acme"])
    server = Accounts(home)
    assert role_of_ada(server) is Role.VIEWER
    key = capsys.readouterr().out.splitlines()[-1]
    assert server.authenticate_key(key, "192.0.2.7").role is Role.VIEWER


def test_a_password_asked_for_is_asked_twice(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["correct horse", "correct hoarse", "correct horse", "correct horse"])
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(typed))
    assert main(["add-user", "ada@example.com", "--tenant", "acme"]) == 1
    assert capsys.readouterr().err == "error: the two passwords differ\n"
    assert main(["add-user", "ada@example.com", "--tenant", "acme"]) == 0
    assert role_of_ada(Accounts(home)) is Role.VIEWER


def test_changes_count_at_once_in_a_running_server(
    home: Path, piped: object, capsys: pytest.CaptureFixture[str]
) -> None:
    server = Accounts(home)
    add_ada(piped)
    token = server.sign_in("ada@example.com", "correct horse", "192.0.2.7")
    main(["set-role", "Ada@example.com", "admin"])
    assert server.authenticate_session(token).role is Role.ADMIN
    main(["disable-tenant", "acme"])
    with pytest.raises(Forbidden):
        server.authenticate_session(token)
    main(["enable-tenant", "acme"])
    assert server.authenticate_session(token).role is Role.ADMIN
    piped("another horse\n")
    main(["set-password", "ada@example.com", "--password-stdin"])
    with pytest.raises(Unauthenticated):
        server.authenticate_session(token)
    server.sign_in("ada@example.com", "another horse", "192.0.2.7")
    capsys.readouterr()
    main(["add-key", "ci", "--tenant", "acme"])
    key = capsys.readouterr().out.strip()
    assert server.authenticate_key(key, "192.0.2.7").name == "ci"
    assert main(["revoke-key", "ci"]) == 0
    with pytest.raises(Unauthenticated):
        server.authenticate_key(key, "192.0.2.7")


def test_the_list_shows_everyone_and_no_secret(
    home: Path, piped: object, capsys: pytest.CaptureFixture[str]
) -> None:
    add_ada(piped)
    main(["add-key", "ci", "--tenant", "acme", "--expires", "2999-12-31"])
    key = capsys.readouterr().out.splitlines()[-1]
    assert main(["list"]) == 0
    listed = capsys.readouterr().out
    assert re.search(r"^ada@example\.com +viewer +acme +active +20", listed, re.MULTILINE)
    assert re.search(r"^ci +viewer +acme +active +20.+Z +2999-12-31 00:00Z$", listed, re.MULTILINE)
    assert key not in listed
    assert "argon2" not in listed


def test_the_first_user_is_printed_once_and_can_sign_in(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["first-user", "--tenant", "acme"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert list(first) == ["email", "password"]
    server = Accounts(home)
    token = server.sign_in(first["email"], first["password"], "192.0.2.7")
    with pytest.raises(MustChange, match="the first password has to be changed"):
        server.authenticate_session(token)
    changed = server.change_password(token, first["password"], "correct horse", "192.0.2.7")
    assert server.authenticate_session(changed) == Identity("acme", Role.ADMIN, "admin@example.com", "user")
    assert main(["first-user", "--tenant", "acme"]) == 0
    assert capsys.readouterr().out == ""


def test_with_an_address_the_first_user_is_told_where_to_sign_in(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["first-user", "--tenant", "acme", "--address", "http://localhost:8501"]) == 0
    told = re.fullmatch(
        r"Sign in at http://localhost:8501 as (\S+) with password (\S+)\nThis account sees the tenant acme\.\n", capsys.readouterr().out
    )
    assert Accounts(home).sign_in(told[1], told[2], "192.0.2.7")


@pytest.mark.parametrize("command", ["add-user", "set-password"])
def test_a_password_that_the_command_makes_is_printed_alone_and_must_be_changed(
    home: Path, capsys: pytest.CaptureFixture[str], piped: object, command: str
) -> None:
    if command == "set-password":
        add_ada(piped)
        capsys.readouterr()
        assert main([command, "ada@example.com", "--first-password"]) == 0
    else:
        assert main([command, "ada@example.com", "--tenant", "acme", "--first-password"]) == 0
    told = capsys.readouterr()
    assert "It has to be changed at the first sign-in:\n" in told.err
    server = Accounts(home)
    token = server.sign_in("ada@example.com", told.out.strip(), "192.0.2.7")
    with pytest.raises(MustChange):
        server.authenticate_session(token)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["set-role", "eve@example.com", "viewer"], "there is no user eve@example.com"),
        (
            ["add-user", "eve", "--tenant", "a", "--password-stdin"],
            "an e-mail looks like name@example.com, not 'eve'",
        ),
        (
            ["add-user", "eve@example.com", "--tenant", "a", "--password-stdin"],
            "a password has 12 to 1000 characters, this one has 5",
        ),
        (["set-password", "eve@example.com", "--password-stdin"], "there is no user eve@example.com"),
        (["revoke-key", "ci"], "there is no key 'ci'"),
        (["disable-tenant", "acme"], "there is no tenant 'acme'"),
        (
            ["add-key", "ci", "--tenant", "a", "--expires", "2001-01-01"],
            "the expiry is in the past: the key could never be used",
        ),
        (
            ["add-key", "ci", "--tenant", ""],
            "a tenant is printable text without leading or trailing blanks, not ''",
        ),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_1(
    piped: object, capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    piped("short\n")
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"error: {problem}\n")


def test_a_password_that_is_no_text_is_refused(piped: object, capsys: pytest.CaptureFixture[str]) -> None:
    piped(b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\n")
    assert main(["add-user", "ada@example.com", "--tenant", "acme", "--password-stdin"]) == 1
    assert capsys.readouterr().err == "error: the password on standard input is not UTF-8\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "COMMAND"),
        (["add-user", "ada@example.com"], "--tenant"),
        (["set-role", "ada@example.com", "owner"], "'owner'"),
        (["add-key", "ci", "--tenant", "a", "--role", "root"], "'root'"),
        (["add-key", "ci", "--tenant", "a", "--expires", "soon"], "'soon' is not an ISO 8601 date or time"),
    ],
)
def test_a_misspelt_command_is_named_and_ends_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize(
    ("date", "expires_at"),
    [
        ("2999-12-31", 32503593600),
        ("2999-12-31T00:00", 32503593600),
        ("2999-12-31T00:00:00Z", 32503593600),
        ("2999-12-31T00:00:00+02:00", 32503586400),
    ],
)
def test_an_expiry_without_an_offset_is_utc(home: Path, date: str, expires_at: int) -> None:
    main(["add-key", "ci", "--tenant", "acme", "--expires", date])
    assert [key.expires_at for key in Accounts(home).keys.all()] == [expires_at]


def test_a_file_that_is_no_database_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "accounts.sqlite").write_text("something else entirely")
    assert main(["list"]) == 1
    assert capsys.readouterr().err == (
        f"error: {home / 'accounts.sqlite'} cannot be used: file is not a database. "
        "It is damaged, or no file of this product: put a backup in its place.\n")


def test_a_state_folder_that_is_a_file_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.write_text("")
    assert main(["list"]) == 1
    assert str(home) in capsys.readouterr().err
