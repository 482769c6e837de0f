"""A page and `/healthz` beside a crowd of downloads, API clients and browsers' sockets; and whether all of these get their rows."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx2
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from accounts import Accounts, Role
from script.bench_api import serving

TENANTS = ("north", "east", "south", "west")
HISTORY = "/api/v1/interaction-history"
EMAIL, PASSWORD = "crowd@example.com", "a crowd of many people"
PAGES = ("/overview", "/history", "/funnels", "/offers", "/customers")
QUIET_S, CLICK_S = 20.0, 10.0

Said = dict[str, Any]
Tell = Callable[[str, float], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--rows", type=int, default=100_000, help="of each of the four tenants (default %(default)s)")
    parser.add_argument("--downloads", type=int, default=60)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--browsers", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for number, tenant in enumerate(TENANTS):
            command = [sys.executable, "-m", "data", "sample", "--interactions", str(options.rows), "--seed", str(number), "--tenant", tenant]
            subprocess.run(command, env={**os.environ, "IH_HOME": folder}, check=True, capture_output=True)
        accounts = Accounts(home)
        accounts.users.add(EMAIL, PASSWORD, "west", Role.VIEWER)
        # A third of the downloads are one viewer's, who may have four at once.
        keys = {"greedy": [accounts.keys.add("greedy", "north", Role.VIEWER)] * (options.downloads // 3)}
        fair = options.downloads - len(keys["greedy"])
        keys["fair"] = [accounts.keys.add(f"download {number}", TENANTS[number % 3], Role.VIEWER) for number in range(-(-fair // 4))] * 4
        keys["clients"] = [accounts.keys.add(f"client {number}", TENANTS[number % 4], Role.VIEWER) for number in range(options.clients)]
        probe = accounts.keys.add("probe", "west", Role.VIEWER)
        session = accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
        accounts.close()
        with serving(home) as port:
            server = _server_of(port)
            quiet = asyncio.run(_probed(port, probe, QUIET_S))
            before = _memory_mb(server)
            crowd = [_begun(_download, port, [*keys["greedy"], *keys["fair"][:fair]], options.seconds),
                     _begun(_ask, port, keys["clients"], options.seconds),
                     _begun(_click, port, [session] * options.browsers, options.seconds)]
            time.sleep(2)
            half = asyncio.run(_probed(port, probe, options.seconds / 2))
            middle = _memory_mb(server)
            rest = asyncio.run(_probed(port, probe, options.seconds / 2 - 2))
            after = _memory_mb(server)
            told = [end.recv() for end in crowd]
    for what in ("page", "healthz"):
        for who, times in (("quiet", quiet[what]), ("beside the crowd", half[what] + rest[what])):
            print(f"{what + ', ' + who:<32} p50 {statistics.median(times):7.1f} ms, p99 {_p99(times):7.1f} ms, slowest {max(times):7.1f} ms")
    for what, (counts, times) in zip(("downloads", "API clients", "browsers"), told, strict=True):
        said = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        print(f"{what:<32} {said}" + (f"; p50 {statistics.median(times):.0f} ms, p99 {_p99(times):.0f} ms" if times else ""))
    print(f"{'memory of the server':<32} {before:,.0f} MB before, {middle:,.0f} MB half way, {after:,.0f} MB at the end")


def _begun(work: Callable[..., None], *arguments: Any) -> Connection:
    """The end at which a part of the crowd, a process of its own, says what became of it."""
    processes = multiprocessing.get_context("spawn")
    here, there = processes.Pipe()
    processes.Process(target=work, args=(there, *arguments), daemon=True).start()
    return here


async def _probed(port: int, key: str, seconds: float) -> dict[str, list[float]]:
    """The milliseconds that a page of another caller and `/healthz` take, asked every tenth of a second."""
    times: dict[str, list[float]] = {"page": [], "healthz": []}
    ends = time.perf_counter() + seconds
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers={"X-API-Key": key}, timeout=60) as client:
        while time.perf_counter() < ends:
            for what, path in (("page", f"{HISTORY}?type=click"), ("healthz", "/healthz")):
                started = time.perf_counter()
                answer = await client.get(path)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path} was answered {answer.status_code}")
                times[what].append((time.perf_counter() - started) * 1000)
            await asyncio.sleep(0.1)
    return times


def _together(end: Connection, one: Callable[[str, Tell], Coroutine[Any, Any, None]], who: list[str]) -> None:
    counts: Counter[str] = Counter()
    times: list[float] = []

    def tell(what: str, ms: float) -> None:
        counts[what] += 1
        times.append(ms)

    async def all_of_them() -> None:
        await asyncio.gather(*(one(key, tell) for key in who))

    asyncio.run(all_of_them())
    end.send((dict(counts), times))


def _download(end: Connection, port: int, keys: list[str], seconds: float) -> None:
    ends = time.perf_counter() + seconds

    async def one(key: str, tell: Tell) -> None:
        headers = {"X-API-Key": key, "Accept-Encoding": "identity"}
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
            while time.perf_counter() < ends:
                started, lines = time.perf_counter(), 0
                async with client.stream("GET", f"{HISTORY}.ndjson") as answer:
                    async for piece in answer.aiter_bytes():
                        lines += piece.count(b"\n")
                if answer.status_code == 429:
                    tell("refused (429)", 0)
                    await asyncio.sleep(int(answer.headers["Retry-After"]))
                    continue
                right = answer.status_code == 200 and lines == int(answer.headers["X-Total-Count"])
                tell("whole" if right else f"wrong ({answer.status_code}, {lines} rows)", (time.perf_counter() - started) * 1000)

    _together(end, one, keys)


def _ask(end: Connection, port: int, keys: list[str], seconds: float) -> None:
    ends = time.perf_counter() + seconds

    async def one(key: str, tell: Tell) -> None:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers={"X-API-Key": key}, timeout=60) as client:
            first = None
            while time.perf_counter() < ends:
                started = time.perf_counter()
                answer = await client.get(f"{HISTORY}?limit=25")
                took = time.perf_counter() - started
                # Nothing is loaded, so each page is the first one again.
                first = first or answer.content
                tell("answered" if answer.status_code == 200 and answer.content == first else f"wrong ({answer.status_code})", took * 1000)
                await asyncio.sleep(max(0, 1 - took))

    _together(end, one, keys)


def _click(end: Connection, port: int, sessions: list[str], seconds: float) -> None:
    ends = time.perf_counter() + seconds

    async def one(session: str, tell: Tell) -> None:
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        headers = {"Cookie": f"ih_session={session}"}
        protocols = [websockets.Subprotocol("streamlit")]
        async with websockets.connect(address, additional_headers=headers, subprotocols=protocols, max_size=None) as browser:
            clicks = 0
            while time.perf_counter() < ends:
                started = time.perf_counter()
                message = BackMsg()
                message.rerun_script.page_name = PAGES[clicks % len(PAGES)].strip("/")
                await browser.send(message.SerializeToString())
                ended = ForwardMsg()
                while ended.WhichOneof("type") != "script_finished":
                    ended.ParseFromString(await browser.recv())
                good = ended.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                tell("drawn" if good else f"ended with {ended.script_finished}", (time.perf_counter() - started) * 1000)
                clicks += 1
                await asyncio.sleep(max(0, CLICK_S - (time.perf_counter() - started)))

    _together(end, one, sessions)


def _server_of(port: int) -> int:
    """The process that listens at a port: the child of this one that serves."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return next(int(child) for child in children if b"serve" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"))


def _memory_mb(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


if __name__ == "__main__":
    main()
