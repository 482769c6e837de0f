"""docs/api.md tells of everything there is, and its examples do what it says."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from accounts import Role
from api.app import ENDPOINTS, OPERATIONS, PATH
from api.errors import CODES
from data.loading.loading import LoadOptions, load_log
from data.results import RECORD_COLUMNS
from queries.answers.history import DEFAULT_LIMIT, LARGEST_LIMIT
from queries.asking.filters import FILTERS
from tests.logs import Log
from tests.service import HISTORY, Service, listening

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
HOST = "http://localhost:8501"
COMMANDS = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
CALLS = [line for line in COMMANDS if line.startswith("curl ") and "-X POST" not in line]
POSTS = [line for line in COMMANDS if line.startswith("curl ") and "-X POST" in line]
ANSWERED = [(block, answer) for (language, block), (next_language, answer) in pairwise(BLOCKS)
            if (language, next_language) == ("sh", "json")]


class Server(NamedTuple):
    origin: str
    key: str
    admin: str


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the approved log, of which the document shows some answers."""
    with Log(tmp_path_factory.mktemp("docs")) as log, Service(log) as service:
        load_log(log.store, Path(__file__).parent / "approved" / "log.ndjson", LoadOptions(), lambda _: None, log.folder)
        with listening(service.app) as origin:
            yield Server(origin, service.key("t_001"), service.key("t_001", Role.ADMIN))


def called(command: str, server: Server) -> httpx2.Response:
    """The answer to a curl command, of which no other options are understood than the document uses."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("address")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-I", dest="method", action="store_const", const="HEAD", default="GET")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-d", dest="body")
    parser.add_argument("--data-binary", dest="body", type=lambda name: Path(name.removeprefix("@")).read_bytes())
    parser.add_argument("-o", dest="file")
    call = parser.parse_args(shlex.split(command.replace("$KEY", server.key).replace("$ADMIN", server.admin).replace("$EDITOR", server.admin))[1:])
    assert call.address.startswith(HOST)
    headers = dict(header.split(": ", 1) for header in call.headers)
    return httpx2.request(call.method, call.address.replace(HOST, server.origin), headers=headers, content=call.body)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.path)
def test_every_endpoint_and_each_of_its_parameters_is_documented(endpoint) -> None:
    assert f"GET {PATH}{endpoint.path}`" in TEXT
    for parameter in endpoint.parameters:
        assert f"`{parameter.name}`" in TEXT


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_is_documented_with_the_role_that_it_takes(operation) -> None:
    said = TEXT.partition(f"`{operation.method} {PATH}{operation.path}`")[2]
    assert f"`{operation.role}`" in said or (operation.role == Role.VIEWER and said)


@pytest.mark.parametrize("name", [name for filter in FILTERS for name in (filter.name, *filter.aliases)] + ["from", "to", "tz"])
def test_every_filter_and_older_name_is_documented(name: str) -> None:
    table = TEXT.partition("## Filters")[2].partition("\n- ")[0]
    assert f"`{name}`" in table


def test_every_error_is_documented() -> None:
    for status, code in CODES.items():
        assert f"| {int(status)} | `{code}` |" in TEXT


def test_the_figures_and_columns_are_those_of_the_product() -> None:
    assert f"{DEFAULT_LIMIT} by default, at most {LARGEST_LIMIT};" in TEXT
    assert f"\n{','.join(RECORD_COLUMNS)}\n" in TEXT


@pytest.mark.parametrize("command", CALLS)
def test_every_call_is_answered(server: Server, command: str) -> None:
    response = called(command, server)
    # The load that an example takes back is none of this server's.
    expected = 400 if "limit=abc" in command else 404 if "DELETE" in command and "/loads/" in command else 204 if "-X DELETE" in command else 200
    assert response.status_code == expected, response.text


@pytest.mark.parametrize(("command", "answer"), ANSWERED)
def test_every_answer_that_is_shown_is_the_servers(server: Server, command: str, answer: str) -> None:
    shown, real = json.loads(answer), called(command, server).json()
    for body in (shown, real):
        body.get("error", {}).pop("requestId", None)
    assert json.dumps(real) == json.dumps(shown)


def test_the_rows_that_the_examples_send_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    row = {"customerId": "c", "interactionType": "click", "timestamp": "2026-03-15"}
    Path("rows.ndjson").write_text("".join(json.dumps({"id": id} | row) + "\n" for id in ("x", "y")), encoding="utf-8")
    [program] = [block for language, block in BLOCKS if language == "python" and "requests.post" in block]
    with Log(tmp_path / "state") as log, Service(log) as service, listening(service.app) as origin:
        key = service.key("acme", Role.EDITOR)
        answers = [called(command, Server(origin, key, key)) for command in POSTS]
        assert [answer.json()["loaded"] for answer in answers] == [1, 2]
        run = subprocess.run([sys.executable, "-c", program.replace(HOST, origin)], env={**os.environ, "EDITOR": key},
                             capture_output=True, text=True, check=True)
        assert run.stdout.splitlines() == ["1 loaded", "2 timestamp is missing"]
        assert service.caller("acme").get(HISTORY).json()["pagination"]["total"] == 4


def test_the_walk_in_python_prints_each_record_once(server: Server) -> None:
    [program] = [block for language, block in BLOCKS if language == "python" and "requests.post" not in block]
    run = subprocess.run(
        [sys.executable, "-c", program.replace(HOST, server.origin)], env={**os.environ, "KEY": server.key},
        capture_output=True, text=True, check=True,
    )
    assert run.stdout.splitlines() == [
        "ih_002 2026-03-15T14:30:00.000Z", "ih_001 2026-03-15T14:30:00.000Z", "ih_900 2026-01-01T00:00:00.000Z",
    ]


def test_the_key_that_the_quick_start_makes_reads_the_log(tmp_path: Path) -> None:
    [command] = [line for line in COMMANDS if line.startswith("KEY=")]
    arguments = shlex.split(command.removeprefix("KEY=$(").removesuffix(")"))
    assert arguments[0] == ".venv/bin/python"
    with Log(tmp_path) as log, Service(log) as service:
        run = subprocess.run(
            [sys.executable, *arguments[1:]], cwd=ROOT, env={**os.environ, "IH_HOME": str(tmp_path)},
            capture_output=True, text=True, check=True,
        )
        response = service.stranger(Authorization=f"Bearer {run.stdout.strip()}").get(HISTORY)
        assert response.json()["pagination"]["total"] == 0


def test_every_example_is_of_a_kind_that_is_run() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "json", "python", "text"}
    assert [line for line in COMMANDS if not line.startswith(("curl ", "KEY="))] == []
    assert len(ANSWERED) == len([language for language, _ in BLOCKS if language == "json"])
