"""What a funnel reads and what it names: the tenant's rows by customer, and the units found among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


class Journeys(Protocol):
    """A tenant's rows by customer, then timestamp, then id; customer i has rows starts[i] to starts[i + 1].

    `customer` (uint32 keys, each once, in no promised order) has an entry a customer, `starts` (int64) one more; the others an entry
    a row: `timestamp` int64 ms, the rest uint8, uint16 or uint32 keys, 0 being none. A plan reads only the columns
    it needs.
    """

    @property
    def starts(self) -> np.ndarray: ...
    @property
    def customer(self) -> np.ndarray: ...
    @property
    def timestamp(self) -> np.ndarray: ...
    @property
    def type(self) -> np.ndarray: ...
    @property
    def offer(self) -> np.ndarray: ...
    @property
    def creative(self) -> np.ndarray: ...
    @property
    def channel(self) -> np.ndarray: ...
    @property
    def direction(self) -> np.ndarray: ...
    @property
    def outcome(self) -> np.ndarray: ...


@dataclass(frozen=True)
class FunnelUnits:
    """The units that reached step 1, customer by customer: arrays of one length, an entry a unit.

    `customer` uint32 is the place in journeys.customer, `level` uint8 the furthest step. `entry` and `reach`
    uint32 are the rows, places in the journeys' row arrays, where the chosen chain enters and where it reaches
    that step. `immature` bool says which may still convert: none without a window.
    """

    customer: np.ndarray
    level: np.ndarray
    entry: np.ndarray
    reach: np.ndarray
    immature: np.ndarray
