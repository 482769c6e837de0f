from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given

from data.columns import memory
from data.columns.filtering import Matches
from queries.answers.history import future_rows, total
from queries.asking.selection import Selection, parse
from tests.history_oracle import matching
from tests.logs import ACME, ZENITH, Log, interaction
from tests.test_queries_page import Pairs, selections


def counted(log: Log, pairs: Pairs, tenant: str = ACME) -> int:
    with log.snapshot() as snapshot:
        return total(snapshot.tenant(tenant), parse(tenant, pairs).selection)


@given(selections())
def test_the_total_is_exact(tangled_log: Log, pairs: Pairs) -> None:
    for tenant in (ACME, ZENITH):
        assert counted(tangled_log, pairs, tenant) == len(matching(tangled_log.rows, tenant, pairs))


def field_of(pair: tuple[str, str]) -> str:
    """What a filter narrows: a further value of the same field widens, and rows without any are one more value."""
    name, value = pair
    return value if name == "without" else name


@given(selections(), selections())
def test_a_further_filter_never_adds_rows(tangled_log: Log, pairs: Pairs, more: Pairs) -> None:
    fields = {field_of(pair) for pair in pairs}
    narrowed = pairs + [pair for pair in more if field_of(pair) not in fields | {"from", "to"}]
    assert counted(tangled_log, narrowed) <= counted(tangled_log, pairs)


def test_a_total_is_counted_once_for_a_version_but_not_kept_for_every_customer(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.load(interaction("1"), interaction("2", customerId="CUST002"))
    counted_times = []
    count = Matches.count
    monkeypatch.setattr(Matches, "count", lambda matches: counted_times.append(matches) or count(matches))
    assert [counted(log, [("type", "click")]) for _ in range(3)] == [2, 2, 2]
    assert len(counted_times) == 1
    assert [counted(log, [("customerId", "CUST001")]) for _ in range(3)] == [1, 1, 1]
    assert len(counted_times) == 4
    assert [counted(log, [("customerId", "CUST001"), ("customerId", "CUST002")]) for _ in range(3)] == [2, 2, 2]
    assert len(counted_times) == 5


@pytest.mark.parametrize("pairs", [[], [("type", "click")], [("customerId", "CUST001")]])
def test_a_load_changes_the_total(log: Log, pairs: Pairs) -> None:
    log.load(interaction("1"))
    assert counted(log, pairs) == 1
    log.load(interaction("2"), interaction("3", "2020-01-01T00:00:00Z"))
    assert counted(log, pairs) == 3


def test_ever_new_selections_take_no_more_memory_in_time(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 500_000)
    log.load(interaction("1"))
    taken = []
    with log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        tracemalloc.start()
        for turn in range(3):
            for moment in range(1000):
                assert total(tenant, Selection(ACME, start=turn * 1000 + moment)) == 1
            taken.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        kept, size = snapshot.memory.answers()
    assert 300 < kept < 970
    assert size <= 500_000
    # What 2,000 totals would take beside these is more than 0.8 MB.
    assert taken[2] - taken[0] < 200_000


def test_a_total_stays_remembered_while_it_is_asked_for(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 100_000)
    log.load(interaction("1"))
    counted_times = []
    count = Matches.count
    monkeypatch.setattr(Matches, "count", lambda matches: counted_times.append(matches) or count(matches))
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        for moment in range(1000):
            assert total(tenant, Selection(ACME)) == total(tenant, Selection(ACME, start=moment)) == 1
        assert len(counted_times) == 1001
        assert total(tenant, Selection(ACME, start=0)) == 1
        assert len(counted_times) == 1002


def test_selections_that_name_much_leave_room_for_fewer(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 400_000)
    log.load(interaction("1", offerId="o" * 1000))
    with log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        for moment in range(2000):
            assert total(tenant, Selection(ACME, (("offerId", ("o" * 1000, *"abcdefg")),), start=moment)) == 1
        assert 100 < snapshot.memory.answers()[0] < 250


def test_rows_later_than_the_logs_clock_are_told(log: Log) -> None:
    log.load(interaction("now"), interaction("far", "2199-12-31T00:00:00Z"), interaction("farther", "2200-01-01T00:00:00Z"))
    with log.snapshot() as snapshot:
        assert [future_rows(snapshot.tenant(tenant)) for tenant in (ACME, "nobody")] == [2, 0]
