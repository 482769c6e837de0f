from __future__ import annotations

import pytest
from hypothesis import given

from queries.selection import parse
from queries.total import total
from tests.history_oracle import matching
from tests.logs import ACME, ZENITH, Log, interaction
from tests.test_queries_page import Pairs, selections


def counted(log: Log, pairs: Pairs, tenant: str = ACME) -> int:
    with log.store.snapshot() as snapshot:
        return total(snapshot.tenant(tenant), parse(tenant, pairs).selection)


@given(selections())
def test_the_total_is_exact(tangled_log: Log, pairs: Pairs) -> None:
    for tenant in (ACME, ZENITH):
        assert counted(tangled_log, pairs, tenant) == len(matching(tangled_log.rows, tenant, pairs))


@given(selections(), selections())
def test_a_further_filter_never_adds_rows(tangled_log: Log, pairs: Pairs, more: Pairs) -> None:
    names = {name for name, _ in pairs}
    narrowed = pairs + [(name, value) for name, value in more if name not in names | {"from", "to"}]
    assert counted(tangled_log, narrowed) <= counted(tangled_log, pairs)


@pytest.mark.parametrize("pairs", [[], [("type", "click")], [("customerId", "CUST001")]])
def test_a_load_changes_the_total(log: Log, pairs: Pairs) -> None:
    log.load(interaction("1"))
    assert counted(log, pairs) == 1
    log.load(interaction("2"), interaction("3", "2020-01-01T00:00:00Z"))
    assert counted(log, pairs) == 3
