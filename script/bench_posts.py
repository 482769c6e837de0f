"""Rows that many callers post without pause, beside callers who read: how many a second, and what the readers wait."""

from __future__ import annotations

import datetime
import json
import os
import statistics
import threading
import time
import uuid
from collections.abc import Callable
from http.client import HTTPConnection

from accounts import Accounts, Role
from script.bench_api import serving
from script.bench_log import TENANT, made_store, options_with_home

SENDERS, ROWS_A_POST, READERS, SECONDS = 20, 50, 4, 20.0
PAGE, FUNNEL = "/api/v1/interaction-history?limit=25", "/api/v1/funnel?step=impression&step=click"


def main() -> None:
    options = options_with_home(__doc__)
    made_store(options.home, options.rows)
    accounts = Accounts(options.home)
    name = f"bench {time.time_ns()}"
    key = accounts.keys.add(name, TENANT, Role.EDITOR)
    try:
        with serving(options.home) as port:
            reading = [(PAGE, 0.0)] * READERS + [(FUNNEL, 1.0)]
            _together([_reader(port, key, path, pause) for path, pause in reading], 3.0)
            quiet = _together([_reader(port, key, path, pause) for path, pause in reading], SECONDS)
            before = _total(port, key)
            loud = _together([_reader(port, key, path, pause) for path, pause in reading]
                             + [_sender(port, key) for _ in range(SENDERS)], SECONDS)
            after = _total(port, key)
    finally:
        accounts.keys.revoke(name, TENANT)
        accounts.close()
    posts = [time_ for times in loud[len(reading):] for time_ in times]
    for who, times in (("quiet", quiet), ("while rows are posted", loud)):
        pages = [time_ for one in times[:READERS] for time_ in one]
        print(f"{f'a page, {READERS} readers, {who}':<48} p50 {statistics.median(pages):7.1f} ms, p99 {_p99(pages):7.1f} ms", flush=True)
        print(f"{f'a funnel, {who}':<48} p50 {statistics.median(times[READERS]):7.1f} ms", flush=True)
    print(f"{f'{SENDERS} callers post {ROWS_A_POST} rows each':<48} {len(posts) * ROWS_A_POST / SECONDS:,.0f} rows a second, "
          f"p50 {statistics.median(posts):.0f} ms, p99 {_p99(posts):.0f} ms")
    print(f"{'rows answered, rows there':<48} {len(posts) * ROWS_A_POST:,}, {after - before:,}")


def _together(work: list[Callable[[float, list[float]], None]], seconds: float) -> list[list[float]]:
    """What each piece of work took, in milliseconds, for so long; a refusal ends it all."""
    times: list[list[float]] = [[] for _ in work]
    ends = time.perf_counter() + seconds
    failed: list[BaseException] = []

    def run(one: Callable[[float, list[float]], None], own: list[float]) -> None:
        try:
            one(ends, own)
        except BaseException as problem:
            failed.append(problem)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(work, times, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return times


def _asked(port: int, key: str) -> Callable[..., dict]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def asked(method: str, path: str, body: bytes | None = None) -> dict:
        connection.request(method, path, body, {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text)

    return asked


def _reader(port: int, key: str, path: str, pause: float) -> Callable[[float, list[float]], None]:
    def read(ends: float, times: list[float]) -> None:
        asked = _asked(port, key)
        while time.perf_counter() < ends:
            started = time.perf_counter()
            asked("GET", path)
            times.append((time.perf_counter() - started) * 1000)
            time.sleep(pause)

    return read


def _sender(port: int, key: str) -> Callable[[float, list[float]], None]:
    def send(ends: float, times: list[float]) -> None:
        asked = _asked(port, key)
        while time.perf_counter() < ends:
            now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
            rows = [{"id": uuid.uuid4().hex, "customerId": f"CUST{os.urandom(2).hex()}", "interactionType": "impression", "timestamp": now,
                     "offerId": "off_001", "channelId": "ch_web"} for _ in range(ROWS_A_POST)]
            body = "\n".join(map(json.dumps, rows)).encode()
            started = time.perf_counter()
            answer = asked("POST", "/api/v1/interactions", body)
            if answer["loaded"] != ROWS_A_POST:
                raise SystemExit(f"not loaded: {answer}")
            times.append((time.perf_counter() - started) * 1000)

    return send


def _total(port: int, key: str) -> int:
    return _asked(port, key)("GET", "/api/v1/interaction-history?limit=20")["pagination"]["total"]


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


if __name__ == "__main__":
    main()
