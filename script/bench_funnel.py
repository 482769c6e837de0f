"""A three-step funnel over a synthetic log, timed warm beside ClickHouse's windowFunnel on the same rows.

python -m script.bench_funnel [--rows 20000000] [--no-clickhouse]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TypeVar

import numpy as np

from data.columns.funnel.plan import FunnelPlan
from data.columns.funnel.tally import FunnelCounts, compile_kernel, count_funnel
from data.columns.funnel.units import offer_units
from queries.asking.funnel import DAY_MS

ROWS_A_CUSTOMER = 50
OFFERS = 200
OFFERS_A_CUSTOMER = 8
DAYS = 180
TYPE_SHARES = {1: 0.70, 2: 0.15, 3: 0.05, 4: 0.03, 5: 0.07}
STEPS = (frozenset({1}), frozenset({2}), frozenset({3, 4}))
RUNS = 5

T = TypeVar("T")

CREATE = """
create table journeys (customer UInt32, time UInt64, type UInt8, offer UInt8)
engine = MergeTree
order by (customer, offer, time)
"""
LEVELS = """
select level, count()
from (
    select windowFunnel({window})(time, type = 1, type = 2, type in (3, 4)) as level
    from journeys
    where type in (1, 2, 3, 4)
    group by {unit}
)
where level > 0
group by level
order by level
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=20_000_000, help="interactions to make")
    parser.add_argument("--no-clickhouse", action="store_true", help="time only the product's own funnel")
    asked = parser.parse_args()

    seconds, _ = timed(compile_kernel)
    print(f"kernel ready after {seconds:.2f} s (first time on a machine: compiled; later: read from disk)")
    rows = synthetic_journeys(asked.rows)
    newest = int(rows.timestamp.max())
    print(f"{asked.rows:,} rows of {len(rows.customer):,} customers; memory {memory_mb('VmRSS')} MB")

    seconds, units = timed(lambda: offer_units(rows))
    print(f"units of customer and offer found in {seconds * 1000:,.0f} ms, once for a version of the store")

    plans = {
        "customer_offer": FunnelPlan(STEPS),
        "customer": FunnelPlan(STEPS, unit="customer"),
        "customer_offer, strict": FunnelPlan(STEPS, order="strict"),
        "customer_offer, any order": FunnelPlan(STEPS, order="any"),
        "customer_offer, two of four channels": FunnelPlan(STEPS, filters=(("channel", frozenset({1, 2})),)),
    }
    ours = {
        name: best_of(RUNS, partial(count_funnel, rows, plan, newest, known_units=units)) for name, plan in plans.items()
    }
    for name, (seconds, tally) in ours.items():
        print(f"{name:<38} {seconds * 1000:>8,.0f} ms   units reached {tally.reached.tolist()}")
    seconds, _ = best_of(RUNS, lambda: count_funnel(rows, plans["customer_offer"], newest, True, units))
    print(f"{'customer_offer, every unit listed':<38} {seconds * 1000:>8,.0f} ms")
    print(f"most memory: {memory_mb('VmHWM')} MB")
    if not asked.no_clickhouse:
        compare_with_clickhouse(rows, {name: ours[name] for name in ("customer_offer", "customer")})


def synthetic_journeys(rows: int) -> SimpleNamespace:
    """Journeys of customers who each see a few of the offers; the same rows each time."""
    drawn = np.random.default_rng(20)
    customers = max(1, rows // ROWS_A_CUSTOMER)
    starts = np.append(0, np.sort(drawn.integers(0, rows + 1, customers - 1)))
    starts = np.append(starts, rows).astype(np.int64)
    lengths = np.diff(starts)
    timestamp = np.empty(rows, np.int64)
    customer_first_offer = np.repeat(drawn.integers(0, OFFERS, customers, dtype=np.uint8), lengths)
    offer = customer_first_offer + drawn.integers(0, OFFERS_A_CUSTOMER, rows, dtype=np.uint8)
    offer %= OFFERS
    offer += 1
    span = np.int64(DAYS * DAY_MS)
    step = 4_000_000
    for first in range(0, customers, step // ROWS_A_CUSTOMER):
        end = min(customers, first + step // ROWS_A_CUSTOMER)
        chunk = slice(starts[first], starts[end])
        place = np.repeat(np.arange(end - first, dtype=np.int64), lengths[first:end]) * span
        timestamp[chunk] = np.sort(drawn.integers(0, span, len(place)) + place) - place
    kinds, shares = np.array(list(TYPE_SHARES), np.uint8), np.cumsum(list(TYPE_SHARES.values()))
    levels = (shares * 2**16).astype(np.uint32)
    type_of_draw = kinds[np.minimum(np.searchsorted(levels, np.arange(2**16), side="right"), len(kinds) - 1)]
    return SimpleNamespace(
        starts=starts,
        customer=np.arange(1, customers + 1, dtype=np.uint32),
        timestamp=timestamp,
        type=type_of_draw[drawn.integers(0, 2**16, rows, dtype=np.uint16)],
        offer=offer,
        channel=drawn.integers(1, 5, rows, dtype=np.uint8),
    )


def compare_with_clickhouse(rows: SimpleNamespace, ours: dict[str, tuple[float, FunnelCounts]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from chdb.session import Session

    with TemporaryDirectory() as folder:
        file = Path(folder) / "journeys.parquet"
        customer = np.repeat(rows.customer, np.diff(rows.starts))
        columns = {"customer": customer, "time": rows.timestamp, "type": rows.type, "offer": rows.offer}
        pq.write_table(pa.table(columns), file)
        session = Session(folder)
        session.query("create database bench engine = Atomic")
        session.query("use bench")
        session.query(CREATE)
        session.query(f"insert into journeys select customer, time, type, offer from file('{file}', Parquet)")
        session.query("optimize table journeys final")
        for unit, grouped in (("customer_offer", "customer, offer"), ("customer", "customer")):
            asked = LEVELS.format(window=7 * DAY_MS, unit=grouped)
            seconds, answer = best_of(3, partial(session.query, asked, "CSV"))
            units_at = [int(line.split(",")[1]) for line in answer.bytes().decode().split()]
            reached = np.cumsum(units_at[::-1])[::-1].tolist()
            our_seconds, tally = ours[unit]
            if reached != tally.reached.tolist():
                raise SystemExit(f"{unit}: windowFunnel counts {reached}, ours {tally.reached.tolist()}")
            print(
                f"{unit}: windowFunnel {seconds * 1000:,.0f} ms, ours {our_seconds * 1000:,.0f} ms,"
                f" {seconds / our_seconds:.1f} times faster, same counts"
            )
        session.close()


def best_of(runs: int, query: Callable[[], T]) -> tuple[float, T]:
    return min((timed(query) for _ in range(runs)), key=lambda run: run[0])


def timed(query: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    answer = query()
    return time.perf_counter() - begun, answer


def memory_mb(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(field + ":"))


if __name__ == "__main__":
    main()
