"""Every engine's funnel agrees with a brute-force search, whatever the query and the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.engine import Tenant
from data.results import FunnelFigures, FunnelUnit
from queries.asking.funnel_bars import reached
from tests.funnel_draws import KEY_SETS, ORDERS, random_funnel, random_rows
from tests.funnel_logs import RandomLog, loaded, query_of
from tests.funnel_oracle import Expected, Funnel, as_of, expected_events, expected_tie_dependent, expected_units
from tests.logs import Log

LOGS = [RandomLog(f"tenant {number}", random_rows(Random(number))) for number in range(500)]

# Funnels are drawn from a seed, not field by field: fast enough to meet the rare cases.
seeds = st.randoms(use_true_random=True)
logs, funnels = st.sampled_from(LOGS), seeds.map(random_funnel)
funnels_without_foreign_rows = seeds.map(partial(random_funnel, orders=["ordered", "any"], exclusions=False))

TenantOf = Callable[[str], Tenant]


@pytest.fixture(scope="module", params=["in one load", "in fifty loads"])
def tenant_of(request: pytest.FixtureRequest, engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TenantOf]:
    with Log(tmp_path_factory.mktemp("funnels"), engine) as log:
        loaded(log, LOGS, request.param == "in fifty loads")
        with log.snapshot() as snapshot:
            yield snapshot.tenant


@pytest.mark.parametrize("order", ORDERS)
def test_an_engine_finds_what_a_brute_force_search_finds(tenant_of: TenantOf, order: str) -> None:
    @settings(deadline=None, max_examples=2000)
    @given(logs, seeds.map(partial(random_funnel, orders=[order])))
    def agree(log: RandomLog, funnel: Funnel) -> None:
        figures = tenant_of(log.tenant).funnel(query_of(funnel, log.tenant))
        rows = as_of(log.rows, funnel)
        newest = log.newest if funnel.as_of_ms is None else min(log.newest, funnel.as_of_ms)
        expected = expected_units(rows, funnel, newest)
        assert figures.events == expected_events(rows, funnel)
        assert figures.tie_dependent == expected_tie_dependent(rows, funnel, newest)
        assert figures.immature == (None if funnel.window_ms is None else sum(unit.immature for unit in expected.values()))
        assert_same_steps(figures, [*expected.values()], funnel)
        assert units_of(tenant_of, log, funnel) == listed(expected)

    agree()


def assert_same_steps(figures: FunnelFigures, expected: Sequence[Expected], funnel: Funnel) -> None:
    chains = [[unit.chains[step] for unit in expected if unit.level > step] for step in range(len(funnel.steps))]
    assert figures.reached == [len(of_step) for of_step in chains]
    for took, of_step in zip(figures.durations, chains[1:], strict=True):
        seconds = [(reach.time - entry.time) / 1000 for entry, reach in of_step]
        assert took.n == len(seconds)
        if seconds:
            assert took.mean == pytest.approx(sum(seconds) / len(seconds))
            assert [took.p25, took.median, took.p75, took.p90] == pytest.approx(np.percentile(seconds, [25, 50, 75, 90]).tolist())


def units_of(tenant_of: TenantOf, log: RandomLog, funnel: Funnel) -> list[FunnelUnit]:
    return tenant_of(log.tenant).units(query_of(funnel, log.tenant), reached(1), limit=100).units


def listed(expected: dict[tuple[int, int], Expected]) -> list[FunnelUnit]:
    """The units as a list shows them: latest entry first, then by customer and offer."""
    units = [
        FunnelUnit(f"u{customer}", f"o{offer}" if offer else None, unit.level, *(row.time for row in unit.chains[-1]))
        for (customer, offer), unit in expected.items()
    ]
    return sorted(units, key=lambda unit: (-unit.entered_at, unit.customer, unit.offer or ""))


@settings(deadline=None)
@given(logs, funnels, st.integers(1, 8))
def test_a_longer_window_never_loses_a_unit(tenant_of: TenantOf, log: RandomLog, funnel: Funnel, more: int) -> None:
    shorter = replace(funnel, window_ms=funnel.window_ms or 1)
    longer = replace(shorter, window_ms=shorter.window_ms + more)
    assert_never_less(tenant_of, log, shorter, longer)
    assert_never_less(tenant_of, log, longer, replace(funnel, window_ms=None))


@settings(deadline=None)
@given(logs, funnels_without_foreign_rows, st.sampled_from(KEY_SETS))
def test_a_filter_never_adds_units_where_no_row_can_end_an_attempt(tenant_of: TenantOf, log: RandomLog, funnel: Funnel, channels) -> None:
    """Not so with order strict or exclusions: there a filter may take away the row that ends an attempt."""
    assert_never_less(tenant_of, log, replace(funnel, channels=channels), replace(funnel, channels=None))


@settings(deadline=None)
@given(logs, funnels)
def test_a_funnel_never_widens_from_step_to_step(tenant_of: TenantOf, log: RandomLog, funnel: Funnel) -> None:
    reached = tenant_of(log.tenant).funnel(query_of(funnel, log.tenant)).reached
    assert reached == sorted(reached, reverse=True)


def assert_never_less(tenant_of: TenantOf, log: RandomLog, narrower: Funnel, wider: Funnel) -> None:
    """Each unit gets as far under the wider funnel as under the narrower."""
    least, most = ({(unit.customer, unit.offer): unit.level for unit in units_of(tenant_of, log, one)} for one in (narrower, wider))
    assert all(most.get(unit, 0) >= level for unit, level in least.items())


def test_the_logs_try_what_matters() -> None:
    """Else the agreement above would say little: units of every level, ties that decide, attempts that are immature."""
    drawn, seen = Random(3), dict.fromkeys(("level 1", "level 2", "level 3", "level 4", "immature", "ties decide"), 0)
    for log in LOGS * 8:
        funnel = random_funnel(drawn)
        units = expected_units(as_of(log.rows, funnel), funnel, log.newest).values()
        for unit in units:
            seen[f"level {unit.level}"] += 1
        seen["immature"] += any(unit.immature for unit in units)
        seen["ties decide"] += any(expected_tie_dependent(as_of(log.rows, funnel), funnel, log.newest))
    assert min(seen.values()) >= 10, seen
