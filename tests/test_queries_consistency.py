"""A query reads one version of the store, whatever is loaded meanwhile."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from data.columns.warming import warm
from data.store.store import Snapshot
from queries.answers.history import flat_pieces, page, total
from queries.asking.selection import Selection
from tests.logs import ACME, Log, interaction

ALL = Selection(ACME)
CLICKS = Selection(ACME, (("type", ("click",)),))
ONE_CUSTOMER = Selection(ACME, (("customerId", ("CUST001",)),))


def answers(snapshot: Snapshot) -> list:
    tenant = snapshot.tenant(ACME)
    return [
        [page(tenant, selection), total(tenant, selection), [piece.to_pylist() for piece in flat_pieces(tenant, selection)]]
        for selection in (ALL, CLICKS, ONE_CUSTOMER)
    ]


def test_a_snapshot_stays_as_it_was_while_loads_commit(log: Log) -> None:
    log.load(*(interaction(f"ih_{number}", offerId="off_a", offer={"id": "off_a", "name": "Before"}) for number in range(8)))
    with log.snapshot() as before:
        first = page(before.tenant(ACME), ALL, 3)
        # Newer rows, older rows, and so many that the store is written anew.
        log.load(interaction("newer", "2027-01-01T00:00:00Z", offerId="off_a", offer={"id": "off_a", "name": "After"}))
        log.load(interaction("older", "2020-01-01T00:00:00Z"))
        log.load(*(interaction(f"many_{number}") for number in range(30)))
        assert page(before.tenant(ACME), ALL, 3) == first
        assert first.total == 8
        assert [record.id for record in page(before.tenant(ACME), ALL, 3, first.next_cursor).records] == ["ih_4", "ih_3", "ih_2"]
        assert {record.offer.name for record in first.records} == {"Before"}
        with log.snapshot() as now:
            assert page(now.tenant(ACME), ALL, 1).records[0].id == "newer"
            assert total(now.tenant(ACME), ALL) == 40
        assert next(flat_pieces(before.tenant(ACME), ALL)).num_rows == 8


def test_a_snapshot_that_first_reads_after_a_load_still_reads_its_own_version(log: Log) -> None:
    log.load(interaction("1"))
    with log.snapshot() as before:
        log.load(interaction("2"))
        log.load(interaction("0", "2020-01-01T00:00:00Z"))
        for selection in (ALL, CLICKS, ONE_CUSTOMER):
            assert [record.id for record in page(before.tenant(ACME), selection).records] == ["1"]


def test_many_threads_get_the_same_answers_while_rows_are_loaded(log: Log) -> None:
    log.load(*(interaction(f"ih_{number}") for number in range(50)))
    loaded = threading.Event()

    def asking() -> list[int]:
        totals = []
        while not loaded.is_set() or not totals:
            with log.snapshot() as snapshot:
                tenant = snapshot.tenant(ACME)
                found = page(tenant, ALL, 100)
                assert len(found.records) == found.total == total(tenant, CLICKS) == total(tenant, ONE_CUSTOMER)
                totals.append(found.total)
        return totals

    with ThreadPoolExecutor(4) as threads:
        askers = [threads.submit(asking) for _ in range(4)]
        for number in range(4):
            log.load(
                interaction(f"late_{number}", f"20{10 + number}-01-01T00:00:00Z"),
                interaction(f"new_{number}", f"2030-01-0{number + 1}"),
            )
        loaded.set()
        for asker in askers:
            totals = asker.result()
            assert totals == sorted(totals)
            assert set(totals) <= {50, 52, 54, 56, 58}


def test_the_same_question_of_one_version_is_answered_alike_by_two_threads(tangled_log: Log) -> None:
    def asked() -> list:
        with tangled_log.snapshot() as snapshot:
            return answers(snapshot)

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.submit(asked), threads.submit(asked)
        assert one.result() == other.result()


def test_reading_ahead_changes_no_answer(log: Log) -> None:
    warm(log.store)
    log.load(interaction("1"), interaction("2", tenantId="zenith"))
    with log.snapshot() as snapshot:
        before = answers(snapshot)
    warm(log.store)
    with log.snapshot() as snapshot:
        assert answers(snapshot) == before


def test_reading_ahead_ends_quietly_where_the_store_is_closed(log: Log) -> None:
    log.load(interaction("1"))
    log.store.close()
    warm(log.store)


def test_reading_ahead_stops_when_told(log: Log) -> None:
    log.load(interaction("1"))
    stop = threading.Event()
    stop.set()
    warm(log.store, stop)
    with log.store.snapshot() as snapshot:
        assert not snapshot.tenant(ACME).columns.has_read_journeys()
    warm(log.store, threading.Event())
    with log.store.snapshot() as snapshot:
        assert snapshot.tenant(ACME).columns.has_read_journeys()
