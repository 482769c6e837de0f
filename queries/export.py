"""All records of a selection, newest first, in pieces of bounded size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data.tenant import Tenant
from queries.matching import Matches
from queries.record import Record, flat_records, records
from queries.selection import Selection

_PIECE = 20_000


def flat_pieces(tenant: Tenant, selection: Selection, limit: int | None = None) -> Iterator[pa.Table]:
    """The records of a selection as tables of text columns; no more than `limit` records in all."""
    matches = Matches(tenant, selection)
    for positions in _pieces(matches, limit):
        yield flat_records(tenant, matches.log, positions)


def record_pieces(tenant: Tenant, selection: Selection, limit: int | None = None) -> Iterator[list[Record]]:
    """The records of a selection; no more than `limit` in all."""
    matches = Matches(tenant, selection)
    for positions in _pieces(matches, limit):
        yield records(tenant, matches.log, positions)


def _pieces(matches: Matches, limit: int | None) -> Iterator[np.ndarray]:
    # Rare matches are gathered up, so that each piece costs one read of the store.
    waiting = np.empty(0, np.int64)
    missing = limit
    for positions in matches.newest_first():
        positions = positions[:missing]
        waiting = np.concatenate([waiting, positions])
        while len(waiting) >= _PIECE:
            yield waiting[:_PIECE]
            waiting = waiting[_PIECE:]
        if missing is not None:
            missing -= len(positions)
            if missing == 0:
                break
    if len(waiting):
        yield waiting
