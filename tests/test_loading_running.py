"""Loads take turns in the order in which they come; each can be seen and cancelled, and one that is stuck holds up no other."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from data.loading.loading import LoadOptions, load_log
from data.loading.outcome import Progress
from data.loading.transaction import Stopped
from data.orders.handover import hand_over, serve_loads
from data.orders.orders import Failure, LoadCommand, UnloadCommand
from data.orders.running import Busy, RunningLoad, RunningLoads
from data.store.limits import StoreError
from tests.logs import ACME, ZENITH, Log, interaction
from tests.store_checks import faults
from tests.test_data_handover import connected, request, slow_log, until
from tests.test_loading_unload import put, rows_of


def quiet(_: object) -> None:
    return


def test_a_load_is_seen_with_its_source_its_asker_and_its_progress_until_it_is_done() -> None:
    running, told = RunningLoads(), []
    load = RunningLoad("march.csv", ACME, "ada@example.com")
    with running.turn(load, told.append) as tell:
        tell(Progress("reading", 5, 10, "rows"))
        assert running.now() == running.now(ACME) == [load] and running.now(ZENITH) == []
        assert (load.source, load.by, load.progress) == ("march.csv", "ada@example.com", Progress("reading", 5, 10, "rows"))
    assert running.now() == [] and told == [Progress("reading", 5, 10, "rows")]


def test_turns_come_in_the_order_of_arrival() -> None:
    running, order = RunningLoads(), []

    def run(name: str) -> None:
        with running.turn(RunningLoad(name, ACME, "operator"), quiet):
            order.append(name)

    threads = []
    with running.turn(RunningLoad("first", ACME, "operator"), quiet):
        for name in ("second", "third", "fourth"):
            threads.append(threading.Thread(target=run, args=(name,)))
            threads[-1].start()
            until(lambda: len(running.now()) == len(threads) + 1)
        assert [load.source for load in running.now()] == ["first", "second", "third", "fourth"]
        assert order == []
    for thread in threads:
        thread.join()
    assert order == ["second", "third", "fourth"]


def test_one_that_waits_and_is_cancelled_never_begins() -> None:
    running, load = RunningLoads(), RunningLoad("second", ACME, "operator")
    failed = []

    def wait() -> None:
        try:
            with running.turn(load, quiet):
                failed.append("began")
        except Stopped:
            failed.append("stopped")

    with running.turn(RunningLoad("first", ACME, "operator"), quiet):
        waiting = threading.Thread(target=wait)
        waiting.start()
        until(lambda: load in running.now())
        running.cancel(load)
        waiting.join()
        assert [load.source for load in running.now()] == ["first"]
    assert failed == ["stopped"] and load.cancelled


def test_whoever_has_no_patience_is_told_and_leaves_the_queue() -> None:
    running = RunningLoads()
    with running.turn(RunningLoad("first", ACME, "operator"), quiet):
        with pytest.raises(Busy), running.turn(RunningLoad("second", ACME, "operator"), quiet, patience_s=0):
            raise AssertionError
        assert len(running.now()) == 1


def test_what_follows_a_load_is_done_after_it_and_not_after_one_that_failed() -> None:
    after = []
    running = RunningLoads(lambda: after.append(running.now()))
    with running.turn(RunningLoad("first", ACME, "operator"), quiet):
        assert after == []
    assert after == [[]]
    with pytest.raises(ZeroDivisionError), running.turn(RunningLoad("second", ACME, "operator"), quiet):
        raise ZeroDivisionError
    assert after == [[]]


def test_a_load_that_is_cancelled_while_it_writes_keeps_its_turn_until_all_is_rolled_back(log: Log) -> None:
    running, load, seen = RunningLoads(), RunningLoad("log", ACME, "operator"), []

    def cancel_once_it_writes(event: object) -> None:
        if event == Progress("writing ids"):
            running.cancel(load)
            seen.append(running.now())

    with pytest.raises(Stopped), running.turn(load, cancel_once_it_writes) as tell:
        load_log(log.store, log._file([interaction("a")]), LoadOptions(), tell, log.folder, load.stop)
    assert seen == [[load]] and running.now() == []
    assert rows_of(log.store) == {} and faults(log.store) == []


def test_a_load_that_reads_what_never_comes_gives_up_its_turn_once_its_guest_has_left(log: Log, tmp_path: Path) -> None:
    running = RunningLoads()
    close = serve_loads(log.store, log.folder, running)
    pipe = slow_log(tmp_path)
    guest = connected(log)
    guest.sendall(request("load", json.dumps({"logs": [str(pipe)]})))
    with pipe.open("w") as slow:
        slow.write(json.dumps(interaction("a")) + "\n")
        slow.flush()
        until(lambda: len(running.now()) == 1)
        guest.close()
        # Nobody else writes to the pipe, and it stays open: the load cannot even look whether it is to stop.
        until(lambda: running.now() == [])
        events = []
        file = tmp_path / "next.ndjson"
        file.write_text(json.dumps(interaction("b")) + "\n")
        assert hand_over(LoadCommand(logs=(str(file),)), log.folder, events.append)
        assert events[-1].loaded == 1
    # What it reads at last it does not load.
    close()
    assert rows_of(log.store) == {"b": "CUST001"} and faults(log.store) == []


def test_a_running_load_can_be_cancelled_by_another_who_sees_it_and_its_guest_is_told(log: Log, tmp_path: Path) -> None:
    running = RunningLoads()
    close = serve_loads(log.store, log.folder, running)
    pipe, events = slow_log(tmp_path), []
    guest = threading.Thread(target=hand_over, args=(LoadCommand(logs=(str(pipe),), tenant=ACME), log.folder, events.append))
    guest.start()
    with pipe.open("w"):
        until(lambda: len(running.now(ACME)) == 1)
        [load] = running.now(ACME)
        assert (load.source, load.by) == (os.path.basename(pipe), "operator")
        running.cancel(load)
        assert running.now() == []
    guest.join()
    assert events[-1] == Failure("The load was stopped; the store is unchanged.")
    close()


def test_a_load_is_taken_back_by_the_owner_of_the_store_and_told_of(log: Log) -> None:
    version = put(log, interaction("a"))
    close = serve_loads(log.store, log.folder)
    events = []
    assert hand_over(UnloadCommand(version), log.folder, events.append)
    assert (events[-1].load, events[-1].removed, events[-1].version) == (version, 1, 2)
    assert hand_over(UnloadCommand(version), log.folder, events.append)
    assert events[-1] == Failure("Load 1 does not exist; `python -m data loads` lists the loads.")
    close()


def test_whoever_is_told_of_ends_hears_of_each_load_with_its_problem() -> None:
    running, heard = RunningLoads(), []
    running.at_end = lambda load, problem: heard.append((load.source, load.by, str(problem)))
    with running.turn(RunningLoad("a.csv", "acme", "ada@example.com"), print):
        pass
    with pytest.raises(StoreError), running.turn(RunningLoad("b.csv", "acme", "ada@example.com"), print):
        raise StoreError("b.csv is no log")
    assert heard == [("a.csv", "ada@example.com", "None"), ("b.csv", "ada@example.com", "b.csv is no log")]
