"""What the server pulls by itself: again and again, whatever fails, until a key is refused or the server stops."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from data.pulling.repeating import RepeatedPulls, pulls_set
from data.store.limits import StoreError
from tests.platform_double import answering, rows_of
from tests.pulling_fixtures import Pulling

pytest_plugins = ["tests.pulling_fixtures"]


def until(reached: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_it_pulls_again_after_a_failure_and_ends_with_a_refusal(pulling: Pulling, caplog: pytest.LogCaptureFixture) -> None:
    changes: list[int] = []
    pulls = [replace(pulling.pull, every_s=0.05, a_minute=60_000)]
    pulling.platform.faults = [answering(404)]
    repeated = RepeatedPulls(pulling.store, pulls, lambda: changes.append(len(pulling.ids())))
    try:
        until(lambda: changes == [100])
        pulling.platform.add(*rows_of(2, 100))
        until(lambda: changes == [100, 102])
        pulling.platform.faults = [answering(401, {"error": "the key has expired"})]
        until(lambda: not repeated.running)
    finally:
        repeated.stop()
    said = [(record.levelno, record.getMessage()) for record in caplog.records if record.name == "interaction_history"]
    assert said == [
        (logging.WARNING, f"a pull into acme failed, and goes on in 0.05 s: {pulling.platform.url} answers 404: not now"),
        (logging.ERROR, f"the pull into acme has ended, until the server starts anew: {pulling.platform.url} answers 401: the key has expired"),
    ]
    assert pulling.agrees()


def test_a_stop_does_not_wait_for_the_pace(pulling: Pulling) -> None:
    repeated = RepeatedPulls(pulling.store, [replace(pulling.pull, every_s=300.0, a_minute=1)], lambda: None)
    until(lambda: len(pulling.ids()) == 50)
    repeated.stop()
    assert not repeated.running and pulling.place().cursor == "ih_00050"


def test_the_file_of_pulls_is_read_or_named(pulling: Pulling, monkeypatch: pytest.MonkeyPatch) -> None:
    file = pulling.store.path.parent / "pulls"
    monkeypatch.setenv("IH_PULL", str(file))
    with pytest.raises(StoreError, match=f"^IH_PULL names {file}, which cannot be read: "):
        pulls_set()
    file.write_text(f"--from {pulling.pull.url} --key-file {pulling.pull.key_file} --tenant acme")
    assert pulls_set() == [replace(pulling.pull, every_s=300)]
    monkeypatch.delenv("IH_PULL")
    assert pulls_set() == []
