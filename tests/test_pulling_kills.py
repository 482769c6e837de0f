"""A pull that is killed at any moment loses nothing and writes nothing twice."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from data.store.store import Store
from tests.pulling_days import Day, differences


def test_after_some_kills_both_hold_the_same_rows(tmp_path: Path) -> None:
    """A whole day of it: `script/bench pull`."""
    day = Day(tmp_path, rows=120, seed=7, most=20)
    with day.served():
        assert day.pass_by(rounds=2, kills=2) >= 1
        day.settle()
    with closing(Store.open(day.home)) as store:
        assert differences(store, day.platform) == []
