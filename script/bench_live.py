"""Small loads into a large store that is being read: how long a steady reader waits, what the first figures after each load take, and memory.

With `--tenants` the rows are those of so many tenants, of whom a few are asked about; then also how long the process is busy after a load.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from data.columns.warming import warm
from data.engine import Tenant
from data.loading.loading import LoadOptions, load_log
from data.loading.transaction import OPERATOR, Stop
from data.loading.unloading import unload
from data.store.store import FILE_NAME, Store
from queries.answers.comparison import period_comparison
from queries.answers.funnel import funnel
from queries.answers.history import log_span, page, total
from queries.answers.summary import summary
from queries.answers.trend import trend
from queries.asking.funnel import FunnelQuery
from queries.asking.selection import Selection, parse
from script.bench_log import TENANT, made_store, write_log

PAUSE_S = 0.01
STEADY_S = 5.0
AFTER_S = 1.0
WARM_REPEATS = 8
_LATE_EVERY = 5

ASKED: dict[str, Callable[[Tenant, Selection], object]] = {
    "first page": page,
    "total": total,
    "summary": lambda tenant, selection: summary(tenant, selection, "offer", 500),
    "comparison": period_comparison,
    "trend": trend,
    "funnel": lambda tenant, selection: funnel(tenant, FunnelQuery(selection)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--home", type=Path, required=True, help="a folder for the log and the store, as script/bench log --home made it")
    parser.add_argument("--tenants", type=int, default=1)
    parser.add_argument("--loads", type=int, default=20)
    parser.add_argument("--of", type=int, default=1000, help="the rows of a load")
    options = parser.parse_args()
    options.home.mkdir(parents=True, exist_ok=True)
    log = made_store(options.home, options.rows) if options.tenants == 1 else _store_of_many(options.home, options.rows, options.tenants)
    with tempfile.TemporaryDirectory(prefix="bench-live-", dir=options.home) as folder:
        copy = Path(folder)
        shutil.copyfile(options.home / FILE_NAME, copy / FILE_NAME)
        _live(copy, _Arrivals(log, copy, options.of), TENANT if options.tenants == 1 else "tenant 0", options.loads)


def _store_of_many(home: Path, rows: int, tenants: int) -> Path:
    every, log = home / f"log-{rows}.parquet", home / f"log-{rows}-{tenants}.parquet"
    if not log.exists():
        write_log(every, rows)
        duckdb.execute(f"""
            copy (select * replace ('tenant ' || hash("customerId") % {tenants} as "tenantId") from '{every}') to '{log}' (format parquet)
        """)
        every.unlink()
    if not (home / FILE_NAME).exists():
        with _opened(home) as store:
            load_log(store, log, LoadOptions(), lambda _: None, home)
    return log


@contextmanager
def _opened(home: Path) -> Iterator[Store]:
    store = Store.open(home)
    try:
        yield store
    finally:
        store.close()


class _Arrivals:
    """Files of new rows: like those of the log, of known customers and a few new ones, mostly newer than all before, now and then late."""

    def __init__(self, log: Path, folder: Path, rows: int) -> None:
        self._engine = duckdb.connect()
        self._engine.execute(f"""
            create table log as
            select * replace ("timestamp"::timestamp as "timestamp")
            from '{log}'
            using sample {rows * 20} rows (reservoir, 1)
        """)
        [(self._newest,)] = self._engine.execute(f"""select max("timestamp"::timestamp) from '{log}'""").fetchall()
        self._folder, self._rows, self._files = folder, rows, 0

    def next(self) -> Path:
        self._files += 1
        file = self._folder / f"{self._files}.parquet"
        newer = f"timestamp '{self._newest}' + interval ({self._files} * 60000 + row_number() over ()) milliseconds"
        time = '"timestamp"' if self._files % _LATE_EVERY == 0 else newer
        self._engine.execute(f"""
            copy (
                select * replace (
                    'live-{self._files}-' || row_number() over () as id,
                    {time} as "timestamp",
                    case when random() < 0.05 then "customerId" || '-{self._files}' else "customerId" end as "customerId"
                )
                from log
                using sample {self._rows} rows (reservoir, {self._files})
            ) to '{file}' (format parquet)
        """)
        return file


@dataclass
class _Reader:
    """Asks for the first page and for a total not asked before, again and again; `took` has the moment and the milliseconds of each."""

    store: Store
    tenant: str
    took: list[tuple[float, float]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def reading(self) -> Iterator[None]:
        thread = threading.Thread(target=self._read)
        thread.start()
        try:
            yield
        finally:
            self.ended.set()
            thread.join()

    def _read(self) -> None:
        chance = random.Random(1)
        while not self.ended.wait(PAUSE_S):
            pairs = [("type", "click"), ("to", f"2026-0{chance.randint(1, 3)}-{chance.randint(1, 28):02d}T{chance.randint(0, 23):02d}:00:00Z")]
            began = time.perf_counter()
            _asked(self.store, self.tenant, parse(self.tenant, pairs).selection, page)
            self.took.append((began, (time.perf_counter() - began) * 1000))

    def line(self, what: str, spans: list[tuple[float, float]]) -> str:
        took = [milliseconds for began, milliseconds in self.took
                if any(start < began + milliseconds / 1000 and began < end for start, end in spans)]
        if not took:
            return f"  {what:<28} nothing asked"
        took.sort()
        return (f"  {what:<28}{len(took):>7} asked, p50 {took[len(took) // 2]:>7.1f}, p99 {took[len(took) * 99 // 100]:>7.1f}, "
                f"worst {took[-1]:>7.1f} ms")


def _asked(store: Store, tenant: str, selection: Selection, ask: Callable[[Tenant, Selection], object]) -> None:
    with store.snapshot() as snapshot:
        ask(snapshot.tenant(tenant), selection)


def _live(home: Path, arrivals: _Arrivals, tenant: str, loads: int) -> None:
    with _opened(home) as store:
        started = time.monotonic()
        warm(store)
        print(f"reading ahead after a start: {time.monotonic() - started:.1f} s")
        asking = _Asking(store, tenant)
        if tenant != TENANT:
            cold = [_milliseconds(partial(_asked, store, f"tenant {nth}", Selection(f"tenant {nth}"), page)) for nth in range(1, 30)]
            print(f"the first page of a tenant nobody has asked about: median {statistics.median(cold):.0f} ms, worst {max(cold):.0f} ms")
        reader = _Reader(store, tenant)
        with reader.reading():
            print("a steady reader")
            began = time.perf_counter()
            time.sleep(STEADY_S)
            print(reader.line("before any load", [(began, time.perf_counter())]))
            warm_ms = {name: [asking.milliseconds(name) for _ in range(WARM_REPEATS)][1:] for name in ASKED}
            _load(store, arrivals, asking, reader, loads, warm_ms)
            _take_back(store, reader)


def _load(store: Store, arrivals: _Arrivals, asking: _Asking, reader: _Reader, loads: int, warm_ms: dict[str, list[float]]) -> None:
    first_ms: dict[str, list[float]] = {name: [] for name in ASKED}
    spans, busy, resident = [], [], [_resident()]
    for _ in range(loads):
        file = arrivals.next()
        began = time.perf_counter()
        load_log(store, file, LoadOptions(), lambda _: None, file.parent)
        spans.append((began, time.perf_counter()))
        for name in ASKED:
            first_ms[name].append(asking.milliseconds(name))
        busy.append(_milliseconds(partial(warm, store)))
        resident.append(_resident())
        time.sleep(AFTER_S)
    answered = [(ended - began) * 1000 for began, ended in spans]
    print(reader.line("during loads", spans))
    print(reader.line("in the second after", [(ended, ended + AFTER_S) for _, ended in spans]))
    print(f"a load's answer: median {statistics.median(answered):.0f} ms, worst {max(answered):.0f} ms; "
          f"reading ahead afterwards: median {statistics.median(busy):.0f} ms, worst {max(busy):.0f} ms")
    print(f"  {'milliseconds':<28}{'warm':>10}{'worst':>10}{'first after a load':>22}{'worst':>10}")
    for name in ASKED:
        print(f"  {name:<28}{statistics.median(warm_ms[name]):>10.1f}{max(warm_ms[name]):>10.1f}"
              f"{statistics.median(first_ms[name]):>22.1f}{max(first_ms[name]):>10.1f}")
    print(f"resident before {resident[0] / 1e6:,.0f} MB, after the first load {resident[1] / 1e6:,.0f} MB, "
          f"after the last {resident[-1] / 1e6:,.0f} MB; ever {_most_resident() / 1e6:,.0f} MB", flush=True)


def _take_back(store: Store, reader: _Reader) -> None:
    """Take the last load back, for which the store is written anew."""
    with store.snapshot() as snapshot:
        last = snapshot.version
    began = time.perf_counter()
    unload(store, last, None, OPERATOR, lambda _: None, Stop())
    ended = time.perf_counter()
    time.sleep(AFTER_S)
    print(f"a load is taken back in {ended - began:.1f} s")
    print(reader.line("meanwhile", [(began, ended)]))
    print(reader.line("in the second after", [(ended, ended + AFTER_S)]))


class _Asking:
    """Asks each time for a selection that nobody has asked for."""

    def __init__(self, store: Store, tenant: str) -> None:
        self._store, self._tenant, self._asked = store, tenant, 0
        with store.snapshot() as snapshot:
            self._newest = log_span(snapshot.tenant(tenant)).newest

    def milliseconds(self, name: str) -> float:
        self._asked += 1
        month = Selection(self._tenant, start=self._newest - 60 * 86_400_000 + self._asked, end=self._newest + 1)
        return _milliseconds(partial(_asked, self._store, self._tenant, month, ASKED[name]))


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _most_resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
