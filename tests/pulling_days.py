"""Days of pulling: a platform that changes and fails between pulls, and a process that pulls and may be killed at any moment."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.store.store import Store
from tests.logs import ACME
from tests.platform_double import BUSY_A_MOMENT, KEY, Platform, at, rows_of, serving, torn
from tests.store_checks import contents, faults

ROOT = Path(__file__).parent.parent


class Day:
    """A platform of some rows, and a state folder that pulls from it; of one seed always the same but for when a kill hits."""

    def __init__(self, folder: Path, rows: int, seed: int, most: int = 100):
        self.home = folder / "home"
        self.home.mkdir()
        self._key = folder / "key"
        self._key.write_text(KEY)
        self._random = random.Random(seed)
        self._added = rows
        self.platform = Platform(most=most)
        self.platform.add(*rows_of(rows))

    @contextmanager
    def served(self) -> Iterator[None]:
        with serving(self.platform):
            yield

    def pass_by(self, rounds: int, kills: int) -> int:
        """Pull so often, the platform changing before each; so many are killed at a random moment, if they still run. How many were."""
        killed_ones = set(self._random.sample(range(rounds), kills))
        killed = 0
        for nth in range(rounds):
            self.change()
            process = self.begin()
            if nth in killed_ones:
                # Most of the time goes into starting: what is to be hit comes after a request.
                asked = len(self.platform.asked) + self._random.randrange(1, 8)
                while process.poll() is None and len(self.platform.asked) < asked:
                    time.sleep(0.005)
                time.sleep(self._random.uniform(0, 0.2))
                process.kill()
            killed += process.wait() < 0
        return killed

    def change(self) -> None:
        """What happens on the platform between two pulls."""
        rows, chance = self.platform.rows, self._random
        new = rows_of(chance.randrange(20), self._added)
        self._added += len(new)
        if chance.random() < 0.3:
            new += [row | {"timestamp": at(chance.randrange(60))} for row in rows_of(2, self._added)]
            self._added += 2
        self.platform.add(*new)
        if chance.random() < 0.3:
            for id in chance.sample(sorted(rows), 3):
                del rows[id]
        if chance.random() < 0.3:
            for id in sorted(rows)[-4:]:
                rows[id] = rows[id] | {"customerId": f"c{chance.randrange(9)}"}
        self.platform.faults = [chance.choice([None, None, None, BUSY_A_MOMENT, torn_at_once, broken_at_once]) for _ in range(6)]

    def begin(self, *flags: str) -> subprocess.Popen[bytes]:
        """A process that pulls once."""
        command = [sys.executable, "-m", "data", "pull", "--from", self.platform.url, "--key-file", str(self._key), "--tenant", ACME,
                   "--a-minute", "100000", "--lookback", "1h", "--follow-removals", *flags]
        return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"IH_HOME": str(self.home)}, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def settle(self) -> None:
        """The pull of the night, which nothing disturbs, and which walks all."""
        self.platform.faults = []
        assert self.begin("--whole").wait() == 0


def torn_at_once(platform: Platform, asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Half a page, under a status after which it is asked for again at once."""
    _, headers, body = torn(platform, asked)
    return 503, headers | {"Retry-After": "0"}, body


def broken_at_once(platform: Platform, asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    return 500, {"Retry-After": "0"}, b""


def differences(store: Store, platform: Platform) -> list[str]:
    """Where a store and the platform that it has pulled from do not hold the same rows, and what is wrong with the store."""
    ours = {(row[1], row[2].isoformat(timespec="milliseconds") + "Z", row[3], row[4], row[5]) for row in contents(store)["interactions"]}
    theirs = {(row["id"], row["timestamp"], row["customerId"], row["interactionType"], row.get("offerId")) for row in platform.rows.values()}
    return [f"only here: {row}" for row in sorted(ours - theirs)] + [f"only there: {row}" for row in sorted(theirs - ours)] + faults(store)


