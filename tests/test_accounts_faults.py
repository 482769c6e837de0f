"""The accounts file while another process writes it, on a full disk, and when it is replaced or gone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

import accounts.store
from accounts.accounts import Accounts
from accounts.identity import Role, Unauthenticated
from accounts.login import sign_in_routes
from accounts.passwords import Passwords
from accounts.sessions import SEEN_STEP_S, SESSION_COOKIE
from accounts.wall import SignInWall
from api.errors import ApiError, identity_of
from data.store.limits import StoreError

ROOT = Path(__file__).parent.parent
EMAIL, PASSWORD = "ada@example.com", "correct horse battery"


class Held:
    """Accounts of one viewer, whose time is told by `seconds`, and the pages in front of which they stand."""

    def __init__(self, home: Path) -> None:
        self.seconds = 1_000_000.0
        self.accounts = Accounts(home, lambda: self.seconds, Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
        self.path = home / accounts.store.FILE_NAME
        self.accounts.users.add(EMAIL, PASSWORD, "acme", Role.VIEWER)
        self.token = self.accounts.sign_in(EMAIL, PASSWORD, "192.0.2.7")
        self.key = self.accounts.keys.add("ci", "acme", Role.VIEWER)

    def client(self) -> TestClient:
        async def page(request: Request) -> PlainTextResponse:
            return PlainTextResponse(request.state.identity.name)

        app = Starlette(routes=[*sign_in_routes(self.accounts), Route("/page", page)], middleware=[Middleware(SignInWall, accounts=self.accounts)])
        return TestClient(app, cookies={SESSION_COOKIE: self.token}, follow_redirects=False)

    def seen(self) -> int:
        with closing(sqlite3.connect(self.path)) as other:
            return other.execute("select seen from sessions").fetchone()[0]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    held = Held(tmp_path)
    yield held
    held.accounts.close()


@contextmanager
def being_written(path: Path) -> Iterator[None]:
    """While another process holds the file, as some backups do."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")


def test_who_reads_waits_for_no_other_process_that_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever waited would wait for ever.
    monkeypatch.setattr(accounts.store, "BUSY_TIMEOUT_S", 3600.0)
    held = Held(tmp_path)
    held.seconds += SEEN_STEP_S
    with ThreadPoolExecutor(3) as threads, being_written(held.path):
        # One of this process waits its turn to write.
        writing = threads.submit(held.accounts.keys.add, "later", "acme", Role.VIEWER)
        assert threads.submit(held.client().get, "/page").result(60).text == EMAIL
        assert threads.submit(held.accounts.authenticate_key, held.key, "192.0.2.7").result(60).name == "ci"
        assert not writing.done()
        assert held.seen() == 1_000_000
    writing.result(60)
    assert held.client().get("/page").text == EMAIL
    assert held.seen() == 1_000_000 + SEEN_STEP_S


def test_who_has_to_write_is_told_to_try_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(accounts.store, "BUSY_TIMEOUT_S", 0.01)
    held = Held(tmp_path)
    with being_written(held.path):
        for answer in (held.client().post("/login", data={"email": EMAIL, "password": PASSWORD}), held.client().post("/logout")):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert answer.text == "The accounts cannot be used right now. Try again in a moment.\n"
        with pytest.raises(StoreError, match=r"^Another process is writing the accounts. Try again in a moment.$"):
            held.accounts.keys.add("later", "acme", Role.VIEWER)
    assert held.client().post("/login", data={"email": EMAIL, "password": PASSWORD}).status_code == 303
    assert caplog.messages == []


FULL_DISK = """
import pathlib, resource, sys
from accounts import Accounts, Role

home, token, key = pathlib.Path(sys.argv[1]), *sys.argv[2:]
held = Accounts(home, lambda: 1_000_600.0)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
print(held.authenticate_session(token).name, held.authenticate_key(key, "192.0.2.7").name)
try:
    held.keys.add("later", "acme", Role.VIEWER)
except Exception as problem:
    print(type(problem).__name__, problem)
print(held.authenticate_session(token).name)
"""


def test_a_full_disk_keeps_nobody_from_reading(held: Held) -> None:
    command = [sys.executable, "-c", FULL_DISK, held.path.parent, held.token, held.key]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()
    assert said == [
        f"{EMAIL} ci",
        f"StoreError {held.path} cannot be used: disk I/O error. Look at its disk: it may be full or broken.",
        EMAIL,
    ]


def test_what_is_revoked_in_a_file_that_replaces_it_is_revoked(held: Held, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with closing(sqlite3.connect(held.path)) as source, closing(sqlite3.connect(other / held.path.name)) as copy:
        source.backup(copy)
    elsewhere = Accounts(other)
    elsewhere.keys.revoke("ci")
    elsewhere.close()
    # Not in the new file.
    held.accounts.keys.add("since", "acme", Role.VIEWER)
    os.replace(other / held.path.name, held.path)
    with pytest.raises(Unauthenticated, match="the API key is revoked"):
        held.accounts.authenticate_key(held.key, "192.0.2.7")
    assert [key.name for key in held.accounts.keys.all()] == ["ci"]
    held.accounts.keys.add("new", "acme", Role.VIEWER)
    assert caplog.messages == [f"{held.path} was replaced by another file, which is read from now on"]


def refusal(held: Held) -> tuple[int, str]:
    with pytest.raises(ApiError) as refused:
        identity_of(Request({"type": "http", "headers": [(b"x-api-key", held.key.encode())], "client": None}), held.accounts)
    return int(refused.value.status), refused.value.message


def test_a_file_that_is_gone_admits_nobody_until_it_is_back(held: Held, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    held.accounts.close()
    held.accounts = Accounts(tmp_path, lambda: held.seconds)
    held.path.rename(tmp_path / "away")
    for _ in range(3):
        assert refusal(held) == (503, "the accounts cannot be read right now")
        assert held.client().get("/page").status_code == 503
    assert caplog.messages == [f"{held.path} is gone, and nobody can sign in until it is there again: put a backup in its place."]
    (tmp_path / "away").rename(held.path)
    assert held.client().get("/page").text == EMAIL


def test_a_file_that_is_replaced_by_something_else_is_told_of(held: Held, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "else").write_text("something else entirely")
    os.replace(tmp_path / "else", held.path)
    for _ in range(3):
        assert refusal(held) == (503, "the accounts cannot be read right now")
    assert len(caplog.messages) == 2
    assert caplog.messages[-1].startswith(f"{held.path} cannot be used: file is not a database. It is damaged")


def test_a_damaged_file_is_told_of_at_the_start_without_a_trace(held: Held) -> None:
    held.accounts.close()
    content = bytearray(held.path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    held.path.write_bytes(content[:-4096])
    started = subprocess.run(
        [sys.executable, "-m", "serve"], cwd=ROOT, env={**os.environ, "IH_HOME": str(held.path.parent), "PORT": "0"},
        capture_output=True, text=True, timeout=60, check=False)
    assert started.returncode == 1
    [said] = started.stderr.splitlines()
    assert said.startswith(f"{held.path} cannot be used: ") and said.endswith("It is damaged, or no file of this product: put a backup in its place.")
