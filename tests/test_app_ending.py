"""How the server ends, and how it does not begin."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import ROOT, TENANT, Dashboard, served


@pytest.fixture
def dashboard(tmp_path: Path) -> Iterator[Dashboard]:
    """A running server over a log that is larger than what a connection holds."""
    sample = [sys.executable, "-m", "data", "sample", "--interactions", "60000", "--tenant", TENANT]
    subprocess.run(sample, cwd=ROOT, env={**os.environ, "IH_HOME": str(tmp_path)}, check=True, capture_output=True)
    with served(tmp_path, TENANT) as dashboard:
        yield dashboard


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_waits_a_few_seconds_for_a_slow_download_and_then_breaks_it_off(dashboard: Dashboard, how: signal.Signals) -> None:
    [session] = dashboard.client().cookies.values()
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((urlsplit(dashboard.address).hostname, urlsplit(dashboard.address).port))
        slow.sendall(f"GET /api/v1/interaction-history.csv HTTP/1.1\r\nHost: localhost\r\nCookie: ih_session={session}\r\n\r\n".encode())
        assert slow.recv(1000).startswith(b"HTTP/1.1 200")
        dashboard.server.send_signal(how)
        # The download would never end: nobody reads it. How long the rest of the process takes to go is the machine's affair.
        assert dashboard.server.wait(60) == 0
        got = b""
        try:
            while piece := slow.recv(1 << 20):
                got = got[-10:] + piece
        except ConnectionResetError:
            pass
    assert not got.endswith(b"0\r\n\r\n")
    assert not (dashboard.home / "loads.sock").exists()
    said = (dashboard.home / "server.log").read_text()
    assert "Traceback" not in said and "Aborted" not in said


STILL_AT_WORK = """
import runpy, threading

threading.Thread(target=threading.Event().wait).start()
runpy.run_module("serve", run_name="__main__")
"""


def test_a_stop_does_not_wait_for_a_thread_whose_answer_nobody_waits_for(tmp_path: Path) -> None:
    with served(tmp_path, TENANT, ["-c", STILL_AT_WORK]) as dashboard:
        dashboard.server.terminate()
        assert dashboard.server.wait(60) == 0


@pytest.mark.parametrize("how", [["serve"], ["streamlit", "run", "app.py", "--server.port", "0"]])
def test_a_second_server_over_the_same_state_folder_says_why_it_does_not_begin(dashboard: Dashboard, how: list[str]) -> None:
    # As script/run says what it starts.
    environment = {**os.environ, "IH_HOME": str(dashboard.home), "PORT": "0", "IH_STARTING": "Starting at …"}
    second = subprocess.run([sys.executable, "-m", *how], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert second.stderr == (
        f"{dashboard.home}/history.duckdb is in use by another process. Stop that process, or set IH_HOME to another state folder.\n"
    )
