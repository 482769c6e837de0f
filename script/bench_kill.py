"""Kills a process (`kill -9`) at random moments while it starts, loads, posts, rewrites, takes back, upgrades or backs up, and looks at what is left.

Each time the store must hold all of the step or nothing of it, all of it where the process had said so, and keep every promise of its schema.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data.loading.loading import LoadOptions, load_log
from data.loading.posting import Post, Posting
from data.loading.transaction import Stop
from data.loading.unloading import unload
from data.reading.batches import JSON_ROWS
from data.reading.formats import rows_of
from data.reading.options import ReadOptions
from data.store.backup import backup
from data.store.store import FILE_NAME, Store
from tests.logs import ACME, interaction
from tests.store_checks import faults

OLD = Path(__file__).parents[1] / "tests" / "data" / "store-format-2.sql"
# A state folder is begun anew after so many steps, so that looking at all of it stays quick.
_STEPS_OF_FOLDER = 12
_USUAL_S = 0.3


@dataclass
class Left:
    """What a store holds: its version, the ids of its rows, the promises that it breaks."""

    version: int
    ids: list[str]
    faults: list[str]


def quiet(_: object) -> None:
    return


def _rows(draw: random.Random, number: int, count: int, late: bool) -> list[dict[str, Any]]:
    day = draw.randrange(1, 28)
    time_ = f"{2000 if late else 2026}-{number % 12 + 1:02}-{day:02}T00:00:00Z"
    return [interaction(f"{number}_{nth}", time_, customerId=f"c{draw.randrange(20)}", offerId=draw.choice([None, "a", "b"])) for nth in range(count)]


def _load(home: Path, rows: list[dict[str, Any]]) -> None:
    file = home / "log.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with closing(Store.open(home)) as store:
        load_log(store, file, LoadOptions(), quiet, home)


def start(home: Path, draw: random.Random, number: int) -> None:
    Store.open(home).close()


def load(home: Path, draw: random.Random, number: int) -> None:
    _load(home, _rows(draw, number, 40, late=False))


def rewrite(home: Path, draw: random.Random, number: int) -> None:
    """Rows so late, and so many, that the store is written anew."""
    _load(home, _rows(draw, number, 60, late=True))


def post(home: Path, draw: random.Random, number: int) -> None:
    body = "".join(json.dumps(row) + "\n" for row in _rows(draw, number, 20, late=draw.random() < 0.5)).encode()
    batches, _ = rows_of("text", "body.ndjson", io.BufferedReader(io.BytesIO(body)), ReadOptions())
    rows = pa.Table.from_batches([batch.cast(JSON_ROWS) for batch in batches], JSON_ROWS)
    with closing(Store.open(home)) as store:
        Posting(lambda: None).take(store, Post(ACME, "ci", rows))


def take_back(home: Path, draw: random.Random, number: int) -> None:
    with closing(Store.open(home)) as store:
        with store.snapshot(None) as snapshot:
            [(version,)] = snapshot.rows("select max(load) from interactions")
        unload(store, version, None, "operator", quiet, Stop())


def upgrade(home: Path, draw: random.Random, number: int) -> None:
    """Of a store of an earlier format, laid there before."""
    Store.open(home).close()


def save(home: Path, draw: random.Random, number: int) -> None:
    with closing(Store.open(home)) as store:
        backup(store, home, home / f"saved {number}", quiet)


STEPS: tuple[Callable[[Path, random.Random, int], None], ...] = (start, load, load, rewrite, post, post, take_back, upgrade, save)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=1000, help="how many kills (default %(default)s)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    problems = 0
    counts: Counter[str] = Counter()
    for done, (what, became, problem) in enumerate(kills(options.times, options.seed), 1):
        counts[f"{what} {became}"] += 1
        if problem:
            problems += 1
            print(f"{what}: {problem}", flush=True)
        if done % 100 == 0:
            print(f"{done} kills", flush=True)
    print(", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    print(f"{problems} problems")
    return 1 if problems else 0


def kills(times: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Kills a step each time; what it was, what became of it, and what is wrong with that, if anything."""
    draw = random.Random(seed)
    took: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        for number in range(times):
            if number % _STEPS_OF_FOLDER == 0:
                shutil.rmtree(home, ignore_errors=True)
                home.mkdir(mode=0o700)
            step = draw.choice(STEPS)
            prepare(step, home)
            before = copied_and_looked_at(home, Path(folder) / "before") if (home / FILE_NAME).exists() else Left(0, [], [])
            if step is take_back and not (isinstance(before, Left) and any("_" in id for id in before.ids)):
                step = load
            usual = statistics.median(took.get(step.__name__, [_USUAL_S]))
            started = time.perf_counter()
            # In a copy, what a whole step would have led to.
            shutil.copytree(home, Path(folder) / "whole", dirs_exist_ok=True, symlinks=True)
            whole_draw = random.Random(f"{seed} {number}")
            run(lambda: step(Path(folder) / "whole", whole_draw, number), None)  # noqa: B023
            took.setdefault(step.__name__, []).append(time.perf_counter() - started)
            after = looked_at(Path(folder) / "whole")
            shutil.rmtree(Path(folder) / "whole")
            step_draw = random.Random(f"{seed} {number}")
            ended = run(lambda: step(home, step_draw, number), draw.uniform(0, 1.2 * usual))  # noqa: B023
            yield step.__name__, *judged(before, after, looked_at(home), ended)


