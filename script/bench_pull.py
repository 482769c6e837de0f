"""A day of pulling from a platform that fails and changes, speeded up, by a process that is killed at random moments; it must end in equal stores."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from data.store.store import Store
from tests.pulling_days import Day, differences


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench pull", description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000, help="of the platform's log at the day's beginning (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=288, help="pulls of the day, one every five minutes (default %(default)s)")
    parser.add_argument("--kills", type=int, default=60, help="of them killed (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        day = Day(Path(folder), options.rows, options.seed)
        with day.served():
            killed = day.pass_by(options.rounds, options.kills)
            day.settle()
        seconds = time.monotonic() - began
        with closing(Store.open(day.home)) as store:
            different = differences(store, day.platform)
        print(f"{options.rounds} pulls, {killed} of them killed, {len(day.platform.asked):,} requests in {seconds:,.0f} s; "
              f"{len(day.platform.rows):,} rows on the platform at the end")
        sys.exit("\n".join(different) or None)


if __name__ == "__main__":
    main()
