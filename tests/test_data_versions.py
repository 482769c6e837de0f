"""What is remembered of one version of the store stays for the next where it can, and is ready before anybody sees that."""

from __future__ import annotations

import gc
import json
import weakref
from contextlib import closing

import duckdb
import pyarrow as pa
import pytest

from data.columns import arrays
from data.columns.tenant import TenantColumns
from data.columns.warming import warm
from data.loading.posting import Post, loaded_posts
from data.loading.transaction import OPERATOR, Stop
from data.loading.unloading import unload
from data.reading.batches import JSON_ROWS
from data.store.store import Snapshot
from data.store.versions import Versions
from queries.asking.selection import Selection
from tests.logs import ACME, ZENITH, Log, ask, interaction


@pytest.fixture
def read_log(log: Log) -> Log:
    """Two tenants' rows, all of them in memory."""
    log.load(*(interaction(f"{number:02d}", f"2026-03-15T10:{number:02d}:00Z", tenantId=tenant, customerId=f"c{number % 7}", offerId="o")
               for number in range(40) for tenant in (ACME, ZENITH)))
    warm(log.store)
    with log.store.snapshot() as snapshot:
        for tenant in (ACME, ZENITH):
            ask(snapshot.tenant(tenant))
    return log


def columns_of(snapshot: Snapshot, tenant: str) -> list[int]:
    columns = TenantColumns(snapshot, tenant)
    return [id(columns.log.timestamp), id(columns.journeys.offer), id(columns.customers)]


def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise AssertionError("columns are read from the store")

    for name in ("_read_at_once", "_pieces"):
        monkeypatch.setattr(arrays, name, read)


def test_a_load_of_one_tenant_leaves_another_its_columns_and_its_answers(read_log: Log) -> None:
    with read_log.store.snapshot() as snapshot:
        snapshot.tenant(ZENITH).remembered("key", lambda: "made before")
        before = columns_of(snapshot, ZENITH)
    read_log.load(interaction("new"))
    with read_log.store.snapshot() as snapshot:
        assert snapshot.tenant(ZENITH).remembered("key", lambda: "made again") == "made before"
        assert columns_of(snapshot, ZENITH) == before


@pytest.mark.parametrize("time", ["2026-03-16T00:00:00Z", "2026-03-15T10:20:00Z"], ids=["newer", "late"])
def test_after_a_small_load_nothing_is_read_again(read_log: Log, monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    nothing_is_read(monkeypatch)
    read_log.load(interaction("new", time, customerId="c1"), interaction("other", time, customerId="nobody before"))
    with read_log.store.snapshot() as snapshot:
        ask(snapshot.tenant(ACME))
        assert snapshot.tenant(ACME).total(Selection(ACME)) == 42
        assert snapshot.tenant(ACME).counts(Selection(ACME), "offer").series("total")["o"] == [40]


def test_where_the_store_was_written_anew_a_large_tenants_columns_are_ready_too(read_log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_SMALL", 10)
    read_log.load(interaction("new"))
    unload(read_log.store, 2, None, OPERATOR, lambda _: None, Stop())
    nothing_is_read(monkeypatch)
    with read_log.store.snapshot() as snapshot:
        ask(snapshot.tenant(ACME))
        assert snapshot.tenant(ACME).total(Selection(ACME)) == 40


def test_a_commit_that_fails_changes_nothing_of_what_is_remembered(read_log: Log) -> None:
    with read_log.store.snapshot() as snapshot:
        before = columns_of(snapshot, ACME)
    with closing(read_log.store.cursor()) as cursor, pytest.raises(duckdb.Error, match="no commit"):
        cursor.begin()
        with read_log.store.new_version(cursor, 2, None, {1}):
            raise duckdb.Error("no commit")
    with read_log.store.snapshot() as snapshot:
        assert columns_of(snapshot, ACME) == before
    read_log.load(interaction("new"))
    with read_log.store.snapshot() as snapshot:
        assert snapshot.tenant(ACME).total(Selection(ACME)) == 41


def test_what_was_remembered_of_a_tenant_goes_with_the_last_who_reads_it(read_log: Log) -> None:
    gc.collect()
    # Rings of what refers to itself would keep gigabytes until somebody happens to look for them.
    gc.disable()
    try:
        for number in range(3):
            with read_log.store.snapshot() as snapshot:
                ask(snapshot.tenant(ACME))
                part = weakref.ref(snapshot.tenant(ACME).columns.memory)
                read_log.load(interaction(f"new {number}"))
                assert snapshot.tenant(ACME).total(Selection(ACME)) == 40 + number
                assert part() is not None
            del snapshot
            assert part() is None
    finally:
        gc.enable()


def test_posted_rows_leave_nothing_to_be_read_again(read_log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_is_read(monkeypatch)
    posts = [
        Post(ACME, by, pa.table([[1], [None], [json.dumps(interaction(id))]], schema=JSON_ROWS))
        for by, id in (("ada", "one"), ("ada", "other"), ("bob", "third"))
    ]
    # Those of each account are a load, so that versions are left out.
    assert [report.version for report in loaded_posts(read_log.store, iter([posts, []]).__next__)] == [3, 3, 3]
    with read_log.store.snapshot() as snapshot:
        ask(snapshot.tenant(ACME))
        assert snapshot.tenant(ACME).total(Selection(ACME)) == 43


def test_answers_about_what_has_passed_take_no_room(read_log: Log) -> None:
    with read_log.store.snapshot() as snapshot:
        snapshot.tenant(ACME).remembered("key", lambda: 1)
        read_log.load(interaction("new"))
        before = snapshot.memory.answers()
        assert snapshot.tenant(ACME).remembered("key", lambda: 2) == 2
        assert snapshot.tenant(ACME).remembered("key", lambda: 3) == 3
        assert snapshot.memory.answers() == before


def test_a_query_that_begins_as_a_version_is_replaced_finds_the_memory_of_the_one_it_reads() -> None:
    versions = Versions()
    first = [versions.seen(lambda: 1)[1]]

    def read_slowly() -> int:
        with versions.published(3, first[0].after({}), first[0]):
            pass
        assert versions.seen(lambda: 3)[1] is not first[0]
        return 1

    assert versions.seen(read_slowly) == (1, first[0])
    passed = weakref.ref(first.pop())
    versions.seen(lambda: 3)
    assert passed() is None
