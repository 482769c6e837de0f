"""ClickHouse answers every question as the embedded engine does, row for row and figure for figure: on one server, and on two shards."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clickhouse import Mirror, TwoShards
from tests.engine_questions import FUNNEL_LOGS, Both, assert_same_answers, assert_same_funnel, load_hostile_logs
from tests.figures_logs import FILTERS, RANDOM_TENANTS
from tests.funnel_logs import RandomLog
from tests.logs import ACME, Log


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """The hostile logs in the embedded store and, the same, in ClickHouse."""
    with Log(tmp_path_factory.mktemp("answers"), "clickhouse") as log:
        load_hostile_logs(log)
        assert isinstance(log.engine, Mirror)
        yield log.engine


@pytest.fixture(scope="module")
def tenants(mirror: Mirror) -> Iterator[Both]:
    with mirror.store.snapshot(None) as one, mirror.snapshot() as other:
        yield lambda id: (one.tenant(id), other.tenant(id))


@pytest.fixture(scope="module")
def on_two_shards(mirror: Mirror, tenants: Both) -> Iterator[Both]:
    shards = TwoShards(mirror)
    with mirror.store.snapshot(None) as one, shards.target.snapshot(None) as other:
        assert {number for number, in other.rows("select distinct _shard_num from interactions")} == {1, 2}
        yield lambda id: (one.tenant(id), other.tenant(id))
    shards.close()


@pytest.mark.parametrize("pairs", [
    [], [("customerId", "O'Brien"), ("type", "click")], [("offerId", "off_card"), ("without", "offerId"), ("direction", "inbound")],
    [("from", "2026-03-15T12:00:00.000Z"), ("to", "2026-03-15T12:00:00.001Z")], [("customerId", "50%_ü"), ("customerId", "CUST001")],
    [("channelId", "never heard of")], [("not.offerId", "off_card"), ("not.customerId", "O'Brien"), ("not.type", "nothing")],
], ids=str)
def test_all_that_is_asked_of_a_selection_has_the_same_answer(
    tenants: Both, pairs: list[tuple[str, str]]
) -> None:
    assert_same_answers(tenants(ACME), pairs)


@pytest.mark.parametrize("id", ["hostile", "has no rows"])
def test_sums_and_times_at_the_ends_of_their_types_are_the_same(tenants: Both, id: str) -> None:
    assert_same_answers(tenants(id), [])


@settings(deadline=None, max_examples=4)
@given(st.sampled_from(RANDOM_TENANTS), FILTERS)
def test_a_random_selection_of_a_random_log_has_the_same_answers(
    tenants: Both, id: str, pairs: list[tuple[str, str]]
) -> None:
    try:
        assert_same_answers(tenants(id), pairs)
    except ValueError:
        assert {"from", "to"} <= {name for name, _ in pairs}


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(FUNNEL_LOGS), st.randoms(use_true_random=True))
def test_a_random_funnel_has_the_same_figures_and_units(tenants: Both, log: RandomLog, drawn: Random) -> None:
    assert_same_funnel(tenants(log.tenant), log, drawn)


def test_two_shards_have_the_same_answers(on_two_shards: Both) -> None:
    assert_same_answers(on_two_shards(ACME), [("type", "click"), ("type", "impression"), ("from", "2026-03-14")])


@settings(deadline=None, max_examples=10)
@given(st.sampled_from(FUNNEL_LOGS), st.randoms(use_true_random=True))
def test_two_shards_have_the_same_funnels(on_two_shards: Both, log: RandomLog, drawn: Random) -> None:
    assert_same_funnel(on_two_shards(log.tenant), log, drawn)
