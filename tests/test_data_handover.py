from __future__ import annotations

import json
import os
import socket
import stat
import threading
from collections.abc import Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from data.loading.handover import hand_over, serve_loads
from data.loading.orders import Failure, LoadCommand, SampleCommand, StatusCommand
from data.loading.outcome import LoadReport, Progress
from data.store.status import Status
from tests.logs import Log, interaction
from tests.store_checks import contents, faults

CUT = Path(__file__).parent / "data" / "open-bandit-cut.ndjson"


@pytest.fixture
def served(log: Log) -> Iterator[Log]:
    """A store whose owner takes loads."""
    close = serve_loads(log.store, log.folder)
    yield log
    close()
    assert not (log.folder / "loader.json").exists()


def door(log: Log) -> dict:
    return json.loads((log.folder / "loader.json").read_text())


def test_a_file_handed_over_is_loaded_by_the_owner_and_told_of_as_if_here(served: Log) -> None:
    events = []
    assert hand_over(LoadCommand(logs=(str(CUT),)), served.folder, events.append)
    *progress, summary = events
    assert isinstance(summary, LoadReport) and (summary.read, summary.loaded, summary.version) == (600, 600, 1)
    assert {type(event) for event in progress} == {Progress}
    assert progress[0] == Progress("reading", CUT.stat().st_size, CUT.stat().st_size, "bytes")
    assert progress[-1] == Progress("committing")
    assert faults(served.store) == []


def test_a_guest_whose_own_output_breaks_does_not_say_that_the_server_ended(served: Log) -> None:
    def unread(event: object) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        hand_over(StatusCommand(), served.folder, unread)


def test_the_file_of_the_door_is_for_its_owner_alone(served: Log) -> None:
    assert stat.S_IMODE((served.folder / "loader.json").stat().st_mode) == 0o600


def test_who_does_not_know_the_key_is_turned_away_and_others_still_are_served(served: Log) -> None:
    with pytest.raises(AuthenticationError):
        Client(("127.0.0.1", door(served)["port"]), authkey=b"guessed")
    with socket.create_connection(("127.0.0.1", door(served)["port"])) as silent:
        events = []
        assert hand_over(StatusCommand(), served.folder, events.append)
        assert [type(event) for event in events] == [Status]
        silent.close()


def test_without_an_owner_or_with_one_that_died_nothing_is_handed_over(log: Log) -> None:
    assert not hand_over(StatusCommand(), log.folder, print)
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    (log.folder / "loader.json").write_text(json.dumps({"port": port, "key": "00", "pid": 1}))
    assert not hand_over(StatusCommand(), log.folder, print)


def test_a_failing_file_is_told_of_and_the_next_is_loaded(served: Log, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("[")
    events = []
    hand_over(LoadCommand(logs=(str(broken), str(CUT))), served.folder, events.append)
    told = [event for event in events if not isinstance(event, Progress)]
    assert isinstance(told[0], Failure) and str(broken) in told[0].message
    assert told[1].loaded == 600


def test_a_guest_who_leaves_takes_the_load_along(served: Log, tmp_path: Path) -> None:
    pipe = tmp_path / "slow.ndjson"
    os.mkfifo(pipe)
    guest = Client(("127.0.0.1", door(served)["port"]), authkey=bytes.fromhex(door(served)["key"]))
    guest.send_bytes(json.dumps(["load", {"logs": [str(pipe)]}]).encode())
    with pipe.open("w") as slow:
        slow.write(json.dumps(interaction("a")) + "\n")
        guest.close()
    assert hand_over(LoadCommand(logs=(str(CUT),)), served.folder, lambda _: None)
    assert "acme" not in {row[0] for row in contents(served.store)["interactions"]}
    assert faults(served.store) == []


def test_loads_wait_for_their_turn_and_status_does_not(served: Log, tmp_path: Path) -> None:
    pipe = tmp_path / "slow.ndjson"
    os.mkfifo(pipe)
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


def test_closing_the_door_stops_a_load_that_is_under_way(log: Log, tmp_path: Path) -> None:
    close = serve_loads(log.store, log.folder)
    pipe = tmp_path / "slow.ndjson"
    os.mkfifo(pipe)
    events = []
    guest = threading.Thread(target=hand_over, args=(LoadCommand(logs=(str(pipe),)), log.folder, events.append))
    guest.start()
    with pipe.open("w") as slow:
        slow.write(json.dumps(interaction("a")) + "\n")
        closing = threading.Thread(target=close)
        closing.start()
        while (log.folder / "loader.json").exists():
            closing.join(0.01)
    closing.join()
    guest.join()
    assert contents(log.store)["interactions"] == []
