"""One record, by its id."""

from __future__ import annotations

import numpy as np

from data.tenant import Tenant
from queries.record import Record, records


def record(tenant: Tenant, id: str) -> Record | None:
    """The record of an id; None where the tenant has none."""
    found = tenant.row_of(id)
    if found is None:
        return None
    row, timestamp = found
    log = tenant.log
    first, end = (int(np.searchsorted(log.timestamp, timestamp, side)) for side in ("left", "right"))
    return records(tenant, log, first + np.flatnonzero(log.row[first:end] == row))[0]


def exists(tenant: Tenant, id: str) -> bool:
    """Whether the tenant has a record of this id."""
    return tenant.row_of(id) is not None
