"""How the server is reached, and how it is started."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from tests.browser import ROOT, TENANT, running_dashboard, served


def test_an_answer_is_sent_at_once_over_a_kept_connection(tmp_path: Path) -> None:
    # Else it waits, some 40 ms, until the other side has confirmed the part before.
    told = tmp_path / "told"
    with served(tmp_path, TENANT, ["tests/telling_server.py"], TOLD=str(told)) as dashboard, dashboard.client() as client:
        assert client.get("/api/v1/interaction-history").status_code == 200
        dashboard.server.send_signal(signal.SIGUSR1)
        for _ in range(100):
            if told.exists():
                break
            time.sleep(0.1)
    assert set(told.read_text().split()) == {"1"}


def test_the_log_of_a_server_that_only_answered_is_empty(tmp_path: Path) -> None:
    with running_dashboard(tmp_path) as dashboard, dashboard.client() as client:
        assert client.get("/api/v1/interaction-history").status_code == 200
        assert client.get("/overview").status_code == 200
    assert dashboard.server.returncode == 0
    assert (tmp_path / "server.log").read_text() == ""


FEW_DESCRIPTORS = """
import resource, runpy

resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
runpy.run_module("serve", run_name="__main__")
"""


def test_heads_half_sent_by_more_clients_than_there_are_descriptors_keep_nobody_out(tmp_path: Path) -> None:
    with served(tmp_path, TENANT, ["-c", FEW_DESCRIPTORS]) as dashboard, dashboard.client() as client, ExitStack() as silent:
        address = urlsplit(dashboard.address)
        for _ in range(300):
            silent.enter_context(socket.create_connection((address.hostname, address.port))).sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        assert httpx2.get(f"{dashboard.address}/healthz").status_code == 200
        assert client.get("/api/v1/interaction-history").status_code == 200
        assert len(os.listdir(f"/proc/{dashboard.server.pid}/fd")) < 200
    assert [line.count("128 connections are open") for line in (tmp_path / "server.log").read_text().splitlines()] == [1]


def test_a_port_that_is_taken_is_said_and_nothing_else(tmp_path: Path) -> None:
    with running_dashboard(tmp_path / "first") as dashboard:
        port = dashboard.address.rpartition(":")[2]
        second = _serve(tmp_path / "second", PORT=port)
    assert second.returncode == 3
    [said] = second.stderr.splitlines()
    assert said.endswith(f"error while attempting to bind on address ('127.0.0.1', {port}): address already in use")


def test_a_port_that_is_none_is_refused(tmp_path: Path) -> None:
    refused = _serve(tmp_path, PORT="http")
    assert refused.returncode == 1
    assert refused.stderr == "PORT must be a whole number from 0 to 65535, not 'http'\n"


def test_a_file_of_pulls_with_a_wrong_line_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pulls"
    file.write_text("# all\n--from https://host/api/v1\n")
    refused = _serve(tmp_path / "home", IH_PULL=str(file), PORT="0")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Line 2 of the file that IH_PULL names is wrong: the following arguments are required: --key-file, --tenant. ")


def _serve(home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "IH_HOME": str(home)} | settings
    return subprocess.run([sys.executable, "-m", "serve"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_streamlit_run_serves_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0", "--server.address", "127.0.0.1"]
    environment = {**os.environ, "IH_HOME": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = next(found[0] for line in server.stdout if (found := re.search(r"http://\S+", line)))
            with httpx2.Client(base_url=address, timeout=60) as client:
                assert client.get("/healthz").status_code == 200
                assert client.get("/api/v1/interaction-history").status_code == 401
                assert client.get("/overview", headers={"Accept": "text/html"}).status_code == 303
        finally:
            server.terminate()