def prepare(step: Callable[..., None], home: Path) -> None:
    """The folder that a step needs: an empty one to start in, an earlier format to upgrade."""
    if step in (start, upgrade):
        shutil.rmtree(home)
        home.mkdir(mode=0o700)
    if step is upgrade:
        with closing(duckdb.connect(str(home / FILE_NAME))) as connection:
            connection.execute(OLD.read_text())


def judged(before: Left | str, after: Left | str, left: Left | str, ended: bool) -> tuple[str, str]:
    if isinstance(before, str) or isinstance(after, str) or isinstance(left, str):
        return "unreadable", next(said for said in (before, after, left) if isinstance(said, str))
    # The old store, made by hand, breaks one from the start.
    if broken := set(left.faults) - {*before.faults, *after.faults}:
        return "broken", f"the store breaks its promises: {sorted(broken)}"
    if left.ids == after.ids:
        return "whole", ""
    if left.ids == before.ids:
        return "nothing", "it was said to be done, and nothing of it is there" if ended else ""
    return "half", f"of {len(before.ids)} rows before and {len(after.ids)} after, {len(left.ids)} are there"


def copied_and_looked_at(home: Path, copy: Path) -> Left | str:
    """What the store of a folder holds, which looking would upgrade."""
    shutil.copytree(home, copy, symlinks=True)
    try:
        return looked_at(copy)
    finally:
        shutil.rmtree(copy)


def looked_at(home: Path) -> Left | str:
    """What the store of a folder holds, or why that cannot be told."""
    read, write = os.pipe()

    def look() -> None:
        try:
            with closing(Store.open(home)) as store:
                with store.snapshot(None) as snapshot:
                    ids = [id for id, in snapshot.rows("select id from interactions order by id")]
                    version = snapshot.version
                found: Any = [version, ids, faults(store)]
        except Exception as problem:
            found = f"{type(problem).__name__}: {problem}"
        with os.fdopen(write, "w") as told:
            json.dump(found, told)

    process = forked(look)
    os.close(write)
    with os.fdopen(read) as told:
        text = told.read()
    os.waitpid(process, 0)
    found = json.loads(text) if text else "the process that looked at it crashed"
    return found if isinstance(found, str) else Left(*found)


def run(work: Callable[[], None], seconds: float | None) -> bool:
    """Do some work in a process of its own, killed after so many seconds; whether it had come to its end."""
    process = forked(work)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("a step failed that nobody killed")
    return os.WIFEXITED(status)


def forked(work: Callable[[], None]) -> int:
    """A process that does some work and ends: a fork of this one, which has read the program in and opens no store itself."""
    process = os.fork()
    if process:
        return process
    try:
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
