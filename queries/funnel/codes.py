"""Tables that turn a row's keys into what the row means to a plan; see kernel.py for the codes.

A table's last entry stands for every key beyond it.
"""

from __future__ import annotations

import numpy as np

from queries.funnel.plan import FunnelPlan, Keys


def code_of_type(plan: FunnelPlan) -> np.ndarray:
    """The code of each type key, uint16."""
    void = 1 << len(plan.steps)
    named = frozenset().union(plan.excluded, *plan.steps)
    codes = np.zeros(max(named, default=0) + 2, np.uint16)
    for number, step in enumerate(plan.steps):
        codes[list(step)] |= 1 << number
    codes[list(plan.excluded)] = void
    if plan.order == "strict":
        codes[codes == 0] = void
    return codes


def step_of_code(plan: FunnelPlan) -> np.ndarray:
    """The step, from 0, of each code of a single bit, uint8; the voiding code comes after the last step's."""
    steps = np.zeros(2 << len(plan.steps), np.uint8)
    steps[1 << np.arange(len(plan.steps) + 1)] = np.arange(len(plan.steps) + 1)
    return steps


def passing(keys: Keys) -> np.ndarray:
    """Whether each key is among `keys`, bool."""
    passes = np.zeros(max(keys, default=0) + 2, bool)
    passes[list(keys)] = True
    return passes
