"""The figures of the overview, the offers and one offer over a large log, each beside plain SQL."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import duckdb

from data.columns.warming import warm
from data.engine import Tenant
from data.store.store import Store
from queries.answers.comparison import period_comparison, standings
from queries.answers.funnel import funnel
from queries.answers.history import log_span, page
from queries.answers.hours import heatmap
from queries.answers.sides import ranking, sides
from queries.answers.summary import every_row, summary
from queries.answers.trend import trend
from queries.answers.unusual import unusual
from queries.asking.funnel import FunnelQuery
from queries.asking.selection import Selection, parse
from script.bench_log import TENANT, made_store, options_with_home

REPEATS = 7


def main() -> None:
    options = options_with_home(__doc__)
    log = made_store(options.home, options.rows)
    store = Store.open(options.home)
    started = time.monotonic()
    warm(store)
    print(f"reading ahead after a start, with the funnel's kernel: {time.monotonic() - started:.1f} s\n")
    with store.snapshot() as snapshot:
        newest = log_span(snapshot.tenant(TENANT)).newest
    whole = [Selection(TENANT, start=None, end=newest + shift) for shift in range(1, REPEATS + 2)]
    month = [Selection(TENANT, start=newest - 30 * 86_400_000 + shift, end=newest + 1) for shift in range(REPEATS + 1)]
    plain = duckdb.connect(config={"threads": 2})
    plain.execute(f"create view log as select * from '{log}'")
    sql = _milliseconds(lambda: plain.execute(
        'select "offerId", "interactionType", count(*), count(distinct "customerId") from log group by all').fetchall())
    print(f"{'plain SQL: counts and distinct customers by offer and type':<70} {sql:>8.0f} ms")
    for name, selections in (("the whole log", whole), ("the last 30 days", month)):
        _row(f"offers table, {name}", store, selections, lambda tenant, selection: summary(tenant, selection, "offer", 500))
        _row(f"overview, {name}", store, selections, _overview)
        _row(f"one offer's page, {name}", store, selections, _offer)
    store.close()


def _overview(tenant: Tenant, selection: Selection) -> None:
    period_comparison(tenant, selection)
    trend(tenant, selection)
    ranking(tenant, selection, "ctr")
    every_row(tenant, selection, "channel")
    unusual(tenant, selection)


def _offer(tenant: Tenant, selection: Selection) -> None:
    offer = parse(TENANT, [*selection.pairs(), ("offerId", "off_001")]).selection
    standings(tenant, offer)
    trend(tenant, offer)
    funnel(tenant, FunnelQuery(offer))
    every_row(tenant, offer, "channel")
    sides(tenant, offer, "creative", "ctr")
    heatmap(tenant, offer)
    page(tenant, offer, 10)


def _row(what: str, store: Store, selections: list[Selection], ask: Callable[[Tenant, Selection], object]) -> None:
    def asked(selection: Selection) -> None:
        with store.snapshot() as snapshot:
            ask(snapshot.tenant(TENANT), selection)

    # Each time another selection, so that nothing is answered from memory.
    asked(selections[0])
    times = [_milliseconds(partial(asked, selection)) for selection in selections[1:]]
    print(f"{what:<70} {statistics.median(times):>8.0f} ms, worst {max(times):.0f}", flush=True)


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
