"""A running server carries out what the command line hands over, and neither end can hold up the other or a third."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from data.loading.outcome import LoadReport, Progress
from data.loading.transaction import Stop
from data.orders import handover, orders
from data.orders.handover import SOCKET, hand_over, serve_loads
from data.orders.orders import Event, Failure, LoadCommand, SampleCommand, StatusCommand
from data.store.limits import StoreError
from data.store.status import Status
from tests.logs import Log, interaction
from tests.store_checks import contents, faults

ROOT = Path(__file__).parent.parent
CUT = Path(__file__).parent / "data" / "open-bandit-cut.ndjson"


@pytest.fixture
def served(log: Log) -> Iterator[Log]:
    """A store whose owner takes loads."""
    close = serve_loads(log.store, log.folder)
    yield log
    close()
    assert not (log.folder / SOCKET).exists()


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> list[Stop]:
    """What stops each load handed over from now on, in the order in which the guests came."""
    stops: list[Stop] = []

    def noted() -> Stop:
        stops.append(Stop())
        return stops[-1]

    monkeypatch.setattr(handover, "Stop", noted)
    return stops


def connected(log: Log) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(log.folder / SOCKET))
    return connection


def request(order: str, body: str) -> bytes:
    return f"POST /{order} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}".encode()


def answer(log: Log, sent: bytes) -> tuple[int, list[dict]]:
    """The status, and the JSON objects of the lines, that a request is answered with."""
    with connected(log) as connection:
        connection.sendall(sent)
        head, _, body = b"".join(iter(lambda: connection.recv(1 << 16), b"")).partition(b"\r\n\r\n")
    return int(head.split()[1]), [json.loads(line) for line in body.splitlines()]


def slow_log(folder: Path) -> Path:
    """A log that goes on for as long as somebody holds its other end open."""
    pipe = folder / "slow.ndjson"
    os.mkfifo(pipe)
    return pipe


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_file_handed_over_is_loaded_by_the_owner_and_told_of_as_if_here(served: Log) -> None:
    events = []
    assert hand_over(LoadCommand(logs=(str(CUT),)), served.folder, events.append)
    *progress, summary = events
    assert isinstance(summary, LoadReport) and (summary.read, summary.loaded, summary.version) == (600, 600, 1)
    assert {type(event) for event in progress} == {Progress}
    assert progress[0] == Progress("reading", CUT.stat().st_size, CUT.stat().st_size, "bytes")
    assert progress[-1] == Progress("committing")
    assert faults(served.store) == []


def test_any_http_client_can_hand_over_a_load_of_any_tenant_and_reads_an_event_a_line(served: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    file.write_text(json.dumps(interaction("a", tenantId=None)) + "\n")
    status, events = answer(served, request("load", json.dumps({"logs": [str(file)], "tenant": "globex"})))
    assert status == 200
    assert [event["event"] for event in events[-3:]] == ["Progress", "LoadReport", "End"]
    assert (events[-3]["phase"], events[-2]["loaded"]) == ("committing", 1)
    assert [row[:2] for row in contents(served.store)["interactions"]] == [("globex", "a")]


@pytest.mark.parametrize(("order", "body", "said"), [
    ("load", "{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("load", "[]", "its fields are not a JSON object."),
    ("vacuum", "{}", f"there is no 'vacuum', only {', '.join(orders._ORDERS)}."),
    ("load", '{"log": []}', "LoadCommand.__init__() got an unexpected keyword argument 'log'."),
    ("sample", "{}", "SampleCommand.__init__() missing 4 required positional arguments: 'interactions', 'seed', 'tenant', and 'until'."),
])
def test_an_order_that_is_not_understood_is_refused_with_the_reason(served: Log, order: str, body: str, said: str) -> None:
    assert answer(served, request(order, body)) == (400, [{"error": f"The server does not understand this order: {said}"}])


def test_the_command_line_says_why_the_server_refused(served: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StatusCommand, "name", "vacuum")
    with pytest.raises(StoreError, match="does not understand this order: there is no 'vacuum'"):
        hand_over(StatusCommand(), served.folder, print)


def test_a_failure_that_nobody_foresaw_is_told_of_and_logged(
    served: Log, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    events = []
    with monkeypatch.context() as changed:
        changed.setattr(StatusCommand, "carry_out", fails)
        hand_over(StatusCommand(), served.folder, events.append)
    assert events == [Failure("The server failed to do this; its log says why.")]
    assert "ZeroDivisionError" in caplog.text


def test_a_guest_whose_own_output_breaks_does_not_say_that_the_server_ended(served: Log) -> None:
    def unread(event: object) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        hand_over(StatusCommand(), served.folder, unread)


def test_the_socket_is_for_its_owner_alone(served: Log) -> None:
    mode = (served.folder / SOCKET).stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize("sent", [b"", b"POST /lo", b"POST /load HTTP/1.1\r\nContent-Length: 5\r\n\r\n{"])
def test_a_connection_that_falls_silent_holds_up_neither_others_nor_the_stop(log: Log, sent: bytes) -> None:
    close = serve_loads(log.store, log.folder)
    with connected(log) as silent:
        silent.sendall(sent)
        events = []
        assert hand_over(StatusCommand(), log.folder, events.append)
        assert hand_over(LoadCommand(logs=(str(CUT),)), log.folder, lambda _: None)
        assert [type(event) for event in events] == [Status]
        close()
        # Its end was closed by the stop, not by patience running out.
        silent.settimeout(5)
        assert b"200 OK" not in silent.recv(1 << 16)
    assert not hand_over(StatusCommand(), log.folder, print)


def test_hundreds_that_fall_silent_are_dropped_for_those_who_have_an_order(served: Log) -> None:
    with ExitStack() as guests:
        silent = [guests.enter_context(connected(served)) for _ in range(300)]
        events: list[Event] = []
        assert hand_over(StatusCommand(), served.folder, events.append)
        assert [type(event) for event in events] == [Status]
        for guest in silent[:268]:
            guest.settimeout(20)
            assert guest.recv(1) == b""
        assert threading.active_count() < 100


def test_a_guest_that_takes_nothing_is_dropped_after_a_while_and_others_get_their_turn(served: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def talks(command: SampleCommand, store: object, home: Path, tell: Callable[[Progress], None], stop: object) -> None:
        while True:
            tell(Progress("talking" * 1000))

    monkeypatch.setattr(handover._Guest, "timeout", 0.2)
    with connected(served) as silent, monkeypatch.context() as changed:
        changed.setattr(SampleCommand, "carry_out", talks)
        silent.sendall(request("sample", json.dumps({"interactions": 1, "seed": 1, "tenant": "t", "until": "2026-06-30"})))
        silent.recv(100)
        events = []
        assert hand_over(LoadCommand(logs=(str(CUT),)), served.folder, events.append)
    assert events[-1].loaded == 600


def test_without_an_owner_nothing_is_handed_over(log: Log) -> None:
    assert not hand_over(StatusCommand(), log.folder, print)


OWNER = """
import pathlib, sys
from data.orders.handover import serve_loads
from data.store.store import Store

