"""The units behind a bar: as many as the bar says, in one total order, however they are walked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.columns import memory
from data.columns.funnel.listing import listing, plan_of
from data.columns.funnel.plan import FunnelPlan
from data.columns.funnel.tally import FunnelCounts, count_funnel
from data.engine import Tenant
from data.results import FunnelUnit
from queries.answers.funnel import flat_units, funnel, units_page, units_total
from queries.asking.funnel import FunnelQuery
from queries.asking.funnel_bars import FunnelBar, UnitCursor, dropped_after, reached
from queries.asking.selection import Selection
from queries.asking.times import iso
from tests.funnel_logs import RandomLog, loaded, random_log, random_question
from tests.funnel_oracle import expected_units
from tests.logs import ACME, Log, interaction

LOGS = [random_log(f"tenant {number}", Random(number)) for number in range(30)]


@pytest.fixture(scope="module")
def tenant_of(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Tenant]]:
    with Log(tmp_path_factory.mktemp("funnels"), engine) as log:
        loaded(log, LOGS)
        with log.snapshot() as snapshot:
            yield snapshot.tenant


seeds = st.integers(0, 2**32).map(Random)


def bars(query: FunnelQuery) -> list[FunnelBar]:
    steps = range(1, len(query.steps) + 1)
    return [*map(reached, steps), *map(dropped_after, steps[:-1])]


@given(st.sampled_from(LOGS), seeds, st.integers(1, 3))
def test_every_bar_equals_its_list_and_the_brute_force_search(
    tenant_of: Callable[[str], Tenant], log: RandomLog, drawn: Random, limit: int,
) -> None:
    query, plan = random_question(log, drawn)
    tenant = tenant_of(log.tenant)
    counts = [step.units for step in funnel(tenant, query).steps]
    found = expected_units(log.rows, plan, log.newest)
    for bar in bars(query):
        expected = sorted((
            FunnelUnit(f"u{customer}", f"o{offer}" if offer else None, unit.level, *(row.time for row in unit.chains[-1]))
            for (customer, offer), unit in found.items() if bar.lowest <= unit.level <= bar.highest
        ), key=place)
        walked = walk(tenant, query, bar, limit)
        assert walked == expected
        assert len(walked) == bar.size(counts) == units_total(tenant, query, bar)


def place(unit: FunnelUnit) -> tuple:
    return -unit.entered_at, unit.customer.encode(), (unit.offer or "").encode()


def walk(tenant: Tenant, query: FunnelQuery, bar: FunnelBar, limit: int) -> list[FunnelUnit]:
    """All units, page by page."""
    units: list[FunnelUnit] = []
    cursor, total = None, units_total(tenant, query, bar)
    while True:
        page = units_page(tenant, query, bar, limit, cursor)
        assert (page.total, page.limit) == (total, limit)
        assert len(page.units) <= limit
        assert page.has_more == (page.next_cursor is not None) == (len(units) + len(page.units) < total)
        units += page.units
        if page.next_cursor is None:
            return units
        cursor = page.next_cursor


@given(st.sampled_from(LOGS), seeds)
def test_the_file_holds_the_same_units_in_the_same_order(tenant_of: Callable[[str], Tenant], log: RandomLog, drawn: Random) -> None:
    query, _ = random_question(log, drawn)
    tenant = tenant_of(log.tenant)
    for bar in bars(query):
        rows = [row for piece in flat_units(tenant, query, bar) for row in piece.to_pylist()]
        assert rows == [
            {"customerId": unit.customer, "offerId": unit.offer, "level": str(unit.level), "enteredAt": iso(unit.entered_at),
             "reachedAt": iso(unit.reached_at)}
            for unit in walk(tenant, query, bar, 100)
        ]
        assert [row for piece in flat_units(tenant, query, bar, 2) for row in piece.to_pylist()] == rows[:2]


A_B = FunnelQuery(Selection(ACME), (("a",), ("b",)), window_ms=None)
NOON = "2026-03-15T12:00:00.000Z"
NAMES = ("B", "a", "b", "é", "😀", "", "Z", "~", "10", "9")


def tied(log: Log) -> None:
    """Ten customers with two offers each who enter in one instant, and one who enters before them."""
    pairs = [(customer, offer) for customer in NAMES for offer in ("z", "Ä")]
    Random(2).shuffle(pairs)
    log.load(
        interaction("first", "2026-03-15T11:00:00Z", customerId="early", offerId="z", interactionType="a"),
        *(interaction(f"{nth}", NOON, customerId=f"c{customer}", offerId=offer, interactionType="a")
          for nth, (customer, offer) in enumerate(pairs)),
    )


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_units_that_enter_together_stand_in_the_byte_order_of_their_ids(log: Log, limit: int) -> None:
    tied(log)
    with log.snapshot() as snapshot:
        walked = [(unit.customer, unit.offer) for unit in walk(snapshot.tenant(ACME), A_B, reached(1), limit)]
    customers = sorted((f"c{name}" for name in NAMES), key=str.encode)
    assert walked == [(customer, offer) for customer in customers for offer in ("z", "Ä")] + [("early", "z")]


def test_a_page_begins_after_the_cursors_place_whether_or_not_a_unit_is_there(log: Log) -> None:
    tied(log)
    at = 1_773_576_000_000
    with log.snapshot() as snapshot:
        def first_after(cursor: UnitCursor) -> tuple[str, str | None] | None:
            units = units_page(snapshot.tenant(ACME), A_B, reached(1), 1, cursor).units
            return (units[0].customer, units[0].offer) if units else None

        assert first_after(UnitCursor(at + 1, "zzz", "zzz")) == ("c", "z")
        assert first_after(UnitCursor(at, "c", "z")) == ("c", "Ä")
        assert first_after(UnitCursor(at, "c5", "z")) == ("c9", "z")
        assert first_after(UnitCursor(at, "c😀", "Ä")) == ("early", "z")
        assert first_after(UnitCursor(0, "", None)) is None
        assert first_after(UnitCursor(10**30, "", None)) == ("c", "z")


def test_a_page_is_never_larger_than_the_largest(log: Log) -> None:
    tied(log)
    with log.snapshot() as snapshot:
        page = units_page(snapshot.tenant(ACME), A_B, reached(1), 5000)
    assert (page.limit, len(page.units), page.has_more) == (100, 21, False)


def test_a_bar_that_nobody_reached_is_an_empty_page(log: Log) -> None:
    tied(log)
    with log.snapshot() as snapshot:
        page = units_page(snapshot.tenant(ACME), A_B, reached(2))
        assert (page.units, page.total, page.has_more, page.next_cursor) == ([], 0, False, None)
        assert list(flat_units(snapshot.tenant(ACME), A_B, reached(2))) == []


def test_times_far_apart_are_ordered_too(log: Log) -> None:
    moments = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2026-03-15T12:00:00Z", "1969-12-31T23:59:59.999Z"]
    log.load(*(interaction(f"{nth}", moment, customerId=f"c{nth}", interactionType="a") for nth, moment in enumerate(moments)))
    with log.snapshot() as snapshot:
        walked = walk(snapshot.tenant(ACME), replace(A_B, unit="customer"), reached(1), 1)
    assert [unit.customer for unit in walked] == ["c1", "c2", "c3", "c0"]


def test_listings_beyond_the_memory_for_them_are_made_anew(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    tied(log)
    made: list[int | None] = []

    def noted(journeys: object, plan: FunnelPlan, *others: object) -> FunnelCounts:
        made.append(plan.window_ms)
        return count_funnel(journeys, plan, *others)

    monkeypatch.setattr("data.columns.funnel.listing.count_funnel", noted)
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)

        def ask(window_ms: int) -> None:
            assert len(walk(tenant, replace(A_B, window_ms=window_ms), reached(1), 4)) == 21

        ask(1000)
        ask(2000)
        # Room for two and a half.
        monkeypatch.setattr(memory, "MOST_BYTES", snapshot.memory.answers()[1] * 5 // 4)
        for window_ms in (1000, 3000, 1000, 2000, 2000):
            ask(window_ms)
        assert made == [1000, 2000, 3000, 2000]
        assert snapshot.memory.answers()[0] == 2


def test_a_listing_takes_what_its_arrays_take(log: Log) -> None:
    tied(log)
    log.load(interaction("second", "2026-03-15T13:00:00Z", customerId="early", offerId="z", interactionType="b"))
    with log.snapshot() as snapshot:
        columns = snapshot.tenant(ACME).columns
        found = listing(columns, plan_of(columns, A_B))
        # Of each of 21 units customer, entry, reach and place in the order (4 bytes each), level and whether it waits; of one its time.
        assert found.nbytes == 21 * (4 * 4 + 1 + 1) + 8
        assert found.order(columns).nbytes == 21 * 4
