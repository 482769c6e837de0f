"""How soon the API answers over kept connections, and how many pages a second, beside the query alone in the same run."""

from __future__ import annotations

import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path

from accounts import Accounts, Role
from data.store.store import Store
from queries.answers.history import page
from queries.asking.selection import Selection
from script.bench_log import TENANT, made_store, options_with_home

PATH = "/api/v1/interaction-history"
CURSORS = 200
WARM_UP_S, SECONDS = 3.0, 10.0


def main() -> None:
    options = options_with_home(__doc__)
    made_store(options.home, options.rows)
    cursors, alone = _alone(options.home)
    print(f"{'the query alone, in process':<40} {1000 / statistics.mean(alone):>8.0f} a second, p50 {statistics.median(alone):.2f} ms", flush=True)
    accounts = Accounts(options.home)
    name = f"bench {time.time_ns()}"
    key = accounts.keys.add(name, TENANT, Role.VIEWER)
    try:
        with serving(options.home) as port:
            for clients in (1, 4, 8):
                times = _asked_by(clients, port, key, cursors)
                print(f"{f'over HTTP, {clients} client' + 's' * (clients > 1):<40} {len(times) / SECONDS:>8.0f} a second, "
                      f"p50 {statistics.median(times):.2f} ms, {statistics.median(times) / statistics.median(alone):.2f} times the query",
                      flush=True)
    finally:
        accounts.keys.revoke(name, TENANT)
        accounts.close()


def _alone(home: Path) -> tuple[list[str], list[float]]:
    """Cursors all over the log, and how many milliseconds the page after each takes, once all have been read."""
    store = Store.open(home)
    selection = Selection(TENANT)

    def asked(cursor: str | None) -> str | None:
        with store.snapshot() as snapshot:
            return page(snapshot.tenant(TENANT), selection, cursor=cursor).next_cursor

    with store.snapshot() as snapshot:
        tenant = snapshot.tenant(TENANT).columns
        cursors = [tenant.ids(tenant.log.row[[place]])[0] for place in range(100, len(tenant), len(tenant) // CURSORS)]
    for cursor in cursors:
        asked(cursor)
    times = []
    ends = time.perf_counter() + SECONDS
    for cursor in cycle(cursors):
        started = time.perf_counter()
        asked(cursor)
        times.append((time.perf_counter() - started) * 1000)
        if time.perf_counter() > ends:
            break
    store.close()
    return cursors, times


@contextmanager
def serving(home: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "serve"], env={**os.environ, "IH_HOME": str(home), "PORT": str(port)})
    try:
        while server.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        # Until it has read ahead: that shares the processor with the first answers.
        time.sleep(20)
        yield port
    finally:
        server.terminate()
        server.wait()


def _asked_by(clients: int, port: int, key: str, cursors: list[str]) -> list[float]:
    """The milliseconds of each answer that clients, each a process with a connection of its own, got while all of them asked."""
    processes = multiprocessing.get_context("spawn")
    ends = []
    for number in range(clients):
        here, there = processes.Pipe()
        own = cursors[number * len(cursors) // clients:] + cursors[:number * len(cursors) // clients]
        processes.Process(target=_ask, args=(there, port, key, own), daemon=True).start()
        ends.append(here)
    # Each says that it is ready, waits for the others, and sends what it measured.
    for end in ends:
        end.recv()
    for end in ends:
        end.send(None)
    return [took for end in ends for took in end.recv()]


def _ask(end: Connection, port: int, key: str, cursors: list[str]) -> None:
    requests = cycle([
        f"GET {PATH}?cursor={cursor} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {key}\r\n\r\n".encode() for cursor in cursors
    ])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end.send(None)
        end.recv()
        _until(connection, requests, WARM_UP_S)
        end.send(_until(connection, requests, SECONDS))


def _until(connection: socket.socket, requests: Iterator[bytes], seconds: float) -> list[float]:
    times = []
    ends = time.perf_counter() + seconds
    while (started := time.perf_counter()) < ends:
        connection.sendall(next(requests))
        _read_answer(connection)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _read_answer(connection: socket.socket) -> None:
    answer = connection.recv(1 << 18)
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(1 << 18)
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *headers = head.decode("latin-1").split("\r\n")
    if " 200 " not in status:
        raise RuntimeError(f"the server answered {status}")
    length = int(next(value for name, _, value in (header.partition(": ") for header in headers) if name.lower() == "content-length"))
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(1 << 18))


if __name__ == "__main__":
    main()
