"""Over its HTTP interface ClickHouse takes a copy and answers as it does in process: the client, its parameters and its errors are the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from data.clickhouse.address import Address
from data.clickhouse.copying import copy_to
from data.clickhouse.store import ClickHouseStore
from data.store.limits import StoreError, TooSlow
from tests.clickhouse import Mirror
from tests.clickhouse_http import speaking_http
from tests.engine_questions import FUNNEL_LOGS, assert_same_answers, assert_same_funnel
from tests.funnel_logs import loaded
from tests.logs import ACME, Log, interaction, tangled_logs


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Log, ClickHouseStore]]:
    """A log, and the copy of it that has been made over HTTP."""
    with Log(tmp_path_factory.mktemp("http"), "clickhouse") as log:
        tangled_logs(log, "in one load")
        loaded(log, FUNNEL_LOGS[:3])
        log.load(interaction("last", customerId="\\N '\t\n%7B{a:b}+ 😀"))
        assert isinstance(log.engine, Mirror)
        with log.snapshot():
            pass
        with log.engine.target.connection.session(None) as session:
            session.run("truncate table interactions")
        with speaking_http(log.engine.target.address) as address:
            store = ClickHouseStore(address)
            report = copy_to(log.store, store, lambda _: None)
            assert report.sent == report.rows == len(log.rows)
            yield log, store
            store.close()


def test_what_is_asked_of_a_selection_has_the_same_answer(served: tuple[Log, ClickHouseStore]) -> None:
    log, store = served
    with log.store.snapshot() as one, store.snapshot() as other:
        assert_same_answers((one.tenant(ACME), other.tenant(ACME)), [("customerId", "\\N '\t\n%7B{a:b}+ 😀"), ("customerId", "O'Brien")])


def test_funnels_are_the_same(served: tuple[Log, ClickHouseStore]) -> None:
    log, store = served
    with log.store.snapshot() as one, store.snapshot() as other:
        for nth, funnels in enumerate(FUNNEL_LOGS[:3]):
            assert_same_funnel((one.tenant(funnels.tenant), other.tenant(funnels.tenant)), funnels, Random(nth))


def test_the_time_of_a_query_is_the_servers_limit(served: tuple[Log, ClickHouseStore]) -> None:
    with pytest.raises(TooSlow), served[1].snapshot(0.3) as snapshot:
        snapshot.rows("select count() from numbers(100000000000) where sipHash64(number) = 1")


def test_a_wrong_password_is_refused_by_the_servers_word_for_it(served: tuple[Log, ClickHouseStore]) -> None:
    address = served[1].address
    wrong = Address(address.database, host=address.host, port=address.port, user=address.user, password="wrong")
    with pytest.raises(StoreError, match=r"AUTHENTICATION_FAILED \(516\)\.$"), ClickHouseStore(wrong).snapshot():
        pass
