from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.columns.memory import recent
from data.store.store import Snapshot
from tests.logs import ACME, ZENITH, Log, interaction


@pytest.fixture
def snapshot(log: Log):
    log.load(interaction("1"), interaction("2", tenantId=ZENITH))
    with log.store.snapshot() as snapshot:
        yield snapshot


def test_an_answer_is_made_once_and_for_one_tenant_only(snapshot: Snapshot) -> None:
    acme, zenith = snapshot.tenant(ACME), snapshot.tenant(ZENITH)
    assert recent(acme, "key", lambda: "of acme") == "of acme"
    assert recent(acme, "key", lambda: "made again") == "of acme"
    assert recent(zenith, "key", lambda: "of zenith") == "of zenith"


def test_an_answer_is_forgotten_with_the_version_it_was_made_from(log: Log, snapshot: Snapshot) -> None:
    assert recent(snapshot.tenant(ACME), "key", lambda: 1) == 1
    log.load(interaction("3"))
    with log.store.snapshot() as after:
        assert recent(after.tenant(ACME), "key", lambda: 2) == 2


def test_only_the_latest_answers_are_kept(snapshot: Snapshot) -> None:
    tenant = snapshot.tenant(ACME)
    recent(tenant, "asked again", lambda: "first")
    recent(tenant, "asked once", lambda: "first")
    for number in range(250):
        recent(tenant, number, lambda: number)
        assert recent(tenant, "asked again", lambda: "second") == "first"
    assert recent(tenant, "asked once", lambda: "second") == "second"


def test_those_who_ask_at_the_same_time_wait_for_one_answer(snapshot: Snapshot) -> None:
    tenant, made, together = snapshot.tenant(ACME), [], threading.Barrier(8)

    def make() -> int:
        made.append(1)
        threading.Event().wait(0.05)
        return len(made)

    def ask(_: int) -> int:
        together.wait()
        return recent(tenant, "key", make)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [1] * 8


def test_a_failure_is_not_remembered(snapshot: Snapshot) -> None:
    tenant = snapshot.tenant(ACME)
    with pytest.raises(ZeroDivisionError):
        recent(tenant, "key", lambda: 1 // 0)
    assert recent(tenant, "key", lambda: "then well") == "then well"
