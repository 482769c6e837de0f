"""How long the embedded engine and ClickHouse take for the same questions over the same rows, none of them answered from memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from data.clickhouse.address import password_of, read_address
from data.clickhouse.copying import copy_to
from data.clickhouse.store import ClickHouseStore
from data.engine import Engine, Tenant
from data.store.store import Store
from queries.asking.funnel import FunnelQuery
from queries.asking.selection import Selection, parse
from script.bench_log import TENANT, made_store, parser_with_home

REPEATS = 7


def main() -> None:
    parser = parser_with_home(__doc__)
    parser.add_argument("--engine", metavar="ADDRESS", help="the ClickHouse (default: one in this process, in the folder)")
    options = parser.parse_args()
    made_store(options.home, options.rows)
    text = options.engine or f"chdb://{Path(options.home).resolve()}/clickhouse"
    with closing(Store.open(options.home)) as store, closing(ClickHouseStore(read_address(text, password_of(), "--engine"))) as clickhouse:
        started = time.monotonic()
        print(copy_to(store, clickhouse, lambda _: None))
        print(f"copying: {time.monotonic() - started:.1f} s\n", flush=True)
        print(f"{'':<42}{'embedded':>12}{'ClickHouse':>12}")
        for name, ask in _questions(store).items():
            times = [_median(engine, ask) for engine in (store, clickhouse)]
            print(f"{name:<42}{times[0]:>9.1f} ms{times[1]:>9.1f} ms", flush=True)


def _questions(store: Store) -> dict[str, Callable[[Tenant, int], Any]]:
    """What is asked; the number makes each repetition another question."""
    everything = Selection(TENANT)
    with store.snapshot(None) as snapshot:
        tenant = snapshot.tenant(TENANT)
        offers = list(tenant.names.offer.ids)
        span = tenant.span()
        customers = [id for id, _ in tenant.customers(everything, REPEATS, 50).customers]
        deep = tenant.page(Selection(TENANT, end=(span.oldest + span.newest) // 2 if span else None), REPEATS, None).records

    def eight(nth: int) -> Selection:
        chosen = [offers[(nth * 8 + place) % len(offers)] for place in range(8)]
        return parse(TENANT, [("offerId", offer) for offer in chosen]).selection

    def since(nth: int) -> Selection:
        return Selection(TENANT, start=(span.oldest if span else 0) + nth)

    return {
        "a page deep in the log": lambda tenant, nth: tenant.page(everything, 50, deep[nth].id),
        "a page of eight offers, and its total": lambda tenant, nth: tenant.page(eight(nth), 50, None),
        "a customer's page and total": lambda tenant, nth: tenant.page(parse(TENANT, [("customerId", customers[nth])]).selection, 50, None),
        "all offers with distinct customers": lambda tenant, nth: tenant.counts(since(nth), "offer"),
        "a funnel of three steps, by customer": lambda tenant, nth: tenant.funnel(FunnelQuery(since(nth), unit="customer")),
        "a funnel of three steps, by offer too": lambda tenant, nth: tenant.funnel(FunnelQuery(since(nth + REPEATS))),
    }


def _median(engine: Engine, ask: Callable[[Tenant, int], Any]) -> float:
    times = []
    for nth in range(REPEATS):
        with engine.snapshot(None) as snapshot:
            tenant = snapshot.tenant(TENANT)
            started = time.perf_counter()
            ask(tenant, nth)
            times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
