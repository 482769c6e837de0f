from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from sys import getsizeof

import numpy as np
import pytest

from data.columns import memory
from data.columns.memory import MEANING, TENANT, Memory, size_of
from data.store.store import Snapshot
from queries.answers.summary import SummaryRow
from queries.asking.measures import Figures
from tests.logs import ACME, ZENITH, Log, interaction


@pytest.fixture
def snapshot(log: Log):
    log.load(interaction("1"), interaction("2", tenantId=ZENITH))
    with log.store.snapshot() as snapshot:
        yield snapshot


def test_an_answer_is_made_once_and_for_one_tenant_only(snapshot: Snapshot) -> None:
    acme, zenith = snapshot.tenant(ACME), snapshot.tenant(ZENITH)
    assert acme.remembered("key", lambda: "of acme") == "of acme"
    assert acme.remembered("key", lambda: "made again") == "of acme"
    assert zenith.remembered("key", lambda: "of zenith") == "of zenith"


def test_an_answer_is_forgotten_with_the_version_it_was_made_from(log: Log, snapshot: Snapshot) -> None:
    assert snapshot.tenant(ACME).remembered("key", lambda: 1) == 1
    log.load(interaction("3"))
    with log.store.snapshot() as after:
        assert after.tenant(ACME).remembered("key", lambda: 2) == 2


def test_only_the_latest_answers_are_kept(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 1_000_000)
    tenant = snapshot.tenant(ACME)
    tenant.remembered("asked again", lambda: "first")
    tenant.remembered("asked once", lambda: "first")
    for number in range(100):
        tenant.remembered(number, lambda: bytes(20_000))
        assert tenant.remembered("asked again", lambda: "second") == "first"
    assert tenant.remembered("asked once", lambda: "second") == "second"
    kept, size = snapshot.memory.answers()
    assert 40 < kept < 55
    assert 900_000 < size <= 1_000_000


def test_the_newest_answer_is_kept_however_large(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 0)
    tenant = snapshot.tenant(ACME)
    assert [tenant.remembered("key", lambda: "first"), tenant.remembered("key", lambda: "second")] == ["first", "first"]
    assert snapshot.memory.answers()[0] == 1


def test_columns_stay_whatever_answers_take(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 0)
    columns = snapshot.tenant(ACME).columns
    times = columns.log.timestamp
    for number in range(3):
        snapshot.tenant(ACME).remembered(number, lambda: bytes(1000))
    assert columns.log.timestamp is times


def figures_of(offers: int) -> list[SummaryRow]:
    return [SummaryRow(f"offer {number}", f"Name {number}", None, Figures(1000 + number, revenue=number / 7)) for number in range(offers)]


@pytest.mark.parametrize("make", [
    lambda: np.zeros(100_000, np.uint16),
    lambda: ["x" * (1000 + number) for number in range(20)],
    lambda: figures_of(3000),
    lambda: {f"offer {number}": [1000 + number * day for day in range(31)] for number in range(300)},
], ids=["an array", "texts", "rows of a summary", "lines"])
def test_an_answers_size_is_what_it_takes(make: Callable[[], object]) -> None:
    tracemalloc.start()
    answer = make()
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert taken * 0.8 < size_of(answer) < taken * 1.8


def test_those_who_ask_at_the_same_time_wait_for_one_answer(snapshot: Snapshot) -> None:
    tenant, made, together = snapshot.tenant(ACME), [], threading.Barrier(8)

    def make() -> int:
        made.append(1)
        threading.Event().wait(0.05)
        return len(made)

    def ask(_: int) -> int:
        together.wait()
        return tenant.remembered("key", make)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [1] * 8


def test_a_failure_is_not_remembered(snapshot: Snapshot) -> None:
    tenant = snapshot.tenant(ACME)
    with pytest.raises(ZeroDivisionError):
        tenant.remembered("key", lambda: 1 // 0)
    assert tenant.remembered("key", lambda: "then well") == "then well"


def test_of_a_version_that_means_otherwise_stays_what_does_not_depend_on_it() -> None:
    before = Memory()
    kept, gone = ["plain", ("log", 1, "type"), (MEANING, 2, "classes")], [(TENANT, ACME), (MEANING, 1, "classes")]
    for key in (*kept, *gone):
        before.recall(key, lambda: "made")
    before.note("asked", "answered")
    after = before.with_new_meaning(1)
    assert [key for key in (*kept, *gone) if after.holds(key)] == kept
    assert (after.find("asked"), after.answers()) == (None, (0, 0))


def test_answers_that_just_fill_the_room_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    def kept(room: int) -> list[str]:
        monkeypatch.setattr(memory, "MOST_BYTES", room)
        two = Memory()
        two.note("older", "first")
        two.note("newer", "second")
        return [key for key in ("older", "newer") if two.find(key)]

    both = sum(memory._ENTRY_BYTES + getsizeof(text) for text in ("older", "newer")) + getsizeof("first") + getsizeof("second")
    assert kept(both) == ["older", "newer"]
    assert kept(both - 1) == ["newer"]


def test_an_answer_that_is_noted_again_takes_its_room_once() -> None:
    notes = Memory()
    notes.note("row", "the first text")
    notes.note("row", "another")
    assert notes.answers() == (1, memory._ENTRY_BYTES + getsizeof("row") + getsizeof("another"))
    assert notes.find("row") == "another"


def test_a_value_without_parts_takes_its_own_bytes() -> None:
    for value in (None, 7, 0.5, "text", b"bytes", int):
        assert size_of(value) == getsizeof(value)


def test_a_mappings_size_is_its_own_with_its_keys_and_values() -> None:
    answer = {"offer": "Platinum Card Upgrade", "type": "click"}
    assert size_of(answer) == getsizeof(answer) + sum(map(getsizeof, ("offer", "Platinum Card Upgrade", "type", "click")))


def test_of_many_parts_some_are_looked_at() -> None:
    text, empty = getsizeof("eleven long"), getsizeof("")
    eight = [""] * 7 + ["eleven long"]
    assert size_of(eight) == getsizeof(eight) + 7 * empty + text
    # Of nine every second one: five texts, four of them empty, stand for all nine.
    nine = ["eleven long"] + [""] * 8
    assert size_of(nine) == getsizeof(nine) + (4 * empty + text) * 9 // 5
    assert (4 * empty + text) * 9 % 5
    assert size_of(nine) != getsizeof(nine) + 8 * empty + text
