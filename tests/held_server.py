"""Serves the product, and lets no funnel be counted before the file named by HELD_UNTIL is there: for the state that a browser sees meanwhile."""

from __future__ import annotations

import os
import runpy
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from data.columns.funnel import tally

_counted = tally._tally


def _held(*arguments: object, **named: object) -> object:
    while not Path(os.environ["HELD_UNTIL"]).exists():
        time.sleep(0.05)
    return _counted(*arguments, **named)


tally._tally = _held
runpy.run_module("serve", run_name="__main__")