home = pathlib.Path(sys.argv[1])
serve_loads(Store.open(home), home)
print("open", flush=True)
input()
"""


def test_the_socket_of_an_owner_that_was_killed_is_noticed_and_replaced(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, tmp_path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout.readline() == "open\n"
        assert hand_over(StatusCommand(), tmp_path, lambda _: None)
        owner.kill()
    assert (tmp_path / SOCKET).is_socket()
    assert not hand_over(StatusCommand(), tmp_path, print)
    with Log(tmp_path) as log:
        close = serve_loads(log.store, tmp_path)
        assert hand_over(StatusCommand(), tmp_path, lambda _: None)
        close()


def test_a_server_that_is_killed_during_a_load_is_told_of(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, tmp_path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout.readline() == "open\n"
        pipe = slow_log(tmp_path)

        def kill_once_it_reads() -> None:
            with pipe.open("w"):
                owner.kill()

        killing = threading.Thread(target=kill_once_it_reads)
        killing.start()
        with pytest.raises(StoreError, match="^The server stopped during the load; the store is unchanged.$"):
            hand_over(LoadCommand(logs=(str(pipe),)), tmp_path, lambda _: None)
        killing.join()


def test_a_state_folder_whose_path_is_longer_than_a_sockets_address_serves_loads_too(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 60) / ("e" * 60)
    with Log(folder) as log:
        close = serve_loads(log.store, folder)
        assert len(str(folder / SOCKET)) > 108 and (folder / SOCKET).is_socket()
        assert hand_over(LoadCommand(logs=(str(CUT),)), folder, lambda _: None)
        close()
        assert not (folder / SOCKET).exists()
        assert not hand_over(StatusCommand(), folder, print)


def test_where_the_system_knows_no_way_round_a_long_path_it_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "_DESCRIPTORS", tmp_path / "none")
    long = tmp_path / ("d" * 100)
    with pytest.raises(StoreError) as refused:
        hand_over(StatusCommand(), long, print)
    assert str(refused.value) == (
        f"{long}/loads.sock has more than 103 bytes, the most for a socket. Set IH_HOME to a folder with a shorter path."
    )


def test_a_failing_file_is_told_of_and_the_next_is_loaded(served: Log, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("[")
    events = []
    hand_over(LoadCommand(logs=(str(broken), str(CUT))), served.folder, events.append)
    told = [event for event in events if not isinstance(event, Progress)]
    assert isinstance(told[0], Failure) and str(broken) in told[0].message
    assert told[1].loaded == 600


def test_a_guest_who_leaves_takes_the_load_along(served: Log, tmp_path: Path, stops: list[Stop]) -> None:
    pipe = slow_log(tmp_path)
    guest = connected(served)
    guest.sendall(request("load", json.dumps({"logs": [str(pipe)]})))
    with pipe.open("w") as slow:
        slow.write(json.dumps(interaction("a")) + "\n")
        guest.close()
        until(lambda: stops[0].asked)
    assert hand_over(LoadCommand(logs=(str(CUT),)), served.folder, lambda _: None)
    assert "acme" not in {row[0] for row in contents(served.store)["interactions"]}
    assert faults(served.store) == []


def test_ctrl_c_at_the_command_line_ends_the_load_in_the_server(served: Log, tmp_path: Path, stops: list[Stop]) -> None:
    pipe = slow_log(tmp_path)
    command = [sys.executable, "-m", "data", "load", str(pipe)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"IH_HOME": str(served.folder)}, stderr=subprocess.PIPE, text=True) as guest:
        with pipe.open("w") as slow:
            slow.write(json.dumps(interaction("a")) + "\n")
            guest.send_signal(signal.SIGINT)
            assert guest.wait() == 130
            until(lambda: stops[0].asked)
        assert guest.stderr.read().endswith("Interrupted. Nothing was loaded from the file in progress; the files before it are loaded.\n")
    assert hand_over(LoadCommand(logs=(str(CUT),)), served.folder, lambda _: None)
    assert {row[0] for row in contents(served.store)["interactions"]} == {"zozotown"}


def test_loads_wait_for_their_turn_and_status_does_not(served: Log, tmp_path: Path) -> None:
    pipe = slow_log(tmp_path)
    first, second, status = [], [], []
    threads = [
        threading.Thread(target=hand_over, args=(LoadCommand(logs=(str(pipe),)), served.folder, first.append)),
        threading.Thread(target=hand_over, args=(SampleCommand(100, 1, "t", "2026-06-30"), served.folder, second.append)),
    ]
    threads[0].start()
    with pipe.open("w") as slow:
        threads[1].start()
        while not second:
            threads[1].join(0.01)
        assert second == [Progress("waiting for another load")]
        hand_over(StatusCommand(), served.folder, status.append)
        assert status[0].version == 0
        slow.write(json.dumps(interaction("a")) + "\n")
    for thread in threads:
        thread.join()
    assert first[-1].version == 1 and second[-1].loaded == 100


def test_a_guest_who_leaves_while_it_waits_loads_nothing(served: Log, tmp_path: Path, stops: list[Stop]) -> None:
    pipe = slow_log(tmp_path)
    first = threading.Thread(target=hand_over, args=(LoadCommand(logs=(str(pipe),)), served.folder, lambda _: None))
    first.start()
    with pipe.open("w") as slow:
        slow.write(json.dumps(interaction("a")) + "\n")
        with connected(served) as second:
            second.sendall(request("load", json.dumps({"logs": [str(CUT)]})))
            until(lambda: b"waiting for another load" in second.recv(1 << 16, socket.MSG_PEEK))
        until(lambda: stops[1].asked)
    first.join()
    assert hand_over(LoadCommand(), served.folder, lambda _: None)
    assert {row[0] for row in contents(served.store)["interactions"]} == {"acme"}


def test_closing_the_door_stops_a_load_that_is_under_way(log: Log, tmp_path: Path) -> None:
    close = serve_loads(log.store, log.folder)
    pipe = slow_log(tmp_path)
    events = []
    guest = threading.Thread(target=hand_over, args=(LoadCommand(logs=(str(pipe),)), log.folder, events.append))
    guest.start()
    with pipe.open("w") as slow:
        slow.write(json.dumps(interaction("a")) + "\n")
        closing = threading.Thread(target=close)
        closing.start()
        until(lambda: not (log.folder / SOCKET).exists())
    closing.join()
    guest.join()
    assert events[-1] == Failure("The load was stopped; the store is unchanged.")
    assert contents(log.store)["interactions"] == []


def test_a_load_that_reads_what_never_comes_does_not_keep_the_door_from_closing(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "_LONGEST_STOP_S", 0.2)
    close = serve_loads(log.store, log.folder)
    pipe = slow_log(tmp_path)
    guest = threading.Thread(target=hand_over, args=(LoadCommand(logs=(str(pipe),)), log.folder, lambda _: None))
    guest.start()
    with pipe.open("w"):
        close()
    guest.join()
    assert contents(log.store)["interactions"] == []
