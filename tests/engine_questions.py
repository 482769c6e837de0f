"""What is asked of two engines that have the same log, and must have the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from data.engine import Counts, Edges, HoursOfWeek, Tenant
from data.results import JSON_COLUMNS, RECORD_COLUMNS
from queries.asking.funnel_bars import UnitCursor, dropped_after, reached
from queries.asking.measures import COUNTS
from queries.asking.periods import TimeRange
from queries.asking.selection import parse
from tests.figures_logs import load_random_tenants
from tests.funnel_logs import RandomLog, loaded, random_log, random_question
from tests.logs import Log, interaction, tangled_logs

DIMENSIONS = ("type", "offer", "creative", "channel", "direction", "outcome")
FUNNEL_LOGS = [random_log(f"funnel {number}", Random(number)) for number in range(20)]

# Sums that doubles lose: of values far apart, of tenths, and one that is too large for a double.
_MONEY = ("0.1", "0.2", 0.3, 1e-12, 3e20, -7, "-0.0", 1e308, 1e308, 123456789.123456789, 5e-324)
_TIMES = ("0001-01-01T00:00:00.000Z", "1883-11-18T17:00:00.000Z", "1969-12-31T23:59:59.999Z", "2300-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z")


def load_hostile_logs(log: Log) -> None:
    """Fill a store with what is hard to answer for: ties and odd ids, random rows, funnels, and sums and times at the ends of their types."""
    tangled_logs(log, "in one load")
    load_random_tenants(log)
    loaded(log, FUNNEL_LOGS)
    log.load(*(
        interaction(f"money {nth}", tenantId="hostile", customerId=f"c{nth % 3}", offerId=f"o{nth % 2}", outcome={"conversionValue": value})
        for nth, value in enumerate(_MONEY)
    ))
    log.load(*(interaction(f"time {nth}", time, tenantId="hostile", customerId="\\'\t") for nth, time in enumerate(_TIMES)))


Both = Callable[[str], tuple[Tenant, Tenant]]
"""A tenant's log as each of two engines has it."""


def counted(counts: Counts, ids: list[str | None], buckets: int) -> list[Any]:
    """All that counts tell."""
    return [
        {measure.id: list(counts.series(measure.id).items()) for measure in COUNTS},
        [counts.figures(id, bucket) for id in ids for bucket in range(buckets)],
    ]


def what_is_asked(tenant: Tenant, pairs: list[tuple[str, str]]) -> Iterator[Any]:
    """The answers to all that pages ask of a selection."""
    selection = parse(tenant.id, pairs).or_refused().selection
    yield tenant.names, tenant.span(), tenant.total(selection)
    shown = tenant.page(selection, 5, None)
    yield shown
    every = tenant.page(selection, 1000, None).records
    yield every
    for columns, limit in ((RECORD_COLUMNS, None), (JSON_COLUMNS, 7)):
        yield [row for table in tenant.record_tables(selection, limit, columns) for row in table.to_pylist()]  # type: ignore[attr-defined]
    for cursor in ("", "nobody's", "ih_0505", "\\'", *(record.id for record in every[::40])):
        yield tenant.page(selection, 4, cursor), tenant.neighbours(selection, 4, cursor), tenant.record(cursor)
    hours = HoursOfWeek("Europe/Amsterdam", (TimeRange(1_773_000_000_000, 1_775_000_000_000), TimeRange(1_792_000_000_000, 1_793_000_000_000)))
    yield counted(tenant.counts(selection, None, hours), [None], 168)
    edges = Edges((1_541_000_000_000, 1_773_575_999_999, 1_773_576_000_000, 1_773_577_600_000, 1_774_742_400_000, 1_792_900_000_000))
    for by in (None, *DIMENSIONS):
        ids: list[str | None] = [None] if by is None else list(tenant.rows_by_value(by))
        yield by, ids, counted(tenant.counts(selection, by, newest=True), ids, 1)
        if by in (None, "offer", "direction"):
            yield by, counted(tenant.counts(selection, by, edges), ids, len(edges))
            yield by, counted(tenant.counts(selection, by, edges, only_rows=True), ids, 1)
    yield list(tenant.counts(selection, None, edges).types().items())
    customers = tenant.customers(selection, 3, 0)
    yield customers, tenant.customers(selection, 50, 1)
    for customer in (*(id for id, _ in customers.customers), "nobody"):
        log = tenant.customer(customer)
        yield log, log and list(log.types.items()), tenant.timeline(customer, 6)
    for gap in (1, 1000, 86_400_000):
        yield tenant.stretches(TimeRange(1_773_000_000_000, 1_793_000_000_000), gap)


def assert_same_answers(tenants: tuple[Tenant, Tenant], pairs: list[tuple[str, str]]) -> None:
    for one, other in zip(*(what_is_asked(tenant, pairs) for tenant in tenants), strict=True):
        assert other == one


def assert_same_funnel(tenants: tuple[Tenant, Tenant], log: RandomLog, drawn: Random) -> None:
    query, _ = random_question(log, drawn)
    start, end = (min(row.time for row in log.rows), log.newest)
    edges = Edges((start if query.selection.start is None else query.selection.start, start + 1 + (end - start) // 2, end + 1))
    trend = edges if query.selection.end is None and list(edges.at) == sorted(set(edges.at)) else None
    one, other = tenants
    assert other.funnel(query, trend) == one.funnel(query, trend)
    for bar in (reached(1), dropped_after(1)):
        units = one.units(query, bar, 3)
        assert other.units(query, bar, 3) == units
        if units.units:
            last = units.units[0]
            cursor = UnitCursor(last.entered_at, last.customer, last.offer)
            assert other.units(query, bar, 2, cursor) == one.units(query, bar, 2, cursor)
        assert [table.to_pylist() for table in other.unit_tables(query, bar, 5)] == [  # type: ignore[attr-defined]
            table.to_pylist() for table in one.unit_tables(query, bar, 5)]  # type: ignore[attr-defined]
