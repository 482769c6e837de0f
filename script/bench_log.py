"""Loading, paging, counting and exporting a large log, each beside plain SQL over the same rows."""

from __future__ import annotations

import argparse
import datetime
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq

from api.downloads import rows_text
from data.columns.warming import warm
from data.sample.log import SCHEMA, sample_batches
from data.store.store import Snapshot, Store
from queries.answers.history import flat_pieces, page, total
from queries.answers.summary import choices
from queries.asking.selection import Selection, parse

TENANT = "bench"
REPEATS = 25
EXPORTED = 1_000_000
_LINE = "{:<58} {:>10} {:>10} {:>10}  {}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--home", type=Path, help="a folder to keep the log and the store in for the next run")
    options = parser.parse_args()
    home = options.home or Path(tempfile.mkdtemp(prefix="bench-"))
    home.mkdir(parents=True, exist_ok=True)
    try:
        _ask(home, made_store(home, options.rows))
    finally:
        if not options.home:
            shutil.rmtree(home)


def options_with_home(description: str) -> argparse.Namespace:
    """The options of a part that measures over the log of a folder: `rows` and `home`."""
    return parser_with_home(description).parse_args()


def parser_with_home(description: str) -> argparse.ArgumentParser:
    """A parser of the same, for a part with options of its own."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--home", type=Path, required=True, help="a folder for the log and the store, as script/bench log --home made it")
    return parser


def made_store(home: Path, rows: int) -> Path:
    """The log of a folder, written and loaded into its store where that has not been done."""
    log = home / f"log-{rows}.parquet"
    if not log.exists():
        write_log(log, rows)
    if not (home / "history.duckdb").exists():
        _load(log, home, rows)
    return log


def write_log(log: Path, rows: int) -> None:
    print(f"writing a log of {rows:,} rows …", flush=True)
    with pq.ParquetWriter(log, SCHEMA) as writer:
        for batch in sample_batches(rows, 2, TENANT, datetime.date(2026, 3, 31)):
            writer.write_batch(batch)


def _load(log: Path, home: Path, rows: int) -> None:
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "data", "load", str(log)], check=True, env={"IH_HOME": str(home), "PATH": "/usr/bin:/bin"})
    seconds = time.monotonic() - started
    print(f"loading Parquet: {rows / seconds:,.0f} rows a second, {seconds:.1f} s, the whole command\n", flush=True)


def _ask(home: Path, log: Path) -> None:
    store = Store.open(home)
    started = time.monotonic()
    warm(store)
    print(f"bringing the columns into memory after a start: {time.monotonic() - started:.1f} s\n")
    plain = duckdb.connect(config={"threads": 2})
    plain.execute(f"""create table log as select * replace ("timestamp"::timestamp as "timestamp") from '{log}' order by "timestamp", id""")
    print(_LINE.format("milliseconds", "median", "worst", "plain SQL", "times faster"))
    with store.snapshot(seconds=None) as snapshot:
        tenant = snapshot.tenant(TENANT)
        columns = tenant.columns
        chance = random.Random(1)
        ids = [columns.ids(columns.log.row[[chance.randrange(len(columns))]])[0] for _ in range(REPEATS)]
        keys = [chance.randrange(1, columns.customer_count() + 1) for _ in range(REPEATS)]
        customers = columns.customer_ids(np.array(keys)).to_pylist()
        offers = [choice.id for choice in choices(tenant, "offer")]
        creatives = [choice.id for choice in choices(tenant, "creative")]

    everything = Selection(TENANT)
    # Twice the same: the engine keeps in memory what it has once read of the file, as it does of the newest rows.
    deep = iter([*ids, ids[0]] * 2)
    first = _row("first page", store, lambda snapshot: page(snapshot.tenant(TENANT), everything), _sql(plain, "true"))
    _row("page after a random row of the log, read from the file", store,
         lambda snapshot: page(snapshot.tenant(TENANT), everything, cursor=next(deep)), _sql(plain, "true"))
    deep_median = _row("the same pages again", store,
                       lambda snapshot: page(snapshot.tenant(TENANT), everything, cursor=next(deep)), _sql(plain, "true"))
    cursor: str | None = ids[0]

    def next_page(snapshot: Snapshot) -> None:
        nonlocal cursor
        cursor = page(snapshot.tenant(TENANT), everything, cursor=cursor).next_cursor

    walk_median = _row("the next page, deep in the log", store, next_page, _sql(plain, "true"))
    print(f"  next / first: {walk_median / first:.2f}, random / first: {deep_median / first:.2f}")

    def rare() -> Selection:
        return _selection(creativeId=[chance.choice(creatives[-10:])], type=["convert", "complaint"], channelId=["ch_call", "ch_sms"])

    def broad() -> Selection:
        return _selection(offerId=chance.sample(offers, 8), type=["click", "accept", "dismiss"])

    _row("page of eight offers and three types", store, lambda snapshot: page(snapshot.tenant(TENANT), broad()),
         _sql(plain, f"\"offerId\" in {tuple(offers[:8])} and \"interactionType\" in ('click', 'accept', 'dismiss')"))
    _row("page of rare rows", store, lambda snapshot: page(snapshot.tenant(TENANT), rare()),
         _sql(plain, f"\"creativeId\" = '{creatives[-1]}' and \"interactionType\" in ('convert', 'complaint')"))
    customer = iter([*customers, customers[0]] * 2)
    for what in ("a customer's page and total, read from the file", "the same customers' again"):
        _row(what, store, lambda snapshot: page(snapshot.tenant(TENANT), _selection(customerId=[next(customer)])),
             _sql(plain, f"\"customerId\" = '{customers[0]}'"))
    _row("total of a new filter combination", store, lambda snapshot: total(snapshot.tenant(TENANT), broad()),
         lambda: plain.execute(f"select count(*) from log where \"offerId\" in {tuple(offers[:8])}").fetchall())
    again = broad()
    _row("the same total again", store, lambda snapshot: total(snapshot.tenant(TENANT), again),
         lambda: plain.execute(f"select count(*) from log where \"offerId\" in {tuple(offers[:8])}").fetchall())
    plain.close()
    _export(store)
    store.close()


def _row(what: str, store: Store, ask: Callable[[Snapshot], object], peer: Callable[[], object]) -> float:
    def asked() -> None:
        with store.snapshot() as snapshot:
            ask(snapshot)

    ours, theirs = [], []
    asked()
    for turn in range(REPEATS):
        ours.append(_milliseconds(asked))
        if turn < 3:
            theirs.append(_milliseconds(peer))
    median, peer_median = statistics.median(ours), statistics.median(theirs)
    print(_LINE.format(what, f"{median:.1f}", f"{max(ours):.1f}", f"{peer_median:.0f}", f"{peer_median / median:.0f}"), flush=True)
    return median


def _sql(plain: duckdb.DuckDBPyConnection, condition: str) -> Callable[[], object]:
    return lambda: (
        plain.execute(f"""select * from log where {condition} order by "timestamp" desc, id desc limit 26""").fetchall(),
        plain.execute(f"select count(*) from log where {condition}").fetchall(),
    )


def _selection(**values: list[str]) -> Selection:
    return parse(TENANT, [(name, value) for name, several in values.items() for value in several]).selection


def _export(store: Store) -> None:
    with store.snapshot(seconds=None) as snapshot:
        tenant = snapshot.tenant(TENANT)
        before = _resident()
        highest = before
        done = threading.Event()

        def watch() -> None:
            nonlocal highest
            while not done.wait(0.05):
                highest = max(highest, _resident())

        watcher = threading.Thread(target=watch)
        watcher.start()
        started = time.monotonic()
        written = sum(len(rows_text(piece, raw=False).encode()) for piece in flat_pieces(tenant, Selection(TENANT), EXPORTED))
        seconds = time.monotonic() - started
        done.set()
        watcher.join()
        rows = min(EXPORTED, len(tenant.columns))
    print(f"\nCSV export: {rows / seconds:,.0f} rows a second, {written / seconds / 1e6:,.0f} MB a second, "
          f"{(highest - before) / 1e6:,.0f} MB more memory than before")


def _resident() -> int:
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
