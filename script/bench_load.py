"""Loading a log from each format, beside the engine's own reading of the same file into a table, in the same run."""

from __future__ import annotations

import argparse
import datetime
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from data.loading.loading import LoadOptions, load_log
from data.sample.file import write_sample
from data.sample.log import sample_batches
from data.sample.placements import sample_entities
from data.store.store import Store

SEED, UNTIL = 2, datetime.date(2026, 3, 31)
# Format → how the engine reads it, and what a load is to reach: so many rows a second, or that share of the engine's, whichever is less.
FORMATS = {
    "ndjson": ("read_json", 400_000, 0.4),
    "csv": ("read_csv", 400_000, 0.4),
    "parquet": ("read_parquet", float("inf"), 0.2),
}
_LINE = "{:<10} {:>16} {:>16} {:>8} {:>16}  {}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3, help="how often each is done; the median counts")
    parser.add_argument("--only", choices=FORMATS, help="one format alone")
    parser.add_argument("--home", type=Path, help="a folder to keep the files in for the next run")
    parser.add_argument("--memory", metavar="FILE", type=Path, help="load this file alone, and tell the most memory that it took")
    options = parser.parse_args()
    if options.memory:
        _tell_memory(options.memory)
        return
    home = options.home or Path(tempfile.mkdtemp(prefix="bench-"))
    home.mkdir(parents=True, exist_ok=True)
    try:
        _compare(home, options.rows, options.repeats, [options.only] if options.only else list(FORMATS))
    finally:
        if not options.home:
            shutil.rmtree(home)


def _compare(home: Path, rows: int, repeats: int, formats: list[str]) -> None:
    _loaded(_file(home, 1000, "ndjson"), home)
    print(_LINE.format("", "load, rows/s", "engine, rows/s", "share", "to be reached", ""))
    for form in formats:
        reader, most, share = FORMATS[form]
        file = _file(home, rows, form)
        load, engine = [], []
        # In turns: a machine that others work on is not as fast all the time.
        for _ in range(repeats):
            engine.append(rows / _read_by_engine(file, reader, home))
            load.append(rows / _loaded(file, home))
        ours, theirs = statistics.median(load), statistics.median(engine)
        least = min(most, share * theirs)
        print(_LINE.format(form, f"{ours:,.0f}", f"{theirs:,.0f}", f"{ours / theirs:.2f}", f"{least:,.0f}", "ok" if ours >= least else "slower"),
              flush=True)


def _file(home: Path, rows: int, form: str) -> Path:
    file = home / f"log-{rows}.{form}"
    if not file.exists():
        write_sample(sample_batches(rows, SEED, "bench", UNTIL), sample_entities(SEED), file)
    return file


def _loaded(file: Path, home: Path) -> float:
    folder = Path(tempfile.mkdtemp(dir=home))
    store = Store.open(folder)
    try:
        started = time.monotonic()
        report = load_log(store, file, LoadOptions(tenant="bench"), lambda _: None, folder)
        assert report.clean, report
        return time.monotonic() - started
    finally:
        store.close()
        shutil.rmtree(folder)


def _read_by_engine(file: Path, reader: str, home: Path) -> float:
    folder = Path(tempfile.mkdtemp(dir=home))
    try:
        with duckdb.connect(str(folder / "engine.duckdb")) as engine:
            started = time.monotonic()
            engine.execute(f"create table log as select * from {reader}('{file}')")
            engine.execute("checkpoint")
            return time.monotonic() - started
    finally:
        shutil.rmtree(folder)


def _tell_memory(file: Path) -> None:
    """Load a file by the command, in a process of its own whose memory the system counts."""
    folder = tempfile.mkdtemp(prefix="bench-")
    try:
        subprocess.run(["/usr/bin/time", "-v", sys.executable, "-m", "data", "load", str(file), "--tenant", "bench"],
                       check=True, env={"IH_HOME": folder, "PATH": "/usr/bin:/bin"})
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
